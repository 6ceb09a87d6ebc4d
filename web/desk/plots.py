"""Plots as geometry: numbers in, rectangles and points of an SVG out. No scripts, no pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 480, 160
START, TOP, BOTTOM = 40, 10, 24
"""Room for the numbers of the scale, and for the days below."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`part` names the class that it is drawn in."""

    x: float
    y: float
    width: float
    height: float
    part: str
    title: str


@dataclass(frozen=True, slots=True)
class Plot:
    """`scale` are (y, text), `days` (x, text), `points` of a line."""

    bars: Sequence[Bar] = ()
    points: str = ""
    scale: Sequence[tuple[float, str]] = ()
    days: Sequence[tuple[float, str]] = ()
    width: int = WIDTH
    height: int = HEIGHT
    start: int = START


def stacked(labels: Sequence[str], parts: Sequence[tuple[str, Sequence[int]]]) -> Plot:
    """A bar a day, its parts one upon the other, the first at the bottom."""
    most = nice(max((sum(values) for values in zip(*(each for _, each in parts), strict=True)), default=0))
    step = (WIDTH - START) / max(len(labels), 1)
    bars = []
    for place, label in enumerate(labels):
        base = float(HEIGHT - BOTTOM)
        for name, values in parts:
            height = values[place] / most * (HEIGHT - TOP - BOTTOM)
            base -= height
            if values[place]:
                said = f"{label}: {values[place]}"
                x, width = START + place * step + step * 0.12, step * 0.76
                bars.append(Bar(round(x, 1), round(base, 1), round(width, 1), round(height, 1), name, said))
    return Plot(bars=bars, scale=_scale(most), days=_days(labels))


def line(labels: Sequence[str], values: Sequence[float | None], *, most: float = 1.0) -> Plot:
    """A share a day, in per cent; days without one are passed over."""
    step = (WIDTH - START) / max(len(labels), 1)
    room = HEIGHT - TOP - BOTTOM
    points = [
        f"{START + (place + 0.5) * step:.1f},{HEIGHT - BOTTOM - value / most * room:.1f}"
        for place, value in enumerate(values)
        if value is not None
    ]
    scale = [(TOP + room * (1 - share), f"{round(share * most * 100)} %") for share in (0, 0.5, 1)]
    return Plot(points=" ".join(points), scale=scale, days=_days(labels))


def nice(most: int) -> int:
    """The end of a scale: 2, 4, 6, 8, 10, 20, 40, 60 … the next one above."""
    if most <= 2:
        return 2
    unit = 10 ** floor(log10(most))
    return int(next(each * unit for each in (1, 2, 4, 6, 8, 10) if each * unit >= most))


def _scale(most: int) -> list[tuple[float, str]]:
    room = HEIGHT - TOP - BOTTOM
    return [(TOP + room * (1 - share), str(round(share * most))) for share in (0, 0.5, 1)]


def _days(labels: Sequence[str], most: int = 6) -> list[tuple[float, str]]:
    """Some of the days, evenly."""
    step = (WIDTH - START) / max(len(labels), 1)
    every = max(1, ceil(len(labels) / most))
    return [(round(START + (place + 0.5) * step, 1), label) for place, label in enumerate(labels) if not place % every]
