"""Content files read and parsed, each once: kept in memory by (path, signature), on disk by the hash of the text.

The disk cache makes a second start fast (parsing Markdown is nine tenths of a cold one). It is an optimisation only:
a missing or damaged one is made again.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from kb.library import frontmatter
from kb.library.files import Entry, read_text
from kb.library.frontmatter import FrontMatter
from kb.library.markdown import Link, Outline, Section, SectionText, outline
from kb.library.problems import Problem, Severity

# Writing what is known takes .2 s at 2,000 pages, parsing a page again at the next start .005 s.
NEW_SHARE = 50
PORTION = 2_000  # pages that are parsed before they are written in any case: a start that is killed goes on from there

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A Markdown file. `digest` is the hash of its text, with line ends and byte order mark made uniform."""

    entry: Entry
    digest: str
    front: FrontMatter
    outline: Outline
    problems: tuple[Problem, ...] = ()

    @property
    def path(self) -> PurePosixPath:
        return self.entry.path


class SourceReader:
    """Reads files below `root`; those that have not changed since the last call are not opened again."""

    def __init__(self, root: Path, cache_path: Path | None = None, *, version: str = "") -> None:
        self._root = root
        self._cache_path = cache_path
        self._version = version
        self._known: dict[PurePosixPath, Source] = {}
        self._disk: Mapping[str, Any] = _load(cache_path, version)
        self._unsaved = 0

    def read(self, entries: Iterable[Entry], problems: list[Problem], progress: Progress | None = None) -> list[Source]:
        """The sources of the files that could be read; what each has wrong with it is added to `problems`."""
        wanted = list(entries)
        sources: dict[PurePosixPath, Source] = {}
        for number, entry in enumerate(wanted, 1):
            source = self._source(entry, problems)
            if source:
                sources[source.path] = source
                problems.extend(source.problems)
            if self._unsaved >= PORTION:
                self._save(sources.values())
            if progress:
                progress(number, len(wanted))
        self._known, self._disk = sources, {}
        if self._unsaved * NEW_SHARE > len(sources):
            self._save(sources.values())
        return list(sources.values())

    def _source(self, entry: Entry, problems: list[Problem]) -> Source | None:
        known = self._known.get(entry.path)
        if known and known.entry == entry:
            return known
        text = read_text(self._root, entry.path, problems)
        if text is None:
            return None
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        cached = self._disk.get(f"{entry.path}:{digest}")
        source = _decode(cached, text, entry, digest) if cached else None
        if source is None:
            source = _parse(text, entry, digest)
            self._unsaved += not source.problems
        return source

    def _save(self, sources: Iterable[Source]) -> None:
        """Only sources without problems: those are looked at again at the next start."""
        self._unsaved = 0
        if self._cache_path is None:
            return
        entries = {f"{s.path}:{s.digest}": _encode(s) for s in sources if not s.problems}
        temporary = self._cache_path.with_suffix(f".{os.getpid()}.tmp")
        try:
            temporary.write_bytes(orjson.dumps({"version": self._version, "sources": entries}))
            temporary.replace(self._cache_path)
        except OSError:  # a full or read-only disk: parse again next time
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _parse(text: str, entry: Entry, digest: str) -> Source:
    problems: list[Problem] = []
    front = frontmatter.parse(text, entry.path, problems)
    try:
        made = outline(front.body)
        for line, sentence in made.oddities:
            problems.append(Problem(entry.path, front.body_line + line - 1, sentence, None, Severity.WARNING))
    except Exception as error:  # the parser and its plugins answer hostile text with RecursionError and others
        reason = f"The text cannot be parsed as Markdown ({type(error).__name__})."
        problems.append(Problem(entry.path, front.body_line, reason))
        made, front = Outline(None, "", (), ()), replace(front, body="")
    return Source(entry, digest, front, made, tuple(problems))


def _load(path: Path | None, version: str) -> Mapping[str, Any]:
    try:
        data = orjson.loads(path.read_bytes()) if path else {}
        sources = data["sources"] if data.get("version") == version else {}
        return sources if isinstance(sources, dict) else {}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}


def _encode(source: Source) -> list[Any]:
    front, made = source.front, source.outline
    parts = [[[p.section.anchor, p.section.title, p.section.level] if p.section else None, p.text] for p in made.parts]
    links = [[link.target, link.line, link.image] for link in made.links]
    body_at = -len(front.body) if front.body else None
    head = [_pack(front.keys), dict(front.lines or {}), front.body_line, front.present, body_at]
    return [*head, made.heading, made.first_paragraph, parts, links]


def _decode(value: Any, text: str, entry: Entry, digest: str) -> Source | None:
    """What `_encode` made; None where a damaged file holds something else."""
    try:
        keys, lines, body_line, present, body_at, heading, first, parts, links = value
        front = FrontMatter(_unpack(keys), text[body_at:] if body_at is not None else "", body_line, lines, present)
        made = Outline(
            heading,
            first,
            tuple(SectionText(Section(*section) if section else None, words) for section, words in parts),
            tuple(Link(*link) for link in links),
        )
    except (TypeError, ValueError, AttributeError):
        return None
    return Source(entry, digest, front, made)


def _pack(value: Any) -> Any:
    """YAML has dates and JSON has not: they are written as `{"$": "2026-01-31"}`, and a "$" of a writer's as "$$"."""
    if isinstance(value, datetime | date):
        return {"$": value.isoformat()}
    if isinstance(value, dict):
        return {f"${key}" if key.startswith("$") else key: _pack(item) for key, item in value.items()}
    return [_pack(item) for item in value] if isinstance(value, list) else value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"$"}:
            text = value["$"]
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        return {key[1:] if key.startswith("$") else key: _unpack(item) for key, item in value.items()}
    return [_unpack(item) for item in value] if isinstance(value, list) else value


def held_back(source: Source) -> bool:
    """Front matter that cannot be read may have said who may read the page: nobody does until it is mended."""
    return any(problem.severity is Severity.ERROR for problem in source.problems)
