import re

from gigstream.core.csv import lines
from gigstream.core.paper import Paper, _fonts, spelled
from tests.factories import NOON


def test_a_name_in_any_script_is_written_out():
    assert spelled("Zoë Дмитрий שלום Nguyễn ไทย") == "Zoë Дмитрий שלום Nguyễn ไทย"
    assert spelled("李小龙 🎉") == "LiXiaoLong :tada:"


def test_a_paper_is_a_pdf_with_as_many_pages_as_it_needs():
    paper = Paper("Statement", site="GigStream")
    paper.facts([("For", "李小龙")])
    paper.table(["What", "Amount"], [["Logo", "$1.00"]] * 60, widths=[3, 1])

    content = paper.content()

    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", content)) == 3


def test_the_same_words_are_the_same_bytes_in_every_process(monkeypatch):
    """A mail that is sent again by the next worker is the same one to the mail company."""

    def drawn_by_a_process_of(moment):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
        _fonts.cache_clear()
        return Paper("Receipt", site="GigStream", at=NOON).content()

    assert drawn_by_a_process_of("1000000000") == drawn_by_a_process_of("1700000000")


def test_words_keep_their_spaces_where_a_line_is_full():
    """Justified words are placed one by one, with numbers between them."""
    paper = Paper("Evidence", site="GigStream")
    paper._pdf.set_compression(False)
    paper.facts([("Order", "I will design a logo for your startup. " * 9)])
    paper.text("What was delivered, and when it was downloaded. " * 9)

    assert b"] TJ" not in paper.content()


def test_a_cell_of_a_table_never_becomes_a_formula():
    text = "".join(lines([["=1+1", "@x", " -3", "\ttab", "a,b", -5, "-12.50"]]))

    assert text == "\ufeff'=1+1,'@x,' -3,'\ttab,\"a,b\",-5,-12.50\r\n"


def test_no_text_becomes_a_formula_where_semicolons_part_columns():
    typed = ["a;=1+1", "b; -2+3", "see you ;-)", "one; two"]

    text = "".join(lines([typed]))

    assert text == "\ufeffa;'=1+1,b; '-2+3,see you ;-),one; two\r\n"
