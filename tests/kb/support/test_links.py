"""Secrets of links: derived, revoked by the next version."""

from uuid import UUID

from kb.support import links
from kb.support.desk import Desk
from kb.support.tables import Follow, Ticket

DESK = Desk(library=None, secret=b"s" * 32)
TICKET = UUID("00000000-0000-4000-8000-000000000001")


def test_a_link_opens_its_own_ticket_alone():
    ticket, other = Ticket(id=TICKET, link_version=1), Ticket(id=UUID(int=2), link_version=1)
    token = links.ticket_token(DESK, ticket)
    assert len(token) == links.LENGTH
    assert links.opens(DESK, ticket, token)
    assert not links.opens(DESK, other, token)
    assert not links.opens(DESK, ticket, None)
    assert not links.opens(DESK, ticket, token[:-1] + "\ud800")


def test_the_next_version_revokes_a_link():
    ticket = Ticket(id=TICKET, link_version=1)
    token = links.ticket_token(DESK, ticket)
    ticket.link_version = 2
    assert not links.opens(DESK, ticket, token)


def test_another_secret_makes_other_links():
    ticket = Ticket(id=TICKET, link_version=1)
    other = Desk(library=None, secret=b"t" * 32)
    assert not links.opens(other, ticket, links.ticket_token(DESK, ticket))


def test_a_follow_is_found_by_its_token():
    follow = Follow(id=TICKET)
    token = links.follow_token(DESK, follow)
    assert links.followed(DESK, token) == TICKET
    assert [links.followed(DESK, each) for each in (token[:-1], token[1:], "", ".", "x.y", "\ud800")] == [None] * 6
