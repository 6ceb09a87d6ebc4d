"""Front matter: the YAML between the `---` lines at the head of a file. Read as safe YAML 1.2, whatever is in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import PurePosixPath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kb.library.problems import Problem

MAX_CHARACTERS = 64_000
MAX_DEPTH = 40  # nesting of brackets; the deepest of 455 real files has 2
MAX_VALUES = 20_000  # aliases counted each time: nine lines of them can stand for a thousand million values
_FENCE = re.compile(r"\A\s*---[ \t]*\n(?:(.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_OPENING = re.compile(r"\A\s*(---|\+\+\+)[ \t]*(?:\n|\Z)")
_MEANT = re.compile(r"^[^\w\n]{0,4}visib\w*[^\w\n]{0,3}:", re.MULTILINE | re.IGNORECASE)
_MEANT_WITHIN = 1_000  # characters from the top of a file without front matter
_KEY_END = re.compile(r":(?=\s|\Z)")
_BRACKET = re.compile(r"[\[\]{}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_EXACT = 2**53  # larger numbers are text: not every JSON keeps them


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
        problems.extend(_meant(text, path))
        return FrontMatter({}, text)
    block = match.group(1) or ""
    body = text[match.end() :]
    body_line = text.count("\n", 0, match.end()) + 1
    first_line = text.count("\n", 0, match.start(1)) + 1 if match.group(1) else 2
    keys = load_mapping(block, path, problems, first_line=first_line)
    return FrontMatter(keys, body, body_line, key_lines(block, first_line=first_line), present=True)


def load_mapping(block: str, path: PurePosixPath, problems: list[Problem], *, first_line: int = 1) -> dict[str, Any]:
    """The mapping that a YAML text holds; an empty one, and a problem, where it is something else or not YAML."""
    if len(block) > MAX_CHARACTERS:
        message = f"This has {len(block):,} characters; at most {MAX_CHARACTERS:,} are read."
        problems.append(Problem(path, first_line, message))
        return {}
    if _depth(block) > MAX_DEPTH:
        problems.append(Problem(path, first_line, f"Brackets are nested more than {MAX_DEPTH} deep."))
        return {}
    try:
        value = _plain(_parser().load(block), count(1), 0)
    except Exception as error:  # the parser raises its own errors, ValueError for bad dates, RecursionError, and more
        problems.append(Problem(path, first_line + _error_line(error), _reason(error)))
        return {}
    if value is None:
        return {}
    if not isinstance(value, dict):
        problems.append(Problem(path, first_line, f"Expected 'key: value' lines, found a {_kind(value)}."))
        return {}
    return value


def key_lines(block: str, *, first_line: int) -> dict[str, int]:
    """The line of each key at the left margin."""
    lines: dict[str, int] = {}
    for number, line in enumerate(block.split("\n"), first_line):
        end = _KEY_END.search(line) if line[:1].strip("#-[{") else None
        if end:
            lines.setdefault(line[: end.start()].strip().strip("'\""), number)
    return lines


class _Constructor(SafeConstructor):
    """YAML 1.2 has no merge keys, and a few lines of them in each other take for ever."""

    def flatten_mapping(self, node: Any) -> None:
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise ConstructorError(None, None, "merge keys ('<<') are not read here", key.start_mark)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Give a bad date or number the line that it stands in."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from None


def _parser() -> YAML:
    parser = YAML(typ="safe", pure=True)
    parser.Constructor = _Constructor
    return parser


def _meant(text: str, path: PurePosixPath) -> Iterator[Problem]:
    """A head that was meant as front matter and is none: what it says of readers would be lost."""
    opening = _OPENING.match(text)
    if opening:
        line = text.count("\n", 0, opening.start(1)) + 1
        kind = (
            "has no closing '---' line"
            if opening.group(1) == "---"
            else "is TOML; write it as YAML between '---' lines"
        )
        yield Problem(path, line, f"The front matter that begins here {kind}.")
        return
    said = _MEANT.search(text, 0, _MEANT_WITHIN)
    if said:
        line = text.count("\n", 0, said.start()) + 1
        yield Problem(path, line, "This says who may read the page and is not in front matter, between '---' lines.")


def _plain(value: Any, values: "count[int]", depth: int) -> Any:
    """The value made of what JSON has, and dates. Raises ValueError for what is too large, too deep or no text."""
    if next(values) > MAX_VALUES:
        raise ValueError(f"it holds more than {MAX_VALUES:,} values")
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        return _CONTROL.sub(" ", value.encode("utf-16", "surrogatepass").decode("utf-16"))
    if isinstance(value, dict):
        return {_text(key): _plain(item, values, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item, values, depth + 1) for item in value]
    if value is None or isinstance(value, bool | date):
        return value
    if isinstance(value, int | float):
        return value if abs(value) <= _EXACT else str(value)
    raise ValueError(f"a value of the type {type(value).__name__} has no place here")


def _depth(block: str) -> int:
    depth = deepest = 0
    for match in _BRACKET.finditer(block):
        depth += 1 if match.group() in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _error_line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return int(mark.line) if mark is not None else 0


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        reason = "it holds half a character (a lone surrogate)"
    elif isinstance(error, MarkedYAMLError):
        reason = error.problem or error.context or "it cannot be parsed"
    elif isinstance(error, YAMLError | ValueError):
        reason = str(error).splitlines()[0] if str(error) else "it cannot be parsed"
    else:
        reason = f"it cannot be parsed ({type(error).__name__})"
    return f"This is not valid YAML: {reason.strip().rstrip('.')[:200]}."


def _kind(value: object) -> str:
    return "list" if isinstance(value, list) else "text" if isinstance(value, str) else type(value).__name__


def _text(key: object) -> str:
    text = key if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)
    return _CONTROL.sub(" ", text.encode("utf-16", "surrogatepass").decode("utf-16"))
