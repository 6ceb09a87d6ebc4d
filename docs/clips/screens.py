"""The mock screens of a step, guessed from its transcript.

A bold path navigates, other bold words are controls of the kind that the verb before them says, code is a value.
Words that name nothing become a list whose lines are ticked as they are spoken.
"""

import re
from dataclasses import dataclass

from docs.clips.transcript import Mark, Step, step_cues

MENU = (
    "Home",
    "Orders",
    "Products",
    "Collections",
    "Customers",
    "Payments",
    "Store design",
    "Integrations",
    "Analytics",
    "Settings",
    "Help",
)
# The word last spoken before a bold one says what it is. First match wins.
KINDS = (
    ("toggle", re.compile(r"((turn|switch) on( \w+)?|leave|keep)$")),
    ("badge", re.compile(r"(status|says?|shows?)( \w+)?$")),
    ("button", re.compile(r"(tap|taps|press|click)( \w+)?$")),
    ("choice", re.compile(r"(choose|select|pick|open)( the| a)?$")),
)
VALUE_WITHIN_WORDS = 6
OPENING_SECONDS = 0.5
LEAD_IN_SECONDS = 5  # words before the first path that last longer get a screen of their own, a list that is ticked


@dataclass(frozen=True, slots=True)
class Control:
    """A thing on a screen: its kind is field, button, toggle, choice, badge, note or tick; reached at `at` seconds."""

    kind: str
    label: str
    value: str
    at: float


@dataclass(frozen=True, slots=True)
class Screen:
    """What the mock window shows from `start` on; `menu_at` is when the pointer goes to its item of the menu."""

    start: float
    path: tuple[str, ...]
    controls: tuple[Control, ...]
    menu_at: float | None


def screens_of(step: Step, *, path: tuple[str, ...]) -> list[Screen]:
    """The screens of a step in order; `path` is where the step before has left the window."""
    groups: list[tuple[Mark | None, list[Control]]] = [(None, [])]
    previous: Mark | None = None
    for index, mark in enumerate(step.marks):
        if _navigates(step, mark):
            groups.append((mark, []))
        elif not _is_value(step, index):
            groups[-1][1].append(_control(step, index, previous, groups[-1][1]))
        previous = mark
    screens = [_first_screen(step, groups, path)]
    for navigation, controls in groups[1:]:
        assert navigation is not None
        start = step.time_of(navigation.after_word) + OPENING_SECONDS
        screens.append(Screen(start, tuple(navigation.text.split(" > ")), tuple(controls), start - OPENING_SECONDS))
    return screens


def _first_screen(step: Step, groups: list[tuple[Mark | None, list[Control]]], path: tuple[str, ...]) -> Screen:
    controls = groups[0][1]
    until = step.time_of(groups[1][0].first_word) if len(groups) > 1 and groups[1][0] else step.end
    if not path and not controls and until - step.start <= LEAD_IN_SECONDS:
        path = MENU[:1]
    if not controls and until - step.start > LEAD_IN_SECONDS:
        spoken = [cue for cue in step_cues(step) if cue.start < until - 1]
        if len(spoken) > 1 or not path:
            controls = [Control("tick", cue.text, "", cue.start + 0.6) for cue in spoken]
    return Screen(step.start, path, tuple(controls), None)


def _before(step: Step, mark: Mark) -> str:
    return " ".join(step.words[max(0, mark.first_word - 3) : mark.first_word]).lower()


def _navigates(step: Step, mark: Mark) -> bool:
    if mark.kind != "bold":
        return False
    return " > " in mark.text or (mark.text in MENU and _before(step, mark).endswith(("open", "to")))


def _is_value(step: Step, index: int) -> bool:
    """Whether the mark is the value of the control before it: near, and in the same sentence."""
    mark, before = step.marks[index], step.marks[index - 1] if index else None
    if mark.kind != "code" or before is None or before.kind != "bold" or _navigates(step, before):
        return False
    between = step.words[before.after_word - 1 : mark.first_word]
    return len(between) <= VALUE_WITHIN_WORDS + 1 and not any(word.endswith((".", "?")) for word in between)


def _control(step: Step, index: int, previous: Mark | None, siblings: list[Control]) -> Control:
    mark, at = step.marks[index], step.time_of(step.marks[index].first_word)
    if mark.kind == "code":
        return Control("note", mark.text, "", at)
    following = step.marks[index + 1] if index + 1 < len(step.marks) else None
    if following and _is_value(step, index + 1):
        return Control("field", mark.text, following.text, step.time_of(following.first_word))
    said = _before(step, mark)
    kind = next((name for name, pattern in KINDS if pattern.search(said)), "field")
    if previous and siblings and set(step.words[previous.after_word : mark.first_word]) <= {"and", "or", "then"}:
        kind = siblings[-1].kind
    return Control(kind, mark.text, "", at)
