"""Bold words and lists in what sellers write, and nothing that could do harm."""

import pytest

from gigs import marked


def test_bold_words_lists_and_headings_are_shown():
    html = marked.html("# Files\n\nYou get **all** of *them*:\n\n- SVG\n- PDF")

    assert html == (
        "<h3>Files</h3>\n<p>You get <strong>all</strong> of <em>them</em>:</p>\n"
        "<ul>\n<li>SVG</li>\n<li>PDF</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<hx-partial hx-target="#main">x</hx-partial>',
        "[click](javascript:alert(1))",
        "![x](https://example.com/x.png)",
        "<https://example.com>",
        "**<b onclick=alert(1)>**",
        "&lt;script&gt;",
    ],
)
def test_everything_else_is_text(text):
    html = marked.html(text)

    assert "<script" not in html
    assert "<img" not in html
    assert "<a" not in html
    assert "<hx-partial" not in html
    assert "<b " not in html


def test_the_words_alone_fit_on_a_line():
    assert marked.plain("# Files\n\nYou get **all**\nof them\n\n- SVG") == (
        "Files You get all of them SVG"
    )
