"""Pages that replies cite: pinned to a revision, for the requester's eyes, counted by what became of their tickets."""

import dataclasses

import pytest

from kb.errors import Refused
from kb.library.pages import visible
from kb.support import citations, tickets
from kb.support.citations import Outcome
from kb.support.desk import Actor
from kb.support.tables import Citation
from kb.viewer import Audience, Viewer
from tests.kb.support.desks import AGENT, ARTICLE, HOUR, NOW, customer, make_desk, visitor
from tests.kb.support.office import Office


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason, caught.value.field


def test_a_citation_is_the_page_as_it_read(office):
    reference = office.open().ticket.reference
    _, message = office.reply(reference, articles=("article:welcome", "policy:refund@2024-10-30"), at=NOW + HOUR)
    page = office.desk.library.pages["article:welcome"]["en"]
    assert [(each.page_id, each.title, each.url, each.place, each.cited_at) for each in message.citations] == [
        ("article:welcome", "Welcome", "http://kb.test/articles/welcome", 0, NOW + HOUR),
        ("policy:refund@2024-10-30", "Refunds", "http://kb.test/policies/refund?on=2024-10-30", 1, NOW + HOUR),
    ]
    assert message.citations[0].revision == page.revision
    assert office.count(Citation) == 2


def test_a_page_is_cited_once(office):
    reference = office.open().ticket.reference
    _, message = office.reply(reference, articles=("article:welcome", "article:payout", "article:welcome"))
    assert [each.page_id for each in message.citations] == ["article:welcome", "article:payout"]


def test_pages_for_others_are_refused_at_their_place(office):
    own = office.open(by=customer()).ticket.reference
    guests = office.open(by=visitor(), email="meera@home.example").ticket.reference
    inside = ("article:welcome", "article:inside")
    assert refusal(lambda: office.reply(own, articles=inside)) == ("NOT_ALLOWED", ("articles", "1"))
    assert refusal(lambda: office.reply(guests, articles=inside)) == ("NOT_ALLOWED", ("articles", "1"))
    office.reply(own, articles=("article:members",))
    assert refusal(lambda: office.reply(guests, articles=("article:members",))) == ("NOT_ALLOWED", ("articles", "0"))
    assert len(office.messages(office.ticket(guests))) == 1


def test_pages_for_another_audience_are_refused(office, tmp_path):
    merchants = "---\ntitle: Fees\naudience: [merchant]\n---\nText.\n"
    shop = Office(office.database, make_desk(tmp_path / "content", {"articles/fees.md": merchants}))
    shopper = Actor(viewer=Viewer(audience=Audience.SHOPPER), visitor=visitor().visitor)
    theirs = shop.open(by=shopper, email="meera@home.example").ticket.reference
    assert refusal(lambda: shop.reply(theirs, articles=("article:fees",))) == ("NOT_ALLOWED", ("articles", "0"))
    shop.reply(shop.open().ticket.reference, articles=("article:fees",))


def test_unknown_pages_are_told_at_their_place(office):
    reference = office.open().ticket.reference
    for unknown in ("article:nowhere", "rubbish", "category:payments", ""):
        asked = ("article:welcome", unknown)
        assert refusal(lambda asked=asked: office.reply(reference, articles=asked)) == ("NOT_FOUND", ("articles", "1"))
    assert refusal(lambda: office.reply(reference, articles=("article:welcome",) * 21)) == ("TOO_LONG", ("articles",))


def test_customers_do_not_cite(office):
    reference = office.open().ticket.reference
    asked = {"articles": ("article:welcome",), "by": customer()}
    assert refusal(lambda: office.reply(reference, **asked)) == ("NOT_ALLOWED", ("articles",))


def test_a_citation_is_outdated_once_the_page_reads_differently(office, tmp_path):
    reference = office.open().ticket.reference
    _, message = office.reply(reference, articles=("article:welcome", "article:payout"))
    changed = make_desk(tmp_path / "content", {"articles/welcome.md": ARTICLE.format("Welcome", "public") + "Less.\n"})
    assert [citations.outdated(each, office.desk) for each in message.citations] == [False, False]
    assert [citations.outdated(each, changed) for each in message.citations] == [True, False]


def test_a_page_that_is_gone_is_outdated(office):
    reference = office.open().ticket.reference
    _, message = office.reply(reference, articles=("article:welcome",))
    pages = {key: value for key, value in office.desk.library.pages.items() if key != "article:welcome"}
    bare = dataclasses.replace(office.desk, library=dataclasses.replace(office.desk.library, pages=pages))
    assert citations.outdated(message.citations[0], bare)


def test_a_renamed_page_is_not_outdated(office):
    reference = office.open().ticket.reference
    _, message = office.reply(reference, articles=("article:welcome",))
    pages = dict(office.desk.library.pages)
    pages["article:hello"] = pages.pop("article:welcome")
    library = dataclasses.replace(office.desk.library, pages=pages, redirects={"article:welcome": "article:hello"})
    assert not citations.outdated(message.citations[0], dataclasses.replace(office.desk, library=library))


def test_outcomes_are_counted_by_page(office):
    def outcome(*page_ids):
        return office.database.read(lambda session: citations.outcome(session, page_ids))

    asked = ("article:payout", "article:welcome", "article:nowhere")
    assert outcome(*asked) == dict.fromkeys(asked, Outcome())
    one, two, three = (office.open(by=customer(number)).ticket.reference for number in (1, 2, 3))
    office.reply(one, articles=("article:payout",), resolve=True, at=NOW + HOUR)
    office.do(tickets.reopen, one, "No.", by=customer(1), at=NOW + 2 * HOUR)
    office.reply(one, articles=("article:payout", "article:welcome"), resolve=True, at=NOW + 3 * HOUR)
    office.reply(two, articles=("article:payout",), at=NOW + HOUR)
    office.do(tickets.resolve, three, at=NOW + HOUR)
    office.reply(three, articles=("article:welcome",), at=NOW + 2 * HOUR)
    assert outcome(*asked) == {
        "article:payout": Outcome(3, 1, 1),
        "article:welcome": Outcome(2, 1, 1),
        "article:nowhere": Outcome(),
    }
    assert len(office.statements(lambda: outcome(*asked))) == 3
    assert outcome() == {}


def test_the_reader_of_a_ticket(office):
    own, guests = office.open().ticket, office.open(by=visitor(), email="meera@home.example").ticket
    members = office.desk.library.pages["article:members"]["en"]
    assert visible(members, citations.reader_of(own.requester, None))
    assert not visible(members, citations.reader_of(guests.requester, None))
    staffs = office.open(by=AGENT).ticket
    assert visible(office.desk.library.pages["article:inside"]["en"], citations.reader_of(staffs.requester, None))
