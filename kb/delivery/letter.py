"""A mail before it is set in text and HTML, and what it is made from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from kb.delivery.words import Words, words
from kb.library.terms import Channel
from kb.store.tables import Table
from kb.support import policies
from kb.support.desk import Desk
from kb.support.tables import Person, Ticket
from kb.viewer import Role, Viewer

Row = TypeVar("Row", bound=Table)
MOST_NAME = 60
_NO_NAME = re.compile(r"\d{4}|[@/\\<>:]|www\.|\.[a-z]{2,}", re.IGNORECASE)
READER = Viewer(role=Role.MANAGER)  # whoever follows a page was allowed to when the mail was asked for


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is set in text and HTML. `quote` is Markdown that a person wrote, `after` is said below it.
    `thread` is what mails about one thing share; `unsubscribe` is where a follower ends it."""

    to: str
    words: Words
    subject: str
    heading: str
    lines: tuple[str, ...]
    action: tuple[str, str]
    name: str | None = None
    quote: str | None = None
    after: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    reply_to: str | None = None
    thread: UUID | None = None
    unsubscribe: str | None = None
    files: tuple[str, ...] = ()
    """What a kept copy is found by when its reader is erased."""


@dataclass(frozen=True, slots=True)
class Case:
    """`data` of an outbox row, and whom it is for; None where the row that it names knows."""

    session: Session
    desk: Desk
    data: Mapping[str, Any]
    person: Person | None

    def find(self, kind: type[Row], name: str) -> Row | None:
        value = self.data.get(name)
        return self.session.get(kind, UUID(value)) if value else None

    def words(self, locale: str) -> Words:
        return words(locale, self.desk.library.zone)


def called(person: Person) -> str | None:
    """A name to greet by. What a stranger typed goes to an address that nobody has proven: no links, no numbers."""
    name = person.name or ""
    return name if name and len(name) <= MOST_NAME and not _NO_NAME.search(name) else None


def support_address(desk: Desk, ticket: Ticket | None = None) -> str | None:
    """Where answers go: the terms' address for e-mail."""
    if ticket is not None:
        channels = policies.terms(ticket.policy_version).channels
    else:
        slug = desk.library.support_policy
        versions = desk.library.policy_versions(slug, READER, desk.library.default_locale) if slug else []
        channels = next((page.terms.channels for page in reversed(versions) if page.terms), ())
    return next((each.address for each in channels if each.channel is Channel.EMAIL), None)


def filled(lines: Iterable[str], given: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(filled for line in lines if (filled := line.format_map(given).strip()))


def files_of(person: Person) -> tuple[str, ...]:
    return tuple(each for each in (person.email_key, person.id.hex) if each)
