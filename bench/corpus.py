"""Help centers of any size, made from the sections of real ones, and queries as people type them."""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kb.library.frontmatter import parse
from kb.library.problems import Problem

CORPORA = ("adobe-commerce-kb", "adobe-commerce-services")
SEED = 20261122
SECTIONS = 5  # a page of the real help centers has 4.6 on average
FOLDERS = 40
_HEADING = re.compile(r"^## +(.+?)[ #]*$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """A section of a real page: its heading and the text below it."""

    heading: str
    text: str


def test_data() -> Path:
    """The folder of the data; ends the process with a sentence where there is none."""
    folder = os.environ.get("KB_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        sys.exit("KB_TEST_DATA names no folder with the corpora to measure on.")
    return Path(folder)


def write_corpus(root: Path, pages: int) -> None:
    """A content folder of `pages` articles: real titles, and sections drawn from all the pages. The same every time."""
    random = Random(SEED)
    titles, pieces = _real_pages()
    for number in range(pages):
        title = titles[number % len(titles)]
        if number >= len(titles):
            title = f"{title} {random.choice(pieces).heading}"
        body = "\n\n".join(f"## {piece.heading}\n\n{piece.text}" for piece in random.sample(pieces, SECTIONS))
        path = root / "articles" / f"topic-{number % FOLDERS}" / f"page-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        front = f"title: {json.dumps(title[:200])}\ntags: [tag-{number % 25}]"
        path.write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")


def queries(count: int) -> list[str]:
    """Half words of real titles and headings (2 to 5 of them), half questions that people asked a bank and a forum."""
    random = Random(SEED)
    titles, pieces = _real_pages()
    sources = [*titles, *(piece.heading for piece in pieces if len(piece.heading.split()) > 2)]
    short = [" ".join(_some_words(random, random.choice(sources))) for _ in range(count // 2)]
    folder = test_data() / "queries"
    lines = [line for name in ("banking77.txt", "stackfaq_rephrasings.txt") for line in _lines(folder / name)]
    return [*short, *random.sample(lines, count - len(short))]


def hostile() -> dict[str, str]:
    """What is typed to break a search, by name: the naughty strings, and texts that make the engine work."""
    strings = json.loads((test_data() / "bad" / "blns" / "blns.json").read_text(encoding="utf-8"))
    unknown = (f"{''.join(Random(number).sample('abcdefghijklmnoprstuvwyz', 9))}" for number in range(400))
    return {f"naughty string {number}": text for number, text in enumerate(strings)} | {
        "a word of 10,000 letters": "a" * 10_000,
        "one word 1,400 times": "payment " * 1_400,
        "one typing error 1,600 times": "paymnt " * 1_600,
        "400 unknown words": " ".join(unknown),
        "all the commonest words": "the store admin page order error issue fix product customer payment cart data "
        * 60,
        "5,000 quotes": '"' * 5_000,
        "2,000 words left out": "-x " * 2_000,
        "1,600 error codes": "OO-409" * 1_600,
        "one letter": "s",
        "3,000 humps": "aB" * 3_000,
        "3,000 combining marks": "\u0301" * 3_000,
        "500 ligatures of 18 letters": "\ufdfa" * 500,
        "a question of 10,000 characters": " ".join(queries(400))[:10_000],
    }


def _some_words(random: Random, text: str) -> list[str]:
    words = text.split()
    length = random.randint(2, 5)
    start = random.randrange(max(1, len(words) - length + 1))
    return words[start : start + length]


def _real_pages() -> tuple[list[str], list[Piece]]:
    titles: list[str] = []
    pieces: list[Piece] = []
    problems: list[Problem] = []
    for corpus in CORPORA:
        for path in sorted((test_data() / "corpora" / corpus).rglob("*.md")):
            front = parse(path.read_text(encoding="utf-8"), Path(path.name), problems)  # type: ignore[arg-type]
            if isinstance(front.keys.get("title"), str):
                titles.append(front.keys["title"])
            parts = _HEADING.split(front.body)
            pieces += [Piece(h, t.strip()) for h, t in zip(parts[1::2], parts[2::2], strict=True) if t.strip()]
    return titles, pieces


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
