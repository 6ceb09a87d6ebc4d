"""A visit of one person: who they are, what they typed, what they ask and change, always by POST."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web.design.words import Words
from web.help.visit import Data, Visit
from web.session import Session

SPOKEN = frozenset({"REQUIRED", "TOO_LONG", "INVALID", "RATE_LIMITED"})
"""Refusals that the pages have words of their own for; all others come as sentences."""


class Rejected(Exception):
    """The service did not do what a form asked for: why, by the name of the field, "" for the whole."""

    def __init__(self, problems: Mapping[str, str], *, status: int = 422) -> None:
        super().__init__(", ".join(problems))
        self.problems, self.status = problems, status


@dataclass(slots=True, kw_only=True)
class Personal(Visit):
    """`form` is what was typed; `problems` are shown beside the fields that they are about."""

    session: Session
    form: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    problems: dict[str, str] = field(default_factory=dict)

    async def look(self, name: str, **variables: Any) -> Data:
        """The data of a registered query that is for this person. Raises as `ask` does."""
        return self.framed(await self._send(name, {"locale": self.wanted, **variables}))

    async def change(self, name: str, /, **given: Any) -> Data:
        """The payload of a registered mutation. Raises `Rejected` where it says why it was not done."""
        said = {key: each for key, each in given.items() if each is not None}
        [payload] = (await self._send(name, {"input": said})).values()
        if errors := payload["userErrors"]:
            raise rejected(errors, self.words)
        found: Data = payload
        return found

    async def _send(self, name: str, variables: Mapping[str, Any]) -> Data:
        session = self.session
        return await self.client.change(
            self.request.scope, name, variables, visitor=session.visitor, token=session.token, language=self.locale
        )

    def typed(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def chosen(self, name: str) -> str | None:
        """What was typed into a field that may be left empty."""
        return self.typed(name) or None

    def page(self, path: str) -> str:
        """A path of ours in the reader's language."""
        return self.addresses.path(path)


def rejected(errors: Sequence[Data], words: Words) -> Rejected:
    """Expected failures in the reader's words."""
    problems: dict[str, str] = {}
    for error in errors:
        code = error["code"]
        text = words(f"wrong_{code}") if code in SPOKEN and not _says_more(error) else error["message"]
        problems.setdefault((error["field"] or [""])[0], text)
    limited = any(error["code"] == "RATE_LIMITED" for error in errors)
    return Rejected(problems, status=429 if limited else 422)


def _says_more(error: Data) -> bool:
    """About the whole, only its sentence says what is meant."""
    return not error["field"] and error["code"] != "RATE_LIMITED"
