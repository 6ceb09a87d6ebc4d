"""One request for a page: the language of its path, what it asks of the service, what may come instead of a page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request

from web.client import Answer, Client, Refused
from web.design.words import Words, words
from web.help.addresses import Addresses

Data = Mapping[str, Any]


class Missing(Exception):
    """There is no such page for this reader."""


class Moved(Exception):
    """The page is at another path of ours for good."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(slots=True)
class Visit:
    """`wanted` is the locale in the path, None where there is none; `path` comes after it. `addresses` are of both.

    `token` is of who signed in on our pages: they read what is for them, and no cache keeps it.
    """

    request: Request
    client: Client
    addresses: Addresses
    wanted: str | None
    path: str
    answers: list[Answer] = field(default_factory=list)
    locales: Sequence[str] = ()
    policies: Sequence[Data] = ()
    token: str | None = field(default=None, repr=False)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    async def ask(self, name: str, **variables: Any) -> Data:
        """The data of a registered document in the reader's language. Raises `Missing` where we do not have that."""
        given = {"locale": self.wanted, **variables}
        try:
            answer = await self.client.ask(self.request.scope, name, given, token=self.token)
        except Refused as refused:
            if refused.status != 401 or self.token is None:
                raise
            self.token = None  # the session ended: they read on as anybody
            answer = await self.client.ask(self.request.scope, name, given)
        self.answers.append(answer)
        return self.framed(answer.data)

    def framed(self, data: Data) -> Data:
        """The data of an answer, of which the frame of the page has what it needs. Raises as `ask` does."""
        self.locales, self.policies = data["locales"], data.get("policies", self.policies)
        if self.wanted is not None and self.wanted not in self.locales:
            raise Missing
        if self.wanted == self.locales[0]:
            raise Moved(self.in_locale(self.wanted))
        return data

    @property
    def locale(self) -> str:
        """Known once something was asked."""
        return self.wanted or (self.locales[0] if self.locales else "en")

    @property
    def words(self) -> Words:
        return words(self.locale)

    @property
    def max_age(self) -> int:
        """For as many seconds as every answer holds."""
        return min((answer.max_age for answer in self.answers), default=0)

    def parameter(self, name: str) -> str | None:
        """A parameter of the query string; None where it is missing or blank."""
        return self.request.query_params.get(name, "").strip() or None

    def one_of(self, name: str, known: Collection[str]) -> str | None:
        """A parameter that has to be one of these; the page says so where it is none."""
        given = self.parameter(name)
        if given is None or given in known:
            return given
        self.leave_out(name)
        return None

    def leave_out(self, name: str) -> None:
        """The page says that a parameter means nothing to us."""
        if (left := (name, self.parameter(name) or "")) not in self.left_out:
            self.left_out.append(left)

    def in_locale(self, locale: str) -> str:
        """The same page in another language, its query string kept."""
        path = self.to(locale).path(self.path)
        query = self.request.url.query
        return f"{path}?{query}" if query else path

    def to(self, locale: str) -> Addresses:
        """Our addresses in a language."""
        return replace(self.addresses, prefix="" if locale == self.locales[0] else f"/{locale}")

    def must_be_at(self, slug: str, page: Data, key: str = "slug") -> None:
        """Raises `Moved` where a page was found by an old slug: to its own, with the query string."""
        if page[key] != slug:
            query = self.request.url.query
            path = self.addresses.here(page["url"]).partition("?")[0]
            raise Moved(f"{path}?{query}" if query else path)
