"""Where links in mails lead. Whoever has no account gets a secret with the address: it opens that one thing."""

from urllib.parse import urlsplit

from kb.support import links
from kb.support.desk import Desk
from kb.support.subjects import link_token
from kb.support.tables import DataLink, Follow, Ticket


def ticket_url(desk: Desk, ticket: Ticket) -> str:
    """`/tickets/<reference>` for accounts, `/t/<reference>.<token>` for visitors."""
    base = desk.library.urls.base
    if ticket.requester.key is not None:
        return f"{base}/tickets/{ticket.reference}"
    return f"{base}/t/{ticket.reference}.{links.ticket_token(desk, ticket)}"


def agent_url(desk: Desk, ticket: Ticket) -> str:
    """The ticket for those who work on it."""
    return f"{desk.library.urls.base}/tickets/{ticket.reference}"


def follow_url(desk: Desk, follow: Follow) -> str:
    """Confirms a follow, and ends it."""
    return f"{desk.library.urls.base}/follow/{links.follow_token(desk, follow)}"


def unfollow_url(desk: Desk, follow: Follow) -> str:
    """Where a mail program ends a follow by a POST, on one click."""
    return f"{follow_url(desk, follow)}/end"


def data_url(desk: Desk, link: DataLink) -> str:
    """Below `/t/`, where no path is logged."""
    return f"{desk.library.urls.base}/t/data.{link_token(desk, link)}"


def host(desk: Desk) -> str:
    """What stands after the @ of message ids."""
    return urlsplit(desk.library.urls.base).hostname or "localhost"
