"""Draws the frames of a clip with Pillow: a title card, then a card with mock screen and caption for each step."""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from docs.clips import window
from docs.clips.paint import ACCENT, BRAND, INK, LINE, MUTED, PAPER, SCALE, WHITE, box, fitted, font, text
from docs.clips.screens import Screen, screens_of
from docs.clips.transcript import Cue, Step, Tutorial, balanced_lines

SIZE = (640, 360)
CAPTION_TOP = 277
BAR = (24, 345, 616, 350)


@dataclass(frozen=True, slots=True)
class Card:
    """A step with its screens, its captions and the path of the pointer, ready to be drawn at any second."""

    number: int
    step: Step
    screens: list[Screen]
    cues: list[Cue]
    stops: list[window.Stop]


def frames(tutorial: Tutorial, *, rate: int) -> Iterator[Image.Image]:
    """Every frame in order, `rate` a second; an unchanged frame is the same object as the one before."""
    cards = cards_of(tutorial)
    title = title_card(tutorial, cards)
    shown, state = title, None
    for number in range(tutorial.duration * rate):
        second = number / rate
        card = next((card for card in reversed(cards) if card.step.start <= second), None)
        if card is None:
            yield title
            continue
        current = _state(card, second)
        if current != state:
            shown, state = draw(tutorial, card, second), current
        yield shown


def cards_of(tutorial: Tutorial) -> list[Card]:
    """The cards of all steps; the window and the pointer stay where the step before has left them."""
    cards: list[Card] = []
    path: tuple[str, ...] = ()
    rest = window.REST
    cues = tutorial.cues()
    for number, step in enumerate(tutorial.steps, 1):
        screens = screens_of(step, path=path)
        stops = window.stops(screens, start=window.Stop(step.start - 1, rest, clicks=False))
        path, rest = screens[-1].path, stops[-1].point
        cards.append(Card(number, step, screens, [cue for cue in cues if step.start <= cue.start < step.end], stops))
    return cards


def _state(card: Card, second: float) -> tuple[object, ...]:
    """What the picture depends on, coarse enough that most frames repeat the one before."""
    cue = next((cue for cue in reversed(card.cues) if cue.start <= second), None)
    screen = _screen(card, second)
    return (card.number, screen.start, int(second), cue, window.state(screen, card.stops, second))


def _screen(card: Card, second: float) -> Screen:
    return next((screen for screen in reversed(card.screens) if screen.start <= second), card.screens[0])


def draw(tutorial: Tutorial, card: Card, second: float) -> Image.Image:
    """The card of a step at a second of the clip."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), PAPER)
    canvas = ImageDraw.Draw(image)
    _heading(canvas, tutorial, card)
    window.draw(canvas, _screen(card, second), card.stops, second)
    cue = next((cue for cue in reversed(card.cues) if cue.start <= second), None)
    if cue:
        _caption(canvas, cue.text)
    _progress(canvas, tutorial, second)
    return image.reduce(SCALE)


def _heading(canvas: ImageDraw.ImageDraw, tutorial: Tutorial, card: Card) -> None:
    box(canvas, (24, 12, 52, 40), fill=BRAND, radius=14)
    text(canvas, (38, 26), str(card.number), font(15, bold=True), WHITE, anchor="mm")
    text(canvas, (63, 26), fitted(card.step.title, font(18, bold=True), 430), font(18, bold=True), INK, anchor="lm")
    text(canvas, (616, 26), f"{card.number} of {len(tutorial.steps)}", font(12), MUTED, anchor="rm")


def _caption(canvas: ImageDraw.ImageDraw, words: str) -> None:
    lines = balanced_lines(words)
    middle = (CAPTION_TOP + BAR[1]) / 2 - 1
    for index, line in enumerate(lines):
        text(canvas, (320, middle + (index - (len(lines) - 1) / 2) * 24), line, font(17), INK, anchor="mm")


def _progress(canvas: ImageDraw.ImageDraw, tutorial: Tutorial, second: float) -> None:
    begin, end = tutorial.steps[0].start, float(tutorial.duration)
    left, top, right, bottom = BAR
    for step in tutorial.steps:
        ends = [left + (right - left) * (at - begin) / (end - begin) for at in (step.start, step.end)]
        box(canvas, (ends[0], top, ends[1] - 3, bottom), fill=LINE, radius=2)
        done = min(1.0, (int(second) + 1 - step.start) / (step.end - step.start))
        if done > 0:
            box(
                canvas,
                (ends[0], top, max(ends[0] + 4, ends[0] + (ends[1] - 3 - ends[0]) * done), bottom),
                fill=ACCENT,
                radius=2,
            )


def title_card(tutorial: Tutorial, cards: list[Card]) -> Image.Image:
    """The card before the first step, which is the thumbnail too: title, facts and a glimpse of the fullest screen."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), BRAND)
    glimpse = max(cards, key=lambda card: (bool(card.screens[-1].path), len(card.screens[-1].controls)))
    shot = draw(tutorial, glimpse, glimpse.step.end - 0.1).crop((24, 50, 616, 270))
    shot = shot.resize((shot.width * SCALE, shot.height * SCALE), Image.Resampling.LANCZOS)
    canvas = ImageDraw.Draw(image)
    box(canvas, (372, 66, 980, 306), fill="#173F40", radius=12)
    image.paste(shot, (380 * SCALE, 74 * SCALE))
    canvas.rectangle((0, 0, 344 * SCALE, 360 * SCALE), fill=BRAND)
    text(canvas, (36, 60), "OOULET TUTORIALS", font(11, bold=True), ACCENT, anchor="lm")
    lines = _wrapped(tutorial.title, 300)
    for index, line in enumerate(lines):
        text(canvas, (36, 104 + index * 38), line, font(30, bold=True), WHITE, anchor="lm")
    below = 104 + len(lines) * 38
    box(canvas, (36, below - 6, 84, below - 2), fill=ACCENT, radius=2)
    minutes, seconds = divmod(tutorial.duration, 60)
    facts = f"{len(tutorial.steps)} steps  ·  {minutes}:{seconds:02} min  ·  {tutorial.level.capitalize()}"
    text(canvas, (36, below + 24), facts, font(14), "#D5E3E0", anchor="lm")
    return image.reduce(SCALE)


def _wrapped(title: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in title.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font(30, bold=True).getlength(longer) <= width * SCALE:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
