"""`synonyms.yml`: words of the house that mean the same, and Hindi in either script to English."""

from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from kb.library.files import read_text
from kb.library.frontmatter import FrontMatter, key_lines, load_mapping
from kb.library.problems import Problem
from kb.library.validate import validate
from search.protocol import Synonyms

FILE = PurePosixPath("synonyms.yml")


def _words(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    groups: list[list[str]] = []
    hinglish: dict[str, Annotated[list[str], BeforeValidator(_words)]] = {}


def read_synonyms(root: Path, problems: list[Problem]) -> Synonyms:
    """The synonyms of a content folder, none where it has no such file."""
    if not (root / FILE).exists() and not (root / FILE).is_symlink():
        return Synonyms()
    text = read_text(root, FILE, problems)
    if text is None:
        return Synonyms()
    front = FrontMatter(load_mapping(text, FILE, problems), "", 1, key_lines(text, first_line=1), present=True)
    found = validate(_File, front, FILE, problems)
    groups = tuple(tuple(words) for group in found.groups if len(words := _told(group)) > 1)
    one_way = {phrase.strip(): tuple(_told(words)) for phrase, words in found.hinglish.items() if phrase.strip()}
    return Synonyms(groups, {phrase: words for phrase, words in one_way.items() if words})


def _told(words: list[str]) -> list[str]:
    return [word.strip() for word in words if word.strip()]
