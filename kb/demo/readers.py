"""What readers did in it: searches, of which some led nowhere, votes and feedback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from kb.demo.case import Case, Step
from kb.demo.people import ASHA, MERCHANTS
from kb.demo.texts import BEFORE, GAPS, QUERIES, SAID
from kb.insights.batch import Asked, Followed, Opened, write
from kb.insights.searched import Searched, normalised_query
from kb.support import access, feedback, votes
from kb.support.desk import Actor, Desk
from kb.support.tables import Feedback, FeedbackKind, FeedbackStatus

DAYS = 30
SEARCHES_A_DAY = (18, 34)
VOTES = 140
VOTED = (
    ("article:when-payouts-arrive", 0.85),
    ("article:refund-order", 0.7),
    ("article:reset-password", 0.9),
    ("article:error-codes", 0.3),
    ("article:import-products-csv", 0.55),
    ("article:webhooks", 0.4),
    ("article:complete-kyc", 0.75),
    ("article:accept-upi", 0.8),
)
"""Pages with the share of readers whom they help."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds: how it matched, how many pages, the best of them by id."""

    match: str
    total: int
    best: tuple[str, ...]


Find = Callable[[str], Found]
NOTHING = Found("none", 0, ())


def searches(random: Random, find: Find, *, now: datetime) -> Iterator[tuple[datetime, Step]]:
    known = {query: find(query) for query in (*QUERIES, *GAPS)}
    for day in range(DAYS):
        for _ in range(random.randint(*SEARCHES_A_DAY)):
            at = now - timedelta(days=day, seconds=random.uniform(60, 86_000))
            query = random.choice(GAPS if random.random() < 0.16 else QUERIES)
            opens = random.random() < 0.7 and query not in GAPS
            yield at, _searched(query, known[query], UUID(int=random.getrandbits(128)).hex, random, opens=opens)


def _searched(query: str, found: Found, visitor: str, random: Random, *, opens: bool) -> Step:
    shown = NOTHING if query in GAPS else found
    place = random.randint(1, max(1, min(3, len(shown.best))))

    def step(session: Session, desk: Desk, at: datetime) -> None:
        asked = _asked(query, shown, f"demo-{query.replace(' ', '-')}"[:32], desk)
        write(session, [Asked(asked, visitor, at)])
        if opens and shown.best:
            page_id, later = shown.best[place - 1], at + timedelta(seconds=9)
            write(session, [Opened(asked.search_id, visitor, page_id, place, later)])

    return step


def _asked(query: str, found: Found, search_id: str, desk: Desk) -> Searched:
    return Searched(
        search_id=search_id,
        query=query,
        normalised=normalised_query(query),
        match=found.match,
        total=found.total,
        filters="{}",
        locale="en",
        audience=None,
        generation=desk.library.generation,
        staff=False,
    )


def searched_before(case: Case, random: Random, find: Find) -> Step:
    """Who opened the ticket had searched for it a little before, and not been helped."""
    query, visitor = random.choice(BEFORE.get(case.question.topic, GAPS)), UUID(int=random.getrandbits(128)).hex
    found = NOTHING if query in GAPS else find(query)

    def step(session: Session, desk: Desk, at: datetime) -> None:
        asked = _asked(query, found, f"demo-{case.number}", desk)
        ticket = access.find_ticket(session, desk, case.reference, by=Actor(case.agent))
        write(session, [Asked(asked, visitor, at), Followed(asked.search_id, visitor, ticket.id, at)])

    return step


def voted(random: Random, *, now: datetime) -> Iterator[tuple[datetime, Step]]:
    for _ in range(VOTES):
        page_id, share = random.choice(VOTED)
        visitor, helpful = str(UUID(int=random.getrandbits(128), version=4)), random.random() < share
        at = now - timedelta(days=random.uniform(0, DAYS))
        yield at, _vote(page_id, visitor, helpful)


def _vote(page_id: str, visitor: str, helpful: bool) -> Step:
    def step(session: Session, desk: Desk, at: datetime) -> None:
        by = Actor(visitor=visitor)
        if page := desk.library.page(page_id, by.viewer, by.locale):
            votes.vote(session, desk, page.id, page.revision, helpful, None, by=by, at=at)

    return step


def said(random: Random, *, now: datetime) -> Iterator[tuple[datetime, Step]]:
    for number, (kind, text, page_id, status, response) in enumerate(SAID):
        at = now - timedelta(days=random.uniform(1, DAYS))
        made: list[Feedback] = []
        yield at, _said(kind, text, page_id, Actor(MERCHANTS[number % len(MERCHANTS)]), made)
        if status is not FeedbackStatus.RECEIVED:
            yield at + timedelta(hours=random.uniform(2, 20)), _reviewed(made, status, response)


def _said(kind: FeedbackKind, text: str, page_id: str | None, by: Actor, made: list[Feedback]) -> Step:
    def step(session: Session, desk: Desk, at: datetime) -> None:
        known = page_id if page_id and desk.library.page(page_id, by.viewer, by.locale) else None
        made.append(
            feedback.submit(session, desk, feedback.NewFeedback(kind=kind, text=text, page_id=known), by=by, at=at)
        )

    return step


def _reviewed(made: list[Feedback], status: FeedbackStatus, response: str | None) -> Step:
    return lambda session, desk, at: feedback.review(session, desk, made[0].id, status, response, by=Actor(ASHA), at=at)
