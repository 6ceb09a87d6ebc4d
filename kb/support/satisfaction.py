"""How satisfied a requester is with what became of a ticket."""

from datetime import datetime

from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.support import access, fields, history
from kb.support.desk import Actor, Desk
from kb.support.replay import DONE
from kb.support.tables import EventKind, Ticket

WORST, BEST = 1, 5


def rate(
    session: Session, desk: Desk, reference: str, score: int, comment: str | None, *, by: Actor, at: datetime
) -> Ticket:
    """The requester's word on a ticket that is resolved or closed. Another one takes its place, the same changes
    nothing. Raises `Refused`, also for staff that see the ticket and did not ask.
    """
    ticket = access.find_ticket(session, desk, reference, by=by)
    if not access.is_requester(desk, ticket, by):
        raise Refused("NOT_ALLOWED", "A ticket is rated by who asked.")
    if not WORST <= score <= BEST:
        raise Refused("INVALID", f"A score goes from {WORST} to {BEST}.", field=("score",))
    words = fields.text(comment, "comment", fields.COMMENT, required=False) or None
    if ticket.status not in DONE:
        raise Refused("INVALID_STATE", "A ticket is rated when it is resolved.")
    if (ticket.rating, ticket.rating_comment) == (score, words):
        return ticket
    ticket.rating, ticket.rating_comment, ticket.rated_at = score, words, at
    actor = access.person_of(session, desk, ticket, by, at=at)
    history.record(
        session, ticket, EventKind.RATED, f"Rated {score} of {BEST}.", actor=actor, at=at, data={"score": score}
    )
    return ticket
