"""One ticket of it: what its people do, a step each. A step takes a session, the desk and the moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from kb.demo import texts
from kb.demo.people import ASHA, DOMAIN
from kb.demo.texts import Question
from kb.library.terms import Channel
from kb.support import conduct, escalations, messages, tickets
from kb.support.desk import Actor, Desk
from kb.support.tables import ConductStatus
from kb.viewer import Role, Viewer

T = TypeVar("T")
Step = Callable[[Session, Desk, datetime], object]


@dataclass(slots=True)
class Case:
    """`requester` is a merchant, or None for the visitor of that name. `number` chooses between texts."""

    question: Question
    number: int
    requester: Viewer | None
    name: str
    agent: Viewer = ASHA
    channel: Channel = Channel.WEB
    reference: str = ""
    token: str | None = None
    asked: int = 0
    """How many stages of escalation were asked for."""

    def open(self, session: Session, desk: Desk, at: datetime) -> None:
        staff = self.channel is not Channel.WEB  # staff write down what came by phone, chat or mail
        given = tickets.NewTicket(
            subject=self.question.subject,
            body=self.question.body,
            topic=self.question.topic,
            channel=self.channel,
            order=self.question.order,
            name=self.name if staff or self.requester is None else None,
            email=self._address if staff or self.requester is None else None,
            read_before=self.question.pages[: self.number % 3],
        )
        made = tickets.create(session, desk, given, by=Actor(self.agent) if staff else self.customer, at=at)
        self.reference, self.token = made.ticket.reference, made.token

    @property
    def customer(self) -> Actor:
        return Actor(self.requester) if self.requester else Actor(token=self.token)

    @property
    def _address(self) -> str:
        return f"{self.name.split()[0].lower()}{DOMAIN}"

    def take(self, session: Session, desk: Desk, at: datetime) -> None:
        self._update(session, desk, at, tickets.TicketChanges(assign_to_me=True))

    def hand_on(self, session: Session, desk: Desk, at: datetime) -> None:
        self._update(session, desk, at, tickets.TicketChanges(team="technical"))

    def answer(self, session: Session, desk: Desk, at: datetime) -> None:
        self._answer(session, desk, at, resolve=False)

    def solve(self, session: Session, desk: Desk, at: datetime) -> None:
        self._answer(session, desk, at, resolve=True)

    def note(self, session: Session, desk: Desk, at: datetime) -> None:
        messages.note(session, desk, self.reference, _of(texts.NOTES, self.number), None, by=Actor(self.agent), at=at)

    def ask_again(self, session: Session, desk: Desk, at: datetime) -> None:
        given = messages.NewReply(body=_of(texts.FOLLOW_UPS, self.number))
        messages.reply(session, desk, self.reference, given, by=self.customer, at=at)

    def thank(self, session: Session, desk: Desk, at: datetime) -> None:
        given = messages.NewReply(body=_of(texts.THANKS, self.number), resolve=True)
        messages.reply(session, desk, self.reference, given, by=self.customer, at=at)

    def rate(self, session: Session, desk: Desk, at: datetime) -> None:
        score, comment = (5, 4, 3, 2, 5)[self.number % 5], _of(texts.COMMENTS, self.number)
        tickets.rate(session, desk, self.reference, score, comment, by=self.customer, at=at)

    def reopen(self, session: Session, desk: Desk, at: datetime) -> None:
        words = _of(texts.FOLLOW_UPS, self.number)
        tickets.reopen(session, desk, self.reference, words, by=self.customer, at=at)

    def escalate(self, session: Session, desk: Desk, at: datetime) -> None:
        words = _of(texts.REASONS, self.number + self.asked)
        self.asked += 1
        escalations.request(session, desk, self.reference, words, None, by=self.customer, at=at)

    def withdraw(self, session: Session, desk: Desk, at: datetime) -> None:
        escalations.withdraw(session, desk, self.reference, by=self.customer, at=at)

    def review(self, by: Viewer) -> Step:
        return lambda session, desk, at: escalations.start_review(session, desk, self.reference, by=Actor(by), at=at)

    def inform(self, by: Viewer) -> Step:
        def step(session: Session, desk: Desk, at: datetime) -> None:
            words = _of(texts.UPDATES, self.number + self.asked)
            escalations.post_update(session, desk, self.reference, words, None, by=Actor(by), at=at)

        return step

    def decide(self, by: Viewer, *, resolve: bool) -> Step:
        def step(session: Session, desk: Desk, at: datetime) -> None:
            last = by.role is Role.MANAGER
            words = texts.LAST_DECISION if last else _of(texts.DECISIONS, self.number + self.asked)
            escalations.decide(session, desk, self.reference, words, resolve, by=Actor(by), at=at)

        return step

    def conduct(self, status: ConductStatus, reason: str, days: int | None = None) -> Step:
        return lambda session, desk, at: conduct.set_conduct(
            session,
            desk,
            self.reference,
            status,
            reason,
            at + timedelta(days=days) if days else None,
            by=Actor(self.agent),
            at=at,
        )

    def _answer(self, session: Session, desk: Desk, at: datetime, *, resolve: bool) -> None:
        known = [page for page in self.question.pages if desk.library.page(page, self.agent, "en")]
        given = messages.NewReply(body=_of(texts.ANSWERS, self.number), articles=tuple(known[:2]), resolve=resolve)
        messages.reply(session, desk, self.reference, given, by=Actor(self.agent), at=at)

    def _update(self, session: Session, desk: Desk, at: datetime, changes: tickets.TicketChanges) -> None:
        tickets.update(session, desk, self.reference, changes, by=Actor(self.agent), at=at)


def _of(choice: Sequence[T], number: int) -> T:
    return choice[number % len(choice)]
