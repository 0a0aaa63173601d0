"""Draws the pictures of the demo data: flat shapes, one family of pictures per craft."""

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import IO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 720, 480
SHARPER = 2
SIZE = (1200, 800)
# Where many are made, a card is all that has to look sharp.
SMALL = (720, 480)

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """A ground, and three colours that go with it."""

    ground: str
    first: str
    second: str
    third: str

    @property
    def inks(self) -> list[str]:
        return [self.first, self.second, self.third]


def _palette(ground: str, first: str, second: str, third: str) -> Palette:
    return Palette(ground=ground, first=first, second=second, third=third)


PALETTES = [
    _palette("#0f3d4c", "#f4b740", "#f6efe3", "#e4572e"),
    _palette("#f6efe3", "#0f3d4c", "#e4572e", "#f4b740"),
    _palette("#e8dccb", "#223843", "#d77a61", "#3e7c7b"),
    _palette("#1b1f3b", "#ff9f6b", "#f7efe5", "#6aa5a9"),
    _palette("#e9f0ec", "#1f4d3f", "#f4b740", "#c8553d"),
    _palette("#f2d6c4", "#6d2e46", "#a26769", "#d5b9b2"),
    _palette("#0b3954", "#bfd7ea", "#ff6663", "#e0ff4f"),
    _palette("#f8e16c", "#156064", "#00c49a", "#fb8f67"),
    _palette("#2d3047", "#93b7be", "#e0ca3c", "#a799b7"),
    _palette("#efe9f4", "#43366b", "#f08a5d", "#b83b5e"),
    _palette("#d8e2dc", "#264653", "#e76f51", "#f4a261"),
    _palette("#12263a", "#06bcc1", "#c5d8d1", "#f4d1ae"),
]
WHITE, GREY, INK = "#ffffff", "#dfe3e4", "#1c2227"


class Sheet:
    """A canvas of 720 by 480 units, drawn larger so that scaling down smooths the edges."""

    def __init__(self, ground: str) -> None:
        size = (WIDTH * SHARPER, HEIGHT * SHARPER)
        self.image = Image.new("RGB", size, ground)
        self._draw = ImageDraw.Draw(self.image)

    def block(self, box: Box, fill: str, radius: float = 0) -> None:
        self._draw.rounded_rectangle(_scaled(box), radius * SHARPER, fill=fill)

    def oval(self, box: Box, fill: str) -> None:
        self._draw.ellipse(_scaled(box), fill=fill)

    def slice(self, box: Box, start: int, fill: str) -> None:
        self._draw.pieslice(_scaled(box), start, start + 90, fill=fill)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        corners = [(x * SHARPER, y * SHARPER) for x, y in points]
        self._draw.polygon(corners, fill=fill)

    def letters(self, at: Point, text: str, size: int, fill: str) -> None:
        font = ImageFont.load_default(size * SHARPER)
        self._draw.text((at[0] * SHARPER, at[1] * SHARPER), text, fill=fill, font=font)

    def play(self, at: Point, radius: float, disc: str, arrow: str) -> None:
        x, y = at
        self.oval((x - radius, y - radius, x + radius, y + radius), disc)
        tip = radius * 0.5
        back = radius * 0.3
        self.shape([(x - back, y - tip), (x - back, y + tip), (x + tip, y)], arrow)


def _scaled(box: Box) -> Box:
    left, top, right, bottom = (edge * SHARPER for edge in box)
    return (left, top, right, bottom)


# --- One motif per craft ------------------------------------------------------


def logo(sheet: Sheet, colours: Palette, random: Random) -> None:
    """A mark made of quarter circles, triangles and squares on a grid."""
    cells = random.choice([3, 4])
    side = 300 / cells
    for row in range(cells):
        for column in range(cells):
            left, top = 210 + column * side, 90 + row * side
            _tile(sheet, (left, top, left + side, top + side), random, colours)


def _tile(sheet: Sheet, box: Box, random: Random, colours: Palette) -> None:
    left, top, right, bottom = box
    side = right - left
    fill = random.choice(colours.inks)
    match random.randrange(5):
        case 0:
            sheet.oval(box, fill)
        case 1:
            sheet.slice((left, top, right + side, bottom + side), 180, fill)
        case 2:
            sheet.slice((left - side, top - side, right, bottom), 0, fill)
        case 3:
            sheet.block(box, fill)
        case _:
            sheet.shape([(left, bottom), (right, bottom), (right, top)], fill)


def browser(sheet: Sheet, colours: Palette, random: Random) -> None:
    """A web page in its window."""
    sheet.oval((480, -160, 860, 220), colours.third)
    sheet.block((90, 80, 630, 520), WHITE, 16)
    sheet.block((90, 80, 630, 120), colours.second, 16)
    sheet.block((90, 104, 630, 120), colours.second)
    for place, fill in enumerate((colours.third, colours.first, GREY)):
        sheet.oval((108 + place * 22, 93, 120 + place * 22, 105), fill)
    sheet.block((120, 150, 330, 172), colours.first, 6)
    for place in range(2):
        right = 300 - place * random.randrange(10, 60)
        sheet.block((120, 184 + place * 20, right, 194 + place * 20), GREY, 5)
    sheet.block((120, 236, 210, 266), colours.third, 15)
    sheet.block((370, 150, 600, 290), colours.ground, 12)
    sheet.oval((420, 180, 500, 260), colours.first)
    sheet.oval((470, 190, 540, 260), colours.second)
    for place in range(3):
        left = 120 + place * 165
        sheet.block((left, 320, left + 145, 470), colours.second, 10)
        sheet.block((left + 14, 430, left + 100, 440), colours.first, 5)


