"""Publishable keys of storefronts: where each may be used from, and for which readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kb.library.files import read_text
from kb.library.frontmatter import FrontMatter, key_lines, load_mapping
from kb.library.problems import Problem
from kb.library.validate import validate
from kb.viewer import Audience


@dataclass(frozen=True, slots=True)
class Storefront:
    """`origins` are exact: scheme, host and port as a browser sends them."""

    key: str
    name: str
    origins: frozenset[str]
    audience: Audience


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query or parts.fragment or "*" in value:
        raise ValueError("expected an origin such as https://shop.example, without path or wildcard")
    return value.lower()


class _Storefront(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=r"^pk_[A-Za-z0-9_]{8,80}$")
    name: str = Field(min_length=1, max_length=200)
    origins: list[Annotated[str, AfterValidator(_origin)]] = Field(min_length=1)
    audience: Audience = Audience.SHOPPER


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    storefronts: list[_Storefront] = []


def read_storefronts(path: Path, problems: list[Problem]) -> Mapping[str, Storefront]:
    """The storefronts by key; no file is no storefronts. A bad file is a problem, and gives no storefront access."""
    name = PurePosixPath(path.name)
    if not path.exists():
        return {}
    text = read_text(path.parent, name, problems)
    if text is None:
        return {}
    front = FrontMatter(load_mapping(text, name, problems), "", 1, key_lines(text, first_line=1), present=True)
    found = validate(_File, front, name, problems).storefronts
    made = {each.key: Storefront(each.key, each.name, frozenset(each.origins), each.audience) for each in found}
    if len(made) < len(found):
        problems.append(Problem(name, front.line("storefronts"), "Two storefronts have the same key.", "storefronts"))
    return made
