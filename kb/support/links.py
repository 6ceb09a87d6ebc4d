"""Secrets that links carry: derived, never stored, so that a retry and every mail can give them again.

A token ends when the version that it was made of does: `Ticket.link_version` counts up to revoke a link.
"""

import hmac
from uuid import UUID

from kb.support.desk import Desk
from kb.support.tables import Feedback, Follow, Ticket

LENGTH = 43  # hexadecimal digits, 172 bits


def ticket_token(desk: Desk, ticket: Ticket) -> str:
    return desk.hashed("ticket link", str(ticket.id), str(ticket.link_version))[:LENGTH]


def opens(desk: Desk, ticket: Ticket, token: str | None) -> bool:
    return token is not None and _same(ticket_token(desk, ticket), token)


def feedback_token(desk: Desk, feedback: Feedback) -> str:
    return desk.hashed("feedback link", str(feedback.id))[:LENGTH]


def follow_token(desk: Desk, follow: Follow) -> str:
    """Confirms a follow, and ends it; names its row, so that it is found without a search: `<row>.<secret>`."""
    return f"{follow.id.hex}.{desk.hashed('follow link', str(follow.id))[:LENGTH]}"


def followed(desk: Desk, token: str) -> UUID | None:
    """The row of a follow's token, None for one that is not ours."""
    row, _, secret = token.partition(".")
    try:
        found = UUID(hex=row)
    except ValueError:
        return None
    return found if _same(desk.hashed("follow link", str(found))[:LENGTH], secret) else None


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
