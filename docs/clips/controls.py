"""The controls on a mock screen, drawn as they are before and after the pointer has reached them."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import ImageDraw

from docs.clips.paint import (
    ACCENT,
    ACCENT_PALE,
    BRAND,
    BRAND_PALE,
    GHOST,
    INK,
    LINE,
    MUTED,
    PAPER,
    SCALE,
    WHITE,
    Box,
    box,
    fitted,
    font,
    text,
)
from docs.clips.screens import Control

ACTIVE_SECONDS, TYPED_PER_SECOND = 2.5, 18
VALUE_COLUMN = 148


@dataclass(frozen=True, slots=True)
class Look:
    """A control at a moment: `reached` by the pointer, `active` for a short while after that, so much of it `typed`."""

    control: Control
    edges: Box
    reached: bool
    active: bool
    typed: str

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.edges[1] + self.edges[3]) / 2

    @property
    def centre(self) -> float:
        """Half way across."""
        return (self.edges[0] + self.edges[2]) / 2


def draw_control(canvas: ImageDraw.ImageDraw, control: Control, edges: Box, second: float) -> None:
    """Draw a control between its edges, as it is at that second of the clip."""
    reached = second >= control.at
    active = reached and second < control.at + ACTIVE_SECONDS
    look = Look(control, edges, reached, active, control.value[: typed(control, second)] if reached else "")
    DRAWN_BY[control.kind](canvas, look)


def typed(control: Control, second: float) -> int:
    """How many characters of its value have been typed."""
    return min(len(control.value), int((second - control.at) * TYPED_PER_SECOND))


def _field(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    left, top, right, bottom = look.edges
    text(canvas, (left, look.middle), fitted(look.control.label, font(11), 140), font(11), INK, anchor="lm")
    entry = (left + VALUE_COLUMN, top, right, bottom)
    width = 1.5 if look.active else 1
    box(canvas, entry, fill=WHITE, radius=5, outline=ACCENT if look.active else LINE, width=width)
    shown = fitted(look.typed, font(11), right - entry[0] - 18)
    text(canvas, (entry[0] + 9, look.middle), shown, font(11), INK, anchor="lm")


def _button(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    fill = ACCENT if look.active else BRAND if look.reached else WHITE
    box(canvas, look.edges, fill=fill, radius=6, outline=None if look.reached else BRAND)
    colour = WHITE if look.reached else BRAND
    text(canvas, (look.centre, look.middle), look.control.label, font(11, bold=True), colour, anchor="mm")


def _toggle(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    left, top, right, bottom = look.edges
    if look.active:
        box(canvas, (left - 8, top - 1, right, bottom + 1), fill=ACCENT_PALE, radius=5)
    text(canvas, (left, look.middle), look.control.label, font(11), INK, anchor="lm")
    switch = left + VALUE_COLUMN
    box(canvas, _around(switch + 15, look.middle, 15, 8), fill=BRAND if look.reached else "#CFCBC0", radius=8)
    box(canvas, _around(switch + (22 if look.reached else 8), look.middle, 6, 6), fill=WHITE, radius=6)


def _choice(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    left, fill = look.edges[0], ACCENT_PALE if look.active else PAPER
    box(canvas, look.edges, fill=fill, radius=6, outline=ACCENT if look.active else LINE)
    box(canvas, _around(left + 14, look.middle, 5, 5), fill=WHITE, radius=5, outline=BRAND)
    if look.reached:
        box(canvas, _around(left + 14, look.middle, 2.5, 2.5), fill=BRAND, radius=2.5)
    text(canvas, (left + 26, look.middle), look.control.label, font(11, bold=look.reached), INK, anchor="lm")


def _badge(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    fill = ACCENT_PALE if look.active else BRAND_PALE if look.reached else GHOST
    radius = look.middle - look.edges[1]
    box(canvas, look.edges, fill=fill, radius=radius, outline=ACCENT if look.active else None)
    colour = BRAND if look.reached else MUTED
    text(canvas, (look.centre, look.middle), look.control.label, font(11, bold=True), colour, anchor="mm")


def _note(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    left, top, _, bottom = look.edges
    fill, outline = (ACCENT_PALE, ACCENT) if look.active else (GHOST, None)
    box(canvas, (left, top, left + 130, bottom), fill=fill, radius=5, outline=outline)
    colour = INK if look.reached else MUTED
    text(canvas, (left + 10, look.middle), look.control.label, font(11, bold=True), colour, anchor="lm")
    box(canvas, (left + VALUE_COLUMN, look.middle - 4, left + 330, look.middle + 4), fill=GHOST, radius=4)


def _tick(canvas: ImageDraw.ImageDraw, look: Look) -> None:
    left, middle = look.edges[0], look.middle
    circle = _around(left + 8, middle, 8, 8)
    if not look.reached:
        box(canvas, circle, fill=WHITE, radius=8, outline=LINE)
        width = 4 * min(80, len(look.control.label))
        box(canvas, (left + 28, middle - 4, left + 28 + width, middle + 4), fill=GHOST, radius=4)
        return
    box(canvas, circle, fill=BRAND, radius=8)
    mark = [(left + 4.5, middle), (left + 7, middle + 3), (left + 11.5, middle - 3)]
    canvas.line([(x * SCALE, y * SCALE) for x, y in mark], fill=WHITE, width=2 * SCALE, joint="curve")
    shown = fitted(look.control.label, font(11), look.edges[2] - left - 28)
    text(canvas, (left + 28, middle), shown, font(11), INK, anchor="lm")


def _around(x: float, y: float, half_width: float, half_height: float) -> Box:
    return (x - half_width, y - half_height, x + half_width, y + half_height)


DRAWN_BY: dict[str, Callable[[ImageDraw.ImageDraw, Look], None]] = {
    "field": _field,
    "button": _button,
    "toggle": _toggle,
    "choice": _choice,
    "badge": _badge,
    "note": _note,
    "tick": _tick,
}
