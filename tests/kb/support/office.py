"""The desk at work, for tests: each call one transaction, as the schema makes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, select

from kb.library.terms import Topic
from kb.store.database import Database
from kb.support import messages, queue, replay, statuses, tickets, waits
from kb.support.desk import Actor, Desk
from kb.support.tables import DueWork, Event, Message, Outbox, Target, Ticket
from kb.support.tickets import Created, NewTicket, TicketChanges
from tests.kb.support.desks import AGENT, NOW, customer

ASKED = {"subject": "No payout", "body": "It has not come.", "topic": Topic.ACCOUNT}


@dataclass(frozen=True)
class Office:
    database: Database
    desk: Desk

    def do(self, function: Any, *given: Any, by: Actor = AGENT, at: datetime = NOW, **more: Any) -> Any:
        """A change, in a transaction of its own."""
        return self.database.write(lambda session: function(session, self.desk, *given, by=by, at=at, **more))

    def open(self, *, by: Actor | None = None, at: datetime = NOW, **given: Any) -> Created:
        return self.do(tickets.create, NewTicket(**(ASKED | given)), by=by or customer(), at=at)

    def reply(self, reference: str, body: str = "Words.", *, by: Actor = AGENT, at: datetime = NOW, **given: Any):
        return self.do(messages.reply, reference, messages.NewReply(body=body, **given), by=by, at=at)

    def update(self, reference: str, *, by: Actor = AGENT, at: datetime = NOW, **changes: Any) -> Ticket:
        return self.do(tickets.update, reference, TicketChanges(**changes), by=by, at=at)

    def ticket(self, reference: str) -> Ticket:
        return self._rows(select(Ticket).where(Ticket.reference == reference))[0]

    def targets(self, ticket: Ticket) -> list[Target]:
        return self._rows(select(Target).where(Target.ticket_id == ticket.id).order_by(Target.started_at, Target.kind))

    def events(self, ticket: Ticket) -> list[Event]:
        return self._rows(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.place))

    def messages(self, ticket: Ticket) -> list[Message]:
        return self._rows(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.created_at))

    def due_work(self, ticket: Ticket) -> list[DueWork]:
        return self._rows(select(DueWork).where(DueWork.ticket_id == ticket.id).order_by(DueWork.due_at, DueWork.kind))

    def sent(self) -> list[tuple[str, str]]:
        return [
            (row.kind.value, row.name) for row in self._rows(select(Outbox).order_by(Outbox.created_at, Outbox.name))
        ]

    def count(self, table: Any) -> int:
        return len(self._rows(select(table)))

    def told(self, ticket: Ticket) -> list[str]:
        """The kinds of events, those of targets with what they are of."""
        return [
            " ".join([each.kind.value, *([each.data["kind"]] if "target" in each.data else [])])
            for each in self.events(ticket)
        ]

    def page(
        self,
        *,
        by: Actor = AGENT,
        order: Any = queue.TicketOrder.NEXT_DUE,
        mine: bool = False,
        paging: Any = None,
        **filter: Any,
    ):
        asked = queue.TicketFilter(**filter)
        return self.database.read(
            lambda session: queue.page_of_tickets(session, self.desk, asked, order, by=by, mine=mine, **(paging or {}))
        )

    def breach(self, target_id: UUID, *, at: datetime) -> bool:
        return self.database.write(
            lambda session: replay.breach(session, self.desk, session.get_one(Target, target_id), at=at)
        )

    def lapse(self, function: Any, ticket: Ticket, *, at: datetime) -> bool:
        return self.database.write(
            lambda session: function(session, self.desk, session.get_one(Ticket, ticket.id), at=at)
        )

    def move(self, ticket: Ticket, to: Any, *, at: datetime = NOW) -> None:
        """By the service itself."""
        self.database.write(
            lambda session: statuses.move(session, session.get_one(Ticket, ticket.id), to, actor=None, at=at)
        )

    def statements(self, work: Any) -> list[str]:
        """What is sent to the database while it works, but for what tells of events once somebody has followed them."""
        found: list[str] = []

        def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            found.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", keep)
        try:
            work()
        finally:
            event.remove(self.database.engine, "before_cursor_execute", keep)
        kinds = ("SELECT", "INSERT", "UPDATE", "DELETE")
        return [each for each in found if each.split()[0] in kinds and "pg_notify" not in each]

    def explained(self, ticket: Ticket, target: Target, *, at: datetime):
        return waits.reckon(ticket, target, self.events(ticket), at=at)

    def _rows(self, wanted: Any) -> list[Any]:
        return self.database.read(lambda session: list(session.scalars(wanted)))
