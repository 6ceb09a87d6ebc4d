"""The mock window of a card: the app's menu, the controls of a screen in rows, and the pointer among them."""

from dataclasses import dataclass
from itertools import pairwise

from PIL import ImageDraw

from docs.clips.controls import draw_control, typed
from docs.clips.paint import (
    ACCENT,
    BRAND,
    BRAND_PALE,
    GHOST,
    INK,
    LINE,
    MUTED,
    SCALE,
    WHITE,
    Box,
    Point,
    box,
    font,
    text,
)
from docs.clips.screens import MENU, Control, Screen

WINDOW: Box = (24, 50, 616, 270)
TOP_BAR = 20
SIDE_WIDTH = 108
ROW = 31
MOVE_SECONDS, RIPPLE_SECONDS = 0.7, 0.4
REST: Point = (560, 236)
INLINE = ("button", "choice", "badge")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the pointer has to be at a second of the clip."""

    at: float
    point: Point
    clicks: bool = True


def stops(screens: list[Screen], *, start: Stop) -> list[Stop]:
    """All the places the pointer goes to during a step, in order of time."""
    places = [start]
    for screen in screens:
        if screen.menu_at is not None and screen.path[0] in MENU:
            edges = _menu_item(MENU.index(screen.path[0]))
            places.append(Stop(screen.menu_at, (edges[0] + 84, (edges[1] + edges[3]) / 2 + 2)))
        for control, edges in _layout(screen):
            if control.kind not in ("badge", "note", "tick"):
                across = 166 if control.kind == "toggle" else 290 if control.kind == "field" else 900
                places.append(Stop(control.at, (min(edges[2] - 12, edges[0] + across), (edges[1] + edges[3]) / 2 + 4)))
    return places


def state(screen: Screen, places: list[Stop], second: float) -> tuple[object, ...]:
    """What the drawing depends on at that second."""
    reached = tuple(typed(control, second) if second >= control.at else None for control in screen.controls)
    return (reached, _pointer(places, second), _clicking(places, second))


def draw(canvas: ImageDraw.ImageDraw, screen: Screen, places: list[Stop], second: float) -> None:
    """The window as it is at that second."""
    left, top, right, bottom = WINDOW
    box(canvas, (left + 1, top + 3, right + 1, bottom + 3), fill="#E4DFD2", radius=9)
    box(canvas, WINDOW, fill=GHOST, radius=9)
    box(canvas, (left, top + 30, right, bottom), fill=WHITE, radius=9)
    canvas.rectangle([edge * SCALE for edge in (left, top + TOP_BAR, right, top + 60)], fill=WHITE)
    for index, colour in enumerate(("#E0A79B", "#E8CB8F", "#A9C7A4")):
        box(canvas, (left + 11 + index * 13, top + 6, left + 19 + index * 13, top + 14), fill=colour, radius=4)
    in_app = not screen.path or screen.path[0] in MENU
    address = "app.ooulet.com" if in_app else f"{screen.path[0]} settings at your domain company"
    text(canvas, ((left + right) / 2, top + 10), address, font(9), MUTED, anchor="mm")
    if screen.path and in_app:
        _menu(canvas, screen.path[0])
    box(canvas, WINDOW, fill=None, radius=9, outline=LINE)
    _page(canvas, screen, second)
    _draw_pointer(canvas, places, second)


def _menu_item(index: int) -> Box:
    left, top = WINDOW[0] + 6, WINDOW[1] + TOP_BAR + 3 + index * 17.6
    return (left, top, left + SIDE_WIDTH - 12, top + 16.6)


def _menu(canvas: ImageDraw.ImageDraw, active: str) -> None:
    left, top, _, bottom = WINDOW
    box(canvas, (left + 0.5, top + TOP_BAR, left + SIDE_WIDTH, bottom - 0.5), fill="#FAF8F3", radius=8)
    canvas.line(
        [((left + SIDE_WIDTH) * SCALE, (top + TOP_BAR) * SCALE), ((left + SIDE_WIDTH) * SCALE, bottom * SCALE)],
        fill=LINE,
        width=SCALE,
    )
    for index, name in enumerate(MENU):
        edges = _menu_item(index)
        chosen = name == active
        if chosen:
            box(canvas, edges, fill=BRAND_PALE, radius=5)
        middle = (edges[1] + edges[3]) / 2
        box(canvas, (edges[0] + 7, middle - 3, edges[0] + 13, middle + 3), fill=BRAND if chosen else LINE, radius=2)
        text(canvas, (edges[0] + 20, middle), name, font(10, bold=chosen), BRAND if chosen else MUTED, anchor="lm")


def _area(screen: Screen) -> Box:
    with_menu = bool(screen.path) and screen.path[0] in MENU
    left = WINDOW[0] + (SIDE_WIDTH + 20 if with_menu else 70)
    return (left, WINDOW[1] + TOP_BAR + 14, WINDOW[2] - (24 if with_menu else 70), WINDOW[3] - 10)


def _page(canvas: ImageDraw.ImageDraw, screen: Screen, second: float) -> None:
    left, top, right, _ = _area(screen)
    if screen.path:
        trail = "  /  ".join(screen.path[:-1])
        text(canvas, (left, top + 3), screen.path[-1], font(14, bold=True), INK, anchor="lm")
        text(canvas, (right, top + 3), trail, font(10), MUTED, anchor="rm")
    layout = _layout(screen)
    for control, edges in layout:
        draw_control(canvas, control, edges, second)
    below = layout[-1][1][3] + 10 if layout else top + 24
    _ghosts(canvas, (left, below, right, WINDOW[3] - 12))


def _ghosts(canvas: ImageDraw.ImageDraw, area: Box) -> None:
    """Grey lines for the rest of the page, so that a screen with little on it does not look broken."""
    left, top, right, bottom = area
    widths = (0.62, 0.86, 0.74, 0.9, 0.5)
    for index in range(min(len(widths), int((bottom - top) // 24))):
        y = top + 6 + index * 24
        box(canvas, (left, y, left + 14, y + 12), fill=GHOST, radius=3)
        box(canvas, (left + 22, y + 2, left + 22 + (right - left - 22) * widths[index], y + 10), fill=GHOST, radius=4)


def _layout(screen: Screen) -> list[tuple[Control, Box]]:
    """The rows of the page: fields and toggles have one each, neighbouring buttons, choices and badges share one."""
    left, top, right, bottom = _area(screen)
    top += 18 if screen.path else 2
    rows: list[list[Control]] = []
    for control in screen.controls:
        if (
            rows
            and control.kind in INLINE
            and control.kind == rows[-1][-1].kind
            and _fits(rows[-1], control, right - left)
        ):
            rows[-1].append(control)
        else:
            rows.append([control])
    height = min(ROW, (bottom - top) / max(1, len(rows)))
    placed = []
    for index, row in enumerate(rows):
        x, y = left, top + index * height
        for control in row:
            end = x + _width(control) if control.kind in INLINE else right
            placed.append((control, (x, y, end, y + height - 6)))
            x = end + 8
    return placed


def _width(control: Control) -> float:
    return font(11, bold=True).getlength(control.label) / SCALE + (38 if control.kind == "choice" else 28)


def _fits(row: list[Control], control: Control, width: float) -> bool:
    return sum(_width(other) + 8 for other in row) + _width(control) <= width


def _pointer(places: list[Stop], second: float) -> Point:
    """The pointer rests at a stop and leaves in time to be at the next one when its word is spoken."""
    for before, after in pairwise(places):
        if second < after.at:
            moving = min(MOVE_SECONDS, max(0.1, after.at - before.at))
            share = max(0.0, 1 - (after.at - second) / moving)
            eased = share * share * (3 - 2 * share)
            x, y = (start + (end - start) * eased for start, end in zip(before.point, after.point, strict=True))
            return (round(x), round(y))
    return places[-1].point


def _clicking(places: list[Stop], second: float) -> bool:
    return any(stop.clicks and stop.at <= second < stop.at + RIPPLE_SECONDS for stop in places)


def _draw_pointer(canvas: ImageDraw.ImageDraw, places: list[Stop], second: float) -> None:
    x, y = _pointer(places, second)
    if _clicking(places, second):
        box(canvas, (x - 11, y - 11, x + 11, y + 11), fill=None, radius=11, outline=ACCENT, width=2)
    outline = [(0, 0), (0, 15), (3.6, 11.6), (6, 17), (8.6, 15.8), (6.2, 10.6), (11, 10.6)]
    canvas.polygon([((x + dx) * SCALE, (y + dy) * SCALE) for dx, dy in outline], fill=INK, outline=WHITE, width=SCALE)