def video(sheet: Sheet, colours: Palette, random: Random) -> None:
    """Hills, a sun, and the button that sets them in motion."""
    peak = random.randrange(160, 220)
    far = [(0, 480), (0, 330), (190, peak), (360, 360), (500, peak + 40), (720, 400)]
    near = [(0, 480), (0, 400), (260, 310), (520, 430), (720, 350), (720, 480)]
    sun = random.randrange(480, 560)
    sheet.shape([*far, (720, 480)], colours.first)
    sheet.oval((sun, 60, sun + 100, 160), colours.second)
    sheet.shape(near, colours.third)
    sheet.play((360, 240), 60, WHITE, colours.first)


def wave(sheet: Sheet, colours: Palette, random: Random) -> None:
    """A voice, as an editor shows it."""
    bars = 34
    for place in range(bars):
        swell = math.sin(math.pi * (place + 1) / (bars + 1))
        tone = abs(math.sin(place * 0.55 + random.random() * 0.4))
        half = 30 + 150 * tone * swell
        left = 70 + place * 17.2
        fill = colours.first if place < 20 else colours.third
        sheet.block((left, 240 - half, left + 9, 240 + half), fill, 5)
    sheet.play((625, 390), 40, colours.second, colours.ground)


def lettering(sheet: Sheet, colours: Palette, random: Random) -> None:
    """Two letters, large."""
    text = random.choice(["Aa", "Rg", "Qk", "&g", "Ye", "Mo"])
    sheet.letters((70, 20), text, 330, colours.first)
    sheet.block((70, 420, 400, 428), colours.third, 4)
    sheet.block((420, 420, 520, 428), colours.second, 4)


def phones(sheet: Sheet, colours: Palette, random: Random) -> None:
    """Two screens of an app."""
    sheet.oval((40, 200, 420, 580), colours.third)
    sheet.oval((420, -120, 760, 220), colours.first)
    for place, left in enumerate((170, 380)):
        top = 60 + place * 40
        sheet.block((left, top, left + 180, top + 410), INK, 30)
        sheet.block((left + 9, top + 9, left + 171, top + 401), WHITE, 22)
        sheet.block((left + 24, top + 40, left + 110, top + 54), colours.first, 6)
        sheet.block((left + 24, top + 70, left + 156, top + 170), colours.second, 12)
        sheet.oval((left + 60, top + 90, left + 120, top + 150), colours.third)
        for line in range(4):
            below = top + 190 + line * 34
            right = left + 156 - random.randrange(0, 50)
            sheet.block((left + 24, below, right, below + 14), GREY, 6)


def chart(sheet: Sheet, colours: Palette, random: Random) -> None:
    """Bars on a card, and a figure beside them."""
    sheet.block((110, 70, 610, 410), WHITE, 18)
    for place in range(8):
        left = 150 + place * 54
        fill = colours.first if place % 3 else colours.third
        sheet.block((left, 340 - random.random() * 190, left + 34, 380), fill, 7)
    sheet.block((430, 40, 680, 130), colours.first, 16)
    sheet.block((455, 65, 560, 79), colours.second, 6)
    sheet.block((455, 92, 650, 104), colours.third, 6)


def chat(sheet: Sheet, colours: Palette, random: Random) -> None:
    """A conversation with somebody who may be a machine."""
    sides = (
        (90, colours.second),
        (300, colours.first),
        (90, colours.second),
        (360, colours.third),
    )
    for place, (left, fill) in enumerate(sides):
        width = random.randrange(230, 331)
        top = 60 + place * 92
        sheet.block((left, top, left + width, top + 70), fill, 30)
        sheet.block(
            (left + 28, top + 28, left + width - 50, top + 40), colours.ground, 6
        )


Motif = Callable[[Sheet, Palette, Random], None]
MOTIFS: dict[str, Motif] = {
    "logo": logo,
    "browser": browser,
    "video": video,
    "wave": wave,
    "lettering": lettering,
    "phones": phones,
    "chart": chart,
    "chat": chat,
}


def draw(motif: str, *, seed: int, size: tuple[int, int] = SIZE) -> IO[bytes]:
    """Draw a cover; the same seed draws the same picture."""
    colours = PALETTES[seed * 5 % len(PALETTES)]
    sheet = Sheet(colours.ground)
    MOTIFS[motif](sheet, colours, Random(seed * 7 + 3))
    return _written(sheet.image.resize(size, Image.Resampling.LANCZOS))


def draw_face(*, seed: int) -> IO[bytes]:
    """Draw a head and shoulders, 400 by 400 pixels."""
    colours = PALETTES[(seed * 7 + 2) % len(PALETTES)]
    image = Image.new("RGB", (768, 768), colours.ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse((-80, 440, 848, 1280), fill=colours.first)
    pen.ellipse((224, 144, 544, 512), fill=colours.second)
    pen.pieslice((200, 80, 568, 480), 180, 360, fill=colours.third)
    return _written(image.resize((400, 400), Image.Resampling.LANCZOS))


def _written(image: Image.Image) -> IO[bytes]:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file
