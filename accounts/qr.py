"""Draws a QR code as one path, for a template to put in an SVG."""

from dataclasses import dataclass

from qrcode.main import QRCode  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A square of `size` by `size` units, and the path of its dark ones."""

    size: int
    path: str


def draw(text: str) -> Drawing:
    code = QRCode(border=2)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    dark = [(x, y) for y, row in enumerate(rows) for x, on in enumerate(row) if on]
    return Drawing(size=len(rows), path="".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
