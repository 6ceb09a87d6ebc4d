"""A tutorial as the clips need it: its steps, the words spoken in them and when, and the WebVTT captions."""

import html
import math
import re
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

LINE_CHARS = 42  # two lines of 42 characters is what subtitle guidelines call readable
CUE_CHARS = 2 * LINE_CHARS - 4
SHORT_CUE_WORDS = 5  # shorter than this flickers by in under two seconds
CLAUSE_WORDS = {"and", "because", "but", "if", "or", "so", "that", "when", "where", "which"}
MARK = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>.+?)`|\[(?P<link>.+?)\]\(.+?\)")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something of the screen named in the transcript: a bold control or path, or a value in code font."""

    kind: str
    text: str
    first_word: int
    after_word: int


@dataclass(frozen=True, slots=True)
class Step:
    """A chapter: spoken from `start` to `end`, in seconds of the clip."""

    title: str
    start: float
    end: float
    words: tuple[str, ...]
    marks: tuple[Mark, ...]

    def time_of(self, word: int) -> float:
        """The second at which the word of that index begins, all words being equally long."""
        return self.start + (self.end - self.start) * word / max(1, len(self.words))


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption and the seconds between which it is shown."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Tutorial:
    """What is drawn and encoded; paths of files are relative to the media folder."""

    slug: str
    title: str
    level: str
    duration: int
    video: str
    captions: str
    thumbnail: str
    steps: tuple[Step, ...]

    def cues(self) -> list[Cue]:
        """All captions in order of time."""
        return [cue for step in self.steps for cue in step_cues(step)]


def read_tutorial(path: Path) -> Tutorial:
    """Read a tutorial's Markdown file; ValueError where a step has no text under a heading of its title."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta = YAML(typ="safe", pure=True).load(front)
    texts = dict(_sections(body))
    titles = [str(entry["title"]) for entry in meta["steps"]]
    if titles != list(texts):
        raise ValueError(f"{path.name}: steps {titles} are not the headings {list(texts)}")
    video = meta["video"]
    ends = [float(entry["start"]) for entry in meta["steps"][1:]] + [float(video["duration"])]
    steps = [
        _step(title, float(entry["start"]), end, texts[title])
        for title, entry, end in zip(titles, meta["steps"], ends, strict=True)
    ]
    return Tutorial(
        slug=path.stem,
        title=str(meta["title"]),
        level=str(meta["level"]),
        duration=int(video["duration"]),
        video=str(video["file"]),
        captions=str(video["captions"]),
        thumbnail=str(video["thumbnail"]),
        steps=tuple(steps),
    )


def _sections(body: str) -> list[tuple[str, str]]:
    parts = re.split(r"^## +(.+?) *\n", body, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def _step(title: str, start: float, end: float, markdown: str) -> Step:
    text = " ".join(markdown.split())
    plain, marks, at = "", [], 0
    for match in MARK.finditer(text):
        plain += text[at : match.start()]
        shown = match["bold"] or match["code"] or _spoken_title(match["link"])
        first = len(plain.split())
        plain += shown
        at = match.end()
        if not match["link"]:
            marks.append(Mark("bold" if match["bold"] else "code", shown, first, len(plain.split())))
    return Step(title, start, end, tuple((plain + text[at:]).split()), tuple(marks))


def _spoken_title(link: str) -> str:
    return f'"{link}"' if link[0].isupper() else link


def step_cues(step: Step) -> list[Cue]:
    """Captions of a step: whole sentences where they fit in two lines, else cut at commas near equal lengths."""
    pieces: list[list[str]] = []
    for sentence in _sentences(step.words):
        pieces += _cut(sentence)
    cues, word = [], 0
    for piece in _joined(pieces):
        cues.append(Cue(step.time_of(word), step.time_of(word + len(piece)) - 0.04, " ".join(piece)))
        word += len(piece)
    return cues


def _sentences(words: tuple[str, ...]) -> list[list[str]]:
    sentences: list[list[str]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if word.endswith((".", "?")):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _cut(words: list[str]) -> list[list[str]]:
    length = len(" ".join(words))
    if length <= CUE_CHARS:
        return [words]
    target = length / math.ceil(length / CUE_CHARS)

    def badness(count: int) -> float:
        pause = 26 if words[count - 1].endswith((",", ":", ";")) else 14 if words[count] in CLAUSE_WORDS else 0
        return abs(len(" ".join(words[:count])) - target) - pause

    fitting = [count for count in range(1, len(words)) if len(" ".join(words[:count])) <= CUE_CHARS]
    best = min(fitting, key=badness)
    return [words[:best], *_cut(words[best:])]


def _joined(pieces: list[list[str]]) -> list[list[str]]:
    joined: list[list[str]] = []
    for piece in pieces:
        short = joined and min(len(joined[-1]), len(piece)) < SHORT_CUE_WORDS
        if short and len(" ".join(joined[-1] + piece)) <= CUE_CHARS:
            joined[-1] = joined[-1] + piece
        else:
            joined.append(piece)
    return joined


def balanced_lines(text: str) -> list[str]:
    """The text as one line, or as the two lines nearest to equal length."""
    words = text.split()
    if len(text) <= LINE_CHARS or len(words) < 2:
        return [text]
    splits = [(" ".join(words[:count]), " ".join(words[count:])) for count in range(1, len(words))]
    first, second = min(splits, key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return [first, second]


def webvtt(tutorial: Tutorial) -> str:
    """The captions file (WebVTT, W3C): a cue block for each caption, numbered from 1."""
    blocks = [
        f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n"
        + html.escape("\n".join(balanced_lines(cue.text)), quote=False)
        for number, cue in enumerate(tutorial.cues(), 1)
    ]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def _clock(seconds: float) -> str:
    millis = round(seconds * 1000)
    return f"{millis // 3_600_000:02}:{millis // 60_000 % 60:02}:{millis // 1000 % 60:02}.{millis % 1000:03}"
