"""What receipts, statements and evidence look like: any script, no colour that a printer needs.

Letters that the font lacks are spelled in Latin ones, so that no name comes out empty.
Import it through `gigstream.core.pdf`, which loads it when something is drawn.
"""

import atexit
import functools
import io
import logging
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pymupdf_fonts
from anyascii import anyascii
from fontTools.ttLib import TTFont
from fpdf import FPDF, XPos, YPos
from fpdf.enums import TableBordersLayout, TextEmphasis
from fpdf.fonts import FontFace

FAMILY = "FiraGO"
STYLES = {"": "figo", "B": "figbo"}
# Ligatures and kerning, which fpdf2 leaves alone, and which take long to cut down.
UNUSED_TABLES = {"GDEF", "GPOS", "GSUB"}
MUTED, INK, HAIRLINE = (95, 107, 115), (18, 30, 38), (205, 211, 214)

# It tells of every table of a font that it cuts down to the letters in use.
logging.getLogger("fontTools").setLevel(logging.WARNING)


class Paper:
    """An A4 document, written from the top down."""

    def __init__(
        self, title: str, *, site: str, footer: str = "", at: datetime | None = None
    ) -> None:
        """`at` is when it was written; with it, the same words are the same bytes."""
        self._pdf = _Sheet(footer)
        if at:
            self._pdf.set_creation_date(at)
        self._pdf.set_title(title)
        self._pdf.set_author(site)
        self._pdf.set_creator(site)
        self._pdf.add_page()
        self._write(site, size=10, bold=True, muted=True)
        self._write(title, size=22, bold=True, space=9)
        self._pdf.ln(2)

    def heading(self, text: str) -> None:
        self._pdf.ln(4)
        self._write(text, size=13, bold=True, space=7)

    def text(self, text: str, *, muted: bool = False) -> None:
        self._write(text, muted=muted)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and what they stand for, in two columns."""
        with self._pdf.table(
            col_widths=(1, 3),
            text_align="LEFT",
            first_row_as_headings=False,
            borders_layout=TableBordersLayout.NONE,
            line_height=5.5,
            padding=(0.6, 0),
        ) as table:
            for name, value in rows:
                row = table.row()
                row.cell(spelled(name), style=FontFace(color=MUTED))
                row.cell(spelled(value))

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[int],
        amounts: int = 1,
        total: Sequence[str] = (),
    ) -> None:
        """A table whose last columns, as many as `amounts`, are numbers."""
        aligns = ["LEFT"] * (len(head) - amounts) + ["RIGHT"] * amounts
        self._pdf.ln(2)
        with self._pdf.table(
            col_widths=tuple(widths),
            text_align=tuple(aligns),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis=TextEmphasis.B, color=MUTED),
            line_height=5.5,
            padding=(1.2, 0.8),
        ) as table:
            for cells in [head, *rows]:
                table.row([spelled(cell) for cell in cells])
            if total:
                bold = FontFace(emphasis=TextEmphasis.B)
                table.row([spelled(cell) for cell in total], style=bold)
        self._pdf.ln(2)

    def content(self) -> bytes:
        return bytes(self._pdf.output())

    def _write(
        self,
        text: str,
        *,
        size: float = 10,
        bold: bool = False,
        muted: bool = False,
        space: float = 5,
    ) -> None:
        self._pdf.set_font(FAMILY, "B" if bold else "", size)
        self._pdf.set_text_color(*(MUTED if muted else INK))
        self._pdf.multi_cell(
            0,
            space,
            spelled(text),
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        self._pdf.set_font(FAMILY, "", 10)
        self._pdf.set_text_color(*INK)


class _Sheet(FPDF):
    """A4 with our font, and the number of the page at its foot."""

    def __init__(self, footer: str) -> None:
        super().__init__(format="A4")
        self._footer = footer
        for style, path in _fonts().items():
            self.add_font(FAMILY, style, path)
        self.set_font(FAMILY, "", 10)
        self.set_margins(20, 18, 20)
        self.set_auto_page_break(True, 22)
        self.set_draw_color(*HAIRLINE)
        self.alias_nb_pages()

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*MUTED)
        text = f"{self._footer}   {self.page_no()} / {{nb}}".strip()
        self.cell(0, 5, spelled(text), align="L")
        self.set_text_color(*INK)


def spelled(text: str) -> str:
    """The text in letters that our font has; others in their Latin spelling."""
    known = _letters()
    return "".join(letter if letter in known else anyascii(letter) for letter in text)


@functools.cache
def _letters() -> frozenset[str]:
    font = TTFont(io.BytesIO(pymupdf_fonts.myfont(STYLES[""])))
    return frozenset({chr(code) for code in font.getBestCmap()} | {"\n"})


@functools.cache
def _fonts() -> dict[str, Path]:
    """The fonts as files, which is how fpdf2 takes them; they go when the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="fonts-")
    atexit.register(folder.cleanup)
    paths = {}
    for style, name in STYLES.items():
        paths[style] = Path(folder.name) / f"{name}.ttf"
        # Without the moment of this change, so that the next process draws the same bytes.
        font = TTFont(io.BytesIO(pymupdf_fonts.myfont(name)), recalcTimestamp=False)
        for table in UNUSED_TABLES & set(font.keys()):
            del font[table]
        font.save(paths[style])
    return paths
