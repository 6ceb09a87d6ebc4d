"""One request at the desk: who makes it, what it asks and changes in that person's name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request

from web.client import Client
from web.design.words import Words
from web.desk.page import Data
from web.desk.words import desk_words
from web.help.addresses import Addresses
from web.people.account import STAFF
from web.session import Session

LONGEST_TOLD = 40


@dataclass(slots=True)
class Visit:
    """`form` holds what was sent, each field with all of its values. `now` is in UTC."""

    request: Request
    client: Client
    addresses: Addresses
    session: Session
    form_token: str
    now: datetime
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    viewer: Data | None = None

    @property
    def staff(self) -> bool:
        """Whether who asks is known, and one of the team."""
        return self.viewer is not None and self.viewer["role"] in STAFF

    @property
    def words(self) -> Words:
        return desk_words()

    async def ask(self, name: str, **variables: Any) -> Data:
        """The data of a registered document; what is None is not said. Raises `Refused`."""
        data = await self._send(name, {key: each for key, each in variables.items() if each is not None})
        self.viewer = data.get("viewer", self.viewer)
        return data

    async def change(self, name: str, given: Mapping[str, Any]) -> str | None:
        """Send a registered mutation. Answers what its sender is told where it was refused, else None."""
        data = await self._send(name, {"input": {key: each for key, each in given.items() if each is not None}})
        [payload] = data.values()
        return " ".join(each["message"] for each in payload["userErrors"]) or None

    async def _send(self, name: str, variables: Mapping[str, Any]) -> Data:
        return await self.client.change(self.request.scope, name, variables, token=self.session.token)

    def parameter(self, name: str) -> str | None:
        """A parameter of the query string; None where it is missing or blank."""
        return self.request.query_params.get(name, "").strip() or None

    def chosen(self, name: str, known: Collection[str]) -> tuple[str | None, str | None]:
        """A parameter that chooses among what is known: what it chose, and what it said where that is none of it."""
        given = self.parameter(name)
        return (given, None) if given is None or given in known else (None, given[:LONGEST_TOLD])

    def sent(self, name: str) -> str | None:
        """A field of the form; None where it is missing or blank."""
        return "".join(self.form.get(name, ())[:1]).strip() or None
