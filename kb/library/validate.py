"""Front matter against its model: every bad key is a problem on its line, every good one is kept.

Keys that decide who may read a page fail closed: a value that cannot be read hides the page instead of showing it.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kb.library.frontmatter import FrontMatter
from kb.library.problems import Problem, Severity, did_you_mean, nearest

Model = TypeVar("Model", bound=BaseModel)
CLOSED = {"visibility": "internal", "status": "draft"}
HIDING: Mapping[tuple[str, bool | None], str] = {
    ("draft", True): "status", ("published", False): "status", ("private", True): "visibility",
    ("internal", True): "visibility", ("public", False): "visibility",
}  # fmt: skip  # how others say that a page is not for everybody
OTHER_NAMES = {
    "description": "summary", "excerpt": "summary", "date": "updated", "last_updated": "updated", "lastmod": "updated",
    "aliases": "redirect_from", "keywords": "tags", "weight": "order", "nav_order": "order",
    "sidebar_position": "order",
    "draft": "status", "published": "status", "audiences": "audience", "type": "kind",
}  # fmt: skip  # what Jekyll, Hugo, Docusaurus and their like call these keys


def validate(model: type[Model], front: FrontMatter, path: PurePosixPath, problems: list[Problem]) -> Model:
    """The model of what is good in a front matter. Never raises: what is bad has its default, and is told."""
    keys = dict(front.keys)
    for key in [key for key in keys if key not in model.model_fields]:
        meant = _meant(key, keys.pop(key))
        problems.append(_unknown(model, key, front, path, until=_until(model, meant)))
        _close(model, meant, keys)
    for key in [key for key, value in keys.items() if value is None and key not in CLOSED]:
        del keys[key]  # `tags:` with nothing after it
    _quote_title(keys, front, path, problems)
    for _ in range(len(keys) + 1):
        try:
            return model.model_validate(keys)
        except ValidationError as error:
            _drop_bad(model, keys, error, front, path, problems)
    return model()


def _drop_bad(
    model: type[Model],
    keys: dict[str, Any],
    error: ValidationError,
    front: FrontMatter,
    path: PurePosixPath,
    problems: list[Problem],
) -> None:
    problems += problems_of(model, error, front, path)
    for key in {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]} or set(keys):
        keys.pop(key, None)
        _close(model, key, keys)


def _meant(key: str, value: object) -> str | None:
    """The key of `CLOSED` that an unknown one stands for: misspelt, or another tool's word for it."""
    plain = key.strip().lower()
    said = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).strip().lower())
    return HIDING.get((plain, said)) or (None if plain in OTHER_NAMES else nearest(key, CLOSED))


def problems_of(
    model: type[BaseModel],
    error: ValidationError,
    front: FrontMatter,
    path: PurePosixPath,
    *,
    within: tuple[str | int, ...] = (),
) -> list[Problem]:
    """What is wrong with each key, on the line of the top one. `within` is where the model stands in the file."""
    problems = []
    for detail in error.errors(include_url=False, include_context=True):
        keys = tuple(map(_short, (*within, *detail["loc"])))
        line = front.line(keys[0]) if keys else 1
        message = _message(model, detail) + ("" if within else _until(model, keys[0] if keys else None))
        problems.append(Problem(path, line, message, ".".join(keys) or None))
    return problems


def _close(model: type[Model], key: str | None, keys: dict[str, Any]) -> None:
    """A misspelt word on who may read a page outweighs what else is said; one on its status does not."""
    if key is None or key not in CLOSED or key not in model.model_fields:
        return
    if key == "visibility":
        keys[key] = CLOSED[key]
    else:
        keys.setdefault(key, CLOSED[key])


def _until(model: type[BaseModel], key: str | None) -> str:
    if key is None or key not in CLOSED or key not in model.model_fields:
        return ""
    return f" Until this is mended the page has the {key} '{CLOSED[key]}'."


def _unknown(model: type[Model], key: str, front: FrontMatter, path: PurePosixPath, *, until: str) -> Problem:
    other = OTHER_NAMES.get(key.lower().replace("-", "_"))
    hint = f" Did you mean '{other}'?" if other in model.model_fields else did_you_mean(key, model.model_fields)
    message = f"The key '{_short(key)}' is not known.{hint}{until}"
    return Problem(path, front.line(key), message, _short(key), Severity.WARNING)


def _quote_title(keys: dict[str, Any], front: FrontMatter, path: PurePosixPath, problems: list[Problem]) -> None:
    """YAML reads `title: 404` as a number: it is text all the same."""
    title = keys.get("title")
    if isinstance(title, bool | int | float | date):
        message = f"YAML reads this as a {_type(title)}. Put it in quotes."
        problems.append(Problem(path, front.line("title"), message, "title", Severity.WARNING))
        keys["title"] = str(title).lower() if isinstance(title, bool) else str(title)
    elif isinstance(title, str):
        keys["title"] = " ".join(title.split()) if any(char.isprintable() and char != " " for char in title) else None
    if keys.get("title", "") is None:
        del keys["title"]


def _type(value: object) -> str:
    return {bool: "yes or no", int: "number", float: "number"}.get(type(value), "date")


def _message(model: type[BaseModel], detail: ErrorDetails) -> str:
    location, given = detail["loc"], detail.get("input")
    if detail["type"] == "extra_forbidden":
        hint = did_you_mean(str(location[-1]), _siblings(model, location))
        return f"The key '{_short(location[-1])}' is not known.{hint}"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ").strip()
    if detail["type"] == "enum":
        expected = str(detail.get("ctx", {}).get("expected", ""))
        hint = did_you_mean(str(given), [word.strip(" '") for word in expected.replace(" or ", ",").split(",")])
        return f"Expected {expected}, found '{_short(given)}'.{hint}"
    if detail["type"] == "missing":
        return "This key is required."
    return f"{message[:1].upper()}{message[1:]} (found {_short(given)!r})."


def _siblings(model: type[BaseModel], location: tuple[int | str, ...]) -> Mapping[str, Any]:
    """The fields of the model that holds the last key of a location."""
    current: type[BaseModel] = model
    for key in location[:-1]:
        if isinstance(key, str) and key in current.model_fields:
            current = _inner(current.model_fields[key].annotation) or current
    return current.model_fields


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if found:
            return found
    return None


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
