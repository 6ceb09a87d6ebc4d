"""What a page of the desk is before it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`place` is the entry of the navigation that it belongs to."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    script: str = "desk.js"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was not taken: which one, and what its sender is told. `notice`: nothing is wrong with it."""

    form: str
    message: str
    notice: bool = False
