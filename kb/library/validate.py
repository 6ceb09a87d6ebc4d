"""Front matter against its model: every bad key is a problem on its line, every good one is kept.

Keys that decide who may read a page fail closed: a value that cannot be read hides the page instead of showing it to all.
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
OTHER_NAMES = {
    "description": "summary", "excerpt": "summary", "date": "updated", "last_updated": "updated", "lastmod": "updated",
    "aliases": "redirect_from", "keywords": "tags", "weight": "order", "nav_order": "order", "sidebar_position": "order",
    "draft": "status", "published": "status", "audiences": "audience", "type": "kind",
}  # fmt: skip  # what Jekyll, Hugo, Docusaurus and their like call these keys


def validate(model: type[Model], front: FrontMatter, path: PurePosixPath, problems: list[Problem]) -> Model:
    """The model of what is good in a front matter. Never raises: what is bad has its default, and is told."""
    keys = dict(front.keys)
    for key in [key for key in keys if key not in model.model_fields]:
        problems.append(_unknown(model, key, front, path))
        _close(model, nearest(key, CLOSED), keys)
        del keys[key]
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
    for detail in error.errors(include_url=False, include_context=True):
        key = str(detail["loc"][0]) if detail["loc"] else next(iter(keys))
        problems.append(Problem(path, front.line(key), _message(model, detail), ".".join(map(str, detail["loc"])) or key))
    for key in {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]} or set(keys):
        keys.pop(key, None)
        _close(model, key, keys)


def _close(model: type[Model], key: str | None, keys: dict[str, Any]) -> None:
    if key in CLOSED and key in model.model_fields:
        keys.setdefault(key, CLOSED[key])


def _unknown(model: type[Model], key: str, front: FrontMatter, path: PurePosixPath) -> Problem:
    other = OTHER_NAMES.get(key.lower().replace("-", "_"))
    hint = f" Did you mean '{other}'?" if other in model.model_fields else did_you_mean(key, model.model_fields)
    return Problem(path, front.line(key), f"The key '{key}' is not known.{hint}", key, Severity.WARNING)


def _quote_title(keys: dict[str, Any], front: FrontMatter, path: PurePosixPath, problems: list[Problem]) -> None:
    """YAML reads `title: 404` as a number: it is text all the same."""
    title = keys.get("title")
    if isinstance(title, bool | int | float | date):
        problems.append(
            Problem(path, front.line("title"), f"YAML reads this as a {_type(title)}. Put it in quotes.", "title", Severity.WARNING)
        )
        keys["title"] = str(title).lower() if isinstance(title, bool) else str(title)
    elif isinstance(title, str):
        keys["title"] = " ".join(title.split()) or None
    if keys.get("title", "") is None:
        del keys["title"]


def _type(value: object) -> str:
    return {bool: "yes or no", int: "number", float: "number"}.get(type(value), "date")


def _message(model: type[Model], detail: ErrorDetails) -> str:
    location, given = detail["loc"], detail.get("input")
    if detail["type"] == "extra_forbidden":
        return f"The key '{location[-1]}' is not known.{did_you_mean(str(location[-1]), _siblings(model, location))}"
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
