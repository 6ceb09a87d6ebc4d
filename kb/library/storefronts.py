"""Publishable keys of storefronts: where each may be used from, and for which readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kb.library.files import read_text
from kb.library.frontmatter import FrontMatter, key_lines, load_mapping
from kb.library.meta import lowered
from kb.library.problems import Problem
from kb.library.validate import problems_of, validate
from kb.viewer import Audience

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Storefront:
    """`origins` are exact: scheme, host and port as a browser sends them."""

    key: str
    name: str
    origins: frozenset[str]
    audience: Audience


def _origin(value: str) -> str:
    """As browsers write it: lower case, ASCII, without the scheme's own port."""
    parts = urlsplit(value)
    bare = (
        parts.scheme in PORTS and parts.hostname and not (parts.path or parts.query or parts.fragment or parts.username)
    )
    if not bare or parts.hostname is None or not value.isprintable() or {"*", " ", "?", "#", "@"} & set(value):
        raise ValueError("expected an origin such as https://shop.example, without path or wildcard")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    port = "" if parts.port in (None, PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class _Storefront(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=r"^pk_[A-Za-z0-9_]{8,80}$")
    name: str = Field(min_length=1, max_length=200)
    origins: list[Annotated[str, AfterValidator(_origin)]] = Field(min_length=1)
    audience: Annotated[Audience, BeforeValidator(lowered)] = Audience.SHOPPER


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    storefronts: list[Any] = []


def read_storefronts(path: Path, problems: list[Problem]) -> Mapping[str, Storefront]:
    """The storefronts by key; no file is no storefronts. A bad entry is a problem, and gives no access."""
    name = PurePosixPath(path.name)
    if not path.exists() and not path.is_symlink():
        return {}
    text = read_text(path.parent, name, problems)
    if text is None:
        return {}
    front = FrontMatter(load_mapping(text, name, problems), "", 1, key_lines(text, first_line=1), present=True)
    made: dict[str, Storefront] = {}
    for number, entry in enumerate(validate(_File, front, name, problems).storefronts):
        try:
            read = _Storefront.model_validate(entry)
        except ValidationError as error:
            problems += problems_of(_Storefront, error, front, name, within=("storefronts", number))
            continue
        if read.key in made:
            message = f"The key '{read.key}' is given twice. The first storefront with it counts."
            problems.append(Problem(name, front.line("storefronts"), message, f"storefronts.{number}.key"))
            continue
        made[read.key] = Storefront(read.key, read.name, frozenset(read.origins), read.audience)
    return made
