"""Colours, fonts and the few shapes the cards are made of. Coordinates are pixels of the clip."""

from functools import cache
from typing import TypeAlias

from PIL import ImageDraw, ImageFont

SCALE = 2  # Pillow does not smooth the edges of shapes: draw twice as large, then reduce
PAPER, WHITE, INK, MUTED, LINE = "#F5F2EA", "#FFFFFF", "#22303C", "#76828C", "#DDD8CB"
BRAND, BRAND_PALE, ACCENT, ACCENT_PALE = "#1F5F5B", "#E1EEEB", "#E39A2D", "#FCF1DD"
GHOST = "#ECE8DE"
FONTS = {False: ("NotoSans-Regular.ttf", "DejaVuSans.ttf"), True: ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf")}

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Noto Sans, else DejaVu Sans, found by name among the system's fonts; OSError names the packages otherwise."""
    for name in FONTS[bold]:
        try:
            return ImageFont.truetype(name, size * SCALE)
        except OSError:
            continue
    raise OSError(f"none of the fonts {', '.join(FONTS[bold])}: install fonts-noto-core or fonts-dejavu-core")


def text(
    canvas: ImageDraw.ImageDraw, at: Point, words: str, face: ImageFont.FreeTypeFont, fill: str, *, anchor: str
) -> None:
    """Words at a point; `anchor` as in Pillow, e.g. `lm` for left and middle."""
    canvas.text((round(at[0] * SCALE), round(at[1] * SCALE)), words, font=face, fill=fill, anchor=anchor)


def box(
    canvas: ImageDraw.ImageDraw,
    edges: Box,
    *,
    fill: str | None,
    radius: float,
    outline: str | None = None,
    width: float = 1,
) -> None:
    """A rectangle with round corners."""
    scaled = [round(edge * SCALE) for edge in edges]
    canvas.rounded_rectangle(scaled, round(radius * SCALE), fill=fill, outline=outline, width=round(width * SCALE))


def fitted(words: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """The words, cut with an ellipsis where they are wider than `width`."""
    if face.getlength(words) <= width * SCALE:
        return words
    while words and face.getlength(words + "…") > width * SCALE:
        words = words[:-1]
    return words.rstrip(" ,") + "…"
