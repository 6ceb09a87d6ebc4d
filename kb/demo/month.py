"""The month as it passes: steps in the order of their moments, and between them the work that falls due."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from random import Random
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kb.delivery import work
from kb.demo.case import Case, Step
from kb.demo.people import AGENTS, DOMAIN, MERCHANTS, STRANGER, VISITORS
from kb.demo.readers import Find, said, searched_before, searches, voted
from kb.demo.stories import KINDS, Kind
from kb.demo.texts import QUESTIONS
from kb.insights.tables import Search
from kb.library.terms import Channel
from kb.store.database import Database
from kb.support.desk import Desk
from kb.support.tables import DueWork, Escalation, Feedback, Outbox, Person, Ticket, Vote

SEED = 1
CHANNELS = (Channel.WEB, Channel.WEB, Channel.WEB, Channel.EMAIL, Channel.WEB, Channel.WEB, Channel.PHONE)
INVENTED = Person.email.endswith(DOMAIN, autoescape=True)
"""Who appears in it, while it is told."""
Advance = Callable[[int, int], None]
Moment = tuple[datetime, Step]


@dataclass(frozen=True, slots=True)
class Told:
    """How many rows there are now."""

    tickets: int
    escalations: int
    feedback: int
    votes: int
    searches: int


def already_there(session: Session) -> int:
    """How many tickets there are: what people wrote is not mixed with what is made up."""
    return session.scalar(select(func.count()).select_from(Ticket)) or 0


def fill(
    database: Database,
    desk: Desk,
    find: Find,
    *,
    now: datetime,
    seed: int = SEED,
    advance: Advance = lambda _done, _total: None,
) -> Told:
    """Live through the 30 days before `now`. The same seed tells the same stories. No mail is sent for any of it.

    All in one transaction, of 2 s on a quiet machine: a service that runs beside it sees nothing until the month is
    whole. Else it does what is long due at once, amid the stories, and writes to people while they have addresses.
    """
    random = Random(seed)
    readers = [*searches(random, find, now=now), *voted(random, now=now), *said(random, now=now)]
    tickets = _in_order(_tickets(random, find, now=now), until=now)
    month = partial(_live, desk=desk, tickets=tickets, readers=_in_order(readers, until=now), now=now, advance=advance)
    return database.write(month)


def _live(
    session: Session,
    *,
    desk: Desk,
    tickets: Sequence[Moment],
    readers: Sequence[Moment],
    now: datetime,
    advance: Advance,
) -> Told:
    total = len(tickets) + len(readers)
    for done, (at, step) in enumerate(tickets, 1):
        _work_until(session, desk, at)
        _do(session, desk, at, step)
        advance(done, total)
    _work_until(session, desk, now)
    for done, (at, step) in enumerate(readers, len(tickets) + 1):
        _do(session, desk, at, step)
        advance(done, total)
    _let_rest(session)
    return _told(session)


def _in_order(steps: Iterable[Moment], *, until: datetime) -> list[Moment]:
    """Those that have come by then."""
    return sorted((each for each in steps if each[0] <= until), key=lambda each: each[0])


def _tickets(random: Random, find: Find, *, now: datetime) -> Iterator[tuple[datetime, Step]]:
    """Each ticket with what becomes of it, the kinds by turns so that neighbours differ."""
    merchants, visitors, agents, channels = cycle(MERCHANTS), cycle(VISITORS), cycle(AGENTS), cycle(CHANNELS)
    questions = cycle(QUESTIONS)
    for number, (kind, hours) in enumerate((each, hours) for each in KINDS for hours in each.opened):
        visitor = kind.stranger or (number % 6 == 5 and not _escalates(kind))
        requester = None if visitor else next(merchants)
        name = STRANGER if kind.stranger else (requester.name if requester else next(visitors)) or ""
        case = Case(next(questions), number, requester, name, next(agents))
        case.channel = next(channels) if kind in KINDS[:3] else Channel.WEB
        opened = now - timedelta(hours=hours)
        yield opened, case.open
        if number % 2 == 0:
            yield opened, searched_before(case, random, find)
        for later, step in kind.story(case):
            yield opened + timedelta(hours=later), step


def _escalates(kind: Kind) -> bool:
    return KINDS.index(kind) >= 10


def _do(session: Session, desk: Desk, at: datetime, step: Step) -> None:
    step(session, desk, at)
    _quietly(session, at)


def _quietly(session: Session, at: datetime) -> None:
    """Nobody is told of what never happened: addresses of the demo are nobody's."""
    session.flush()
    session.execute(delete(Outbox).where(Outbox.created_at == at).execution_options(synchronize_session=False))
    session.expunge_all()  # each step reads anew, as it does in a transaction of its own


def _let_rest(session: Session) -> None:
    """Nor later, when a service runs over it: nobody of them has an address any more. Who is suspended keeps it to
    themselves: another month begins with the same addresses.
    """
    gone = update(Person).where(INVENTED).values(email=None, email_key=None)
    session.execute(gone.execution_options(synchronize_session=False))


def _work_until(session: Session, desk: Desk, until: datetime) -> None:
    """Promises break and quiet tickets end at the moments at which they do."""
    while due := _first_due(session, until):
        work_id, at = due
        work.do(session, desk, work_id, at=at)
        _quietly(session, at)


def _first_due(session: Session, until: datetime) -> tuple[UUID, datetime] | None:
    """Of tickets that are made up: others are the service's own work, at its own time."""
    made_up = select(Ticket.id).join(Ticket.requester).where(INVENTED)
    wanted = select(DueWork.id, DueWork.due_at).where(DueWork.due_at < until, DueWork.ticket_id.in_(made_up))
    row = session.execute(wanted.order_by(DueWork.due_at, DueWork.id).limit(1)).first()
    return (row[0], row[1] + timedelta(seconds=1)) if row else None


def _told(session: Session) -> Told:
    def count(table: type) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return Told(count(Ticket), count(Escalation), count(Feedback), count(Vote), count(Search))
