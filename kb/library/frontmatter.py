"""Front matter: the YAML between the `---` lines at the head of a file. Read as safe YAML 1.2, whatever is in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kb.library.problems import Problem

MAX_CHARACTERS = 64_000
MAX_DEPTH = 40  # nesting of brackets; the deepest of 455 real files has 2
_FENCE = re.compile(r"\A---[ \t]*\n(?:(.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^(?:(['\"])(.+?)\1|([^\s#:'\"\[{-][^:#]*?))\s*:(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys of a file, the text below them, and where in the file each began (lines count from 1)."""

    keys: Mapping[str, Any]
    body: str
    body_line: int = 1
    lines: Mapping[str, int] | None = None
    present: bool = False

    def line(self, key: str) -> int:
        return (self.lines or {}).get(key, 1 if self.present else 0)


def parse(text: str, path: PurePosixPath, problems: list[Problem]) -> FrontMatter:
    """Split a file. Front matter that cannot be read is a problem with its line; the body is kept."""
    match = _FENCE.match(text)
    if match is None:
        if text.startswith("---\n") and "\n---" not in text[3:]:
            problems.append(Problem(path, 1, "The front matter that begins here has no closing '---' line."))
        return FrontMatter({}, text)
    block = match.group(1) or ""
    body = text[match.end() :]
    body_line = text.count("\n", 0, match.end()) + 1
    keys = load_mapping(block, path, problems, first_line=2)
    return FrontMatter(keys, body, body_line, key_lines(block, first_line=2), present=True)


def load_mapping(block: str, path: PurePosixPath, problems: list[Problem], *, first_line: int = 1) -> dict[str, Any]:
    """The mapping that a YAML text holds; an empty one, and a problem, where it is something else or not YAML."""
    if len(block) > MAX_CHARACTERS:
        problems.append(Problem(path, first_line, f"This has {len(block):,} characters; at most {MAX_CHARACTERS:,} are read."))
        return {}
    if _depth(block) > MAX_DEPTH:
        problems.append(Problem(path, first_line, f"Brackets are nested more than {MAX_DEPTH} deep."))
        return {}
    try:
        value = YAML(typ="safe", pure=True).load(block)
    except Exception as error:  # the parser raises its own errors, ValueError for bad dates, RecursionError, and more
        problems.append(Problem(path, first_line + _error_line(error), _reason(error)))
        return {}
    if value is None:
        return {}
    if not isinstance(value, dict):
        problems.append(Problem(path, first_line, f"Expected 'key: value' lines, found a {_kind(value)}."))
        return {}
    return {_text(key): item for key, item in value.items()}


def key_lines(block: str, *, first_line: int) -> dict[str, int]:
    """The line of each key at the left margin."""
    lines: dict[str, int] = {}
    for match in _KEY.finditer(block):
        lines.setdefault(match.group(2) or match.group(3), block.count("\n", 0, match.start()) + first_line)
    return lines


def _depth(block: str) -> int:
    depth = deepest = 0
    for char in re.findall(r"[\[\]{}]", block):
        depth += 1 if char in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _error_line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return int(mark.line) if mark is not None else 0


def _reason(error: Exception) -> str:
    if isinstance(error, MarkedYAMLError):
        reason = error.problem or error.context or "it cannot be parsed"
    elif isinstance(error, YAMLError | ValueError):
        reason = str(error).splitlines()[0] if str(error) else "it cannot be parsed"
    else:
        reason = f"it cannot be parsed ({type(error).__name__})"
    return f"This is not valid YAML: {reason.strip().rstrip('.')}."


def _kind(value: object) -> str:
    return {list: "list", str: "text"}.get(type(value), type(value).__name__)


def _text(key: object) -> str:
    return key if isinstance(key, str) else str(key)
