"""A person's data taken out, and erased: afterwards nothing of it is in any table, file or mail."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import inspect, select, text

from kb.errors import NotFound, Refused
from kb.insights.figures import top_queries
from kb.insights.period import Period
from kb.insights.tables import Search
from kb.library.terms import Topic
from kb.store.database import Database
from kb.support import (
    access,
    conduct,
    escalations,
    feedback,
    follows,
    messages,
    notices,
    privacy,
    subjects,
    tickets,
    votes,
)
from kb.support.desk import Actor
from kb.support.erasing import ERASED
from kb.support.feedback import NewFeedback
from kb.support.privacy import ASKED_AGAIN, LINK_LIVES
from kb.support.tables import (
    ConductStatus,
    DataLink,
    EscalationState,
    FeedbackKind,
    FeedbackStatus,
    Outbox,
    Person,
    Ticket,
    TicketStatus,
)
from tests.kb.support.desks import AGENT, DAY, MANAGER, NOW, SECOND_REFUND, SENIOR, customer, make_desk, visitor
from tests.kb.support.office import Office

NAME, ADDRESS, WORDS = "Qwendolyn", "qwendolyn@zanzibar.example", "xylophone"
KEY = "6f1c7d9e-0b0b-4a4c-9b57-3c8f6a1d2e3f"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    more = {"policies/refund/2026-11-20.md": SECOND_REFUND}
    return make_desk(tmp_path_factory.mktemp("desk") / "content", more)


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def planted(office, by, **given):
    """A person who has done everything that one can do, with words of theirs everywhere; the ticket's reference."""
    made = office.open(
        by=by,
        subject=f"My {WORDS}",
        body=f"It is {WORDS}.",
        order=f"{WORDS}-1",
        search_id=WORDS,
        idempotency_key=KEY,
        **given,
    )
    reference, guest = made.ticket.reference, by if by.viewer.signed_in else Actor(token=made.token, visitor=by.visitor)
    office.reply(reference, f"You say {WORDS}, {NAME}?", articles=("article:payout",))
    office.reply(reference, f"Yes, {WORDS}!", by=guest)
    office.reply(reference, f"Then {WORDS}.", resolve=True)
    office.do(tickets.rate, reference, 2, f"Not {WORDS}.", by=guest)
    office.do(escalations.request, reference, f"Still {WORDS}", KEY, by=guest)
    office.do(escalations.start_review, reference, by=SENIOR)
    office.do(escalations.post_update, reference, f"Looking at {WORDS}", None, by=SENIOR)
    office.do(escalations.decide, reference, f"No {WORDS}", False, by=SENIOR)
    office.do(escalations.request, reference, f"Again {WORDS}", None, by=guest)
    office.do(tickets.resolve, reference, by=guest)
    office.do(tickets.reopen, reference, f"More {WORDS}", by=guest)
    office.do(conduct.set_conduct, reference, ConductStatus.WARNED, f"Said {WORDS}", None, by=AGENT)
    given = NewFeedback(kind=FeedbackKind.COMPLAINT, text=f"Bad {WORDS}", name=NAME, email=ADDRESS)
    row = office.do(feedback.submit, given, by=by)
    office.do(feedback.review, row.id, FeedbackStatus.DECLINED, f"No, {WORDS}", by=AGENT)
    office.do(votes.vote, "article:payout", "r1", False, f"Too {WORDS}", by=by)
    office.do(follows.follow, "refund", None if by.viewer.signed_in else ADDRESS, by=by)
    if by.viewer.signed_in:
        office.do(notices.acknowledge, "policy:refund@2026-11-20", by=by)
    return reference


def dump(database: Database) -> str:
    """Everything that every table holds, as text."""

    def read(session):
        tables = inspect(session.connection()).get_table_names()
        return "\n".join(
            f"{table}: {row!r}"
            for table in tables
            for row in session.execute(text(f"SELECT * FROM {table}")).mappings()
        )

    return database.read(read)


def link(office, at=NOW, address=ADDRESS):
    """The token that is mailed."""
    office.database.write(lambda session: privacy.request_link(session, office.desk, address, at=at))
    rows = office.database.read(lambda session: session.scalars(select(DataLink).where(DataLink.email != "")).all())
    return subjects.link_token(office.desk, rows[-1]) if rows else None


PEOPLE = {
    "an account": (customer(name=NAME, email=ADDRESS), {}),
    "a visitor": (visitor(), {"name": NAME, "email": ADDRESS}),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_of_an_erased_person_is_left(office, database, who, tmp_path):
    by, given = PEOPLE[who]
    reference = planted(office, by, **given)
    before = dump(database).casefold()
    assert [before.count(each.casefold()) > 0 for each in (NAME, ADDRESS, WORDS)] == [True] * 3
    token = None if by.viewer.signed_in else link(office)
    receipt = office.do(privacy.erase, by=by, token=token)
    database.forget()
    assert (receipt.tickets, receipt.messages, receipt.feedback, receipt.votes) == (1, 4, 1, 1)
    after = dump(database).casefold()
    assert [each for each in (NAME, ADDRESS, WORDS) if each.casefold() in after] == []
    assert after.count("article:payout") > 0
    if database.embedded:
        kept = b"".join(path.read_bytes() for path in database.file.parent.iterdir()).lower()
        assert [each for each in (NAME, ADDRESS, WORDS) if each.lower().encode() in kept] == []
    ticket = office.ticket(reference)
    assert (ticket.subject, ticket.status, ticket.next_due_at, ticket.rating) == (ERASED, TicketStatus.CLOSED, None, 2)
    assert ticket.escalation_state in (EscalationState.WITHDRAWN, EscalationState.DECIDED)
    assert office.due_work(ticket) == []
    assert {each.body for each in office.messages(ticket)} == {ERASED}
    assert office.events(ticket)[-1].text == "Closed: the data of its requester was erased"


def test_what_was_searched_before_a_ticket_is_erased_and_counts_on(office, database):
    ticket = office.open().ticket
    text = {"query": f"My {WORDS}", "normalised": WORDS, "filters": f'{{"tags": ["{WORDS}"]}}', "visitor": "v" * 32}
    more = {"match": "none", "total": 0, "locale": "en", "generation": "g", "staff": False, "at": NOW}
    row = Search(search_id="a" * 32, ticket_id=ticket.id, **text, **more)
    database.write(lambda session: session.add(row))
    [export] = office.do(privacy.export, by=customer(), token=None)["tickets"]
    assert export["searchedBefore"] == [{"query": f"My {WORDS}"}]
    office.do(privacy.erase, by=customer(), token=None)
    assert WORDS not in dump(database)
    period = Period(NOW.date() - DAY, NOW.date() + DAY, ZoneInfo("UTC"))
    assert database.read(lambda session: top_queries(session, period, first=5)) == []
    assert database.read(lambda session: session.scalars(select(Search.total)).all()) == [0]


def test_the_others_keep_what_is_theirs(office, database):
    planted(office, customer(name=NAME, email=ADDRESS))
    other = office.open(by=customer(2), subject="Something else").ticket
    office.do(votes.vote, "article:payout", "r1", True, "Clear", by=customer(2))
    office.do(privacy.erase, by=customer(name=NAME, email=ADDRESS), token=None)
    assert office.ticket(other.reference).subject == "Something else"
    export = office.do(privacy.export, by=customer(2), token=None)
    assert [each["subject"] for each in export["tickets"]] == ["Something else"]
    assert [each["reason"] for each in export["votes"]] == ["Clear"]


def test_an_account_and_an_address_are_never_joined(office):
    """Whoever proves the address of an account's token gets nothing of the account, and the other way round."""
    mine = office.open(by=customer(email=ADDRESS), subject="Of the account").ticket
    office.open(by=visitor(), email=ADDRESS, subject="Of the visitor")
    by_account = office.do(privacy.export, by=customer(email=ADDRESS), token=None)
    by_address = office.do(privacy.export, by=visitor(9), token=link(office))
    assert [each["subject"] for each in by_account["tickets"]] == ["Of the account"]
    assert [each["subject"] for each in by_address["tickets"]] == ["Of the visitor"]
    office.do(privacy.erase, by=customer(email=ADDRESS), token=link(office, NOW + DAY), at=NOW + DAY)
    assert office.ticket(mine.reference).subject == "Of the account"


def test_an_export_is_complete_and_json(office):
    reference = planted(office, customer(name=NAME, email=ADDRESS))
    export = office.do(privacy.export, by=customer(name=NAME, email=ADDRESS), token=None)
    again = json.loads(json.dumps(export))
    ticket = again["tickets"][0]
    assert ticket["reference"] == reference
    assert {each["body"] for each in ticket["messages"]} >= {f"It is {WORDS}.", f"You say {WORDS}, {NAME}?"}
    assert ticket["satisfaction"] == {"score": 2, "comment": f"Not {WORDS}.", "at": "2026-11-23T06:00:00+00:00"}
    assert {each["level"]: each["reason"] for each in ticket["escalations"]} == {
        "FIRST": f"Still {WORDS}",
        "SECOND": f"Again {WORDS}",
    }
    assert again["people"][0] | {"createdAt": None, "conduct": None} == {
        "name": NAME,
        "email": ADDRESS,
        "role": "CUSTOMER",
        "plan": "STARTUP",
        "accountManager": None,
        "locale": "en",
        "createdAt": None,
        "conduct": None,
    }
    assert again["people"][0]["conduct"]["reason"] == f"Said {WORDS}"
    assert [each["text"] for each in again["feedback"]] == [f"Bad {WORDS}"]
    assert [each["policy"] for each in again["follows"]] == ["refund"]
    assert [each["page"] for each in again["acknowledgements"]] == ["policy:refund@2026-11-20"]


def test_notes_of_agents_are_not_handed_out(office):
    ticket = office.open(by=customer()).ticket
    office.do(messages.note, ticket.reference, "A difficult one.", None, by=AGENT)
    export = office.do(privacy.export, by=customer(), token=None)
    assert "difficult" not in json.dumps(export)
    assert [each["kind"] for each in export["tickets"][0]["timeline"]] == ["CREATED"]


def test_who_did_nothing_has_nothing(office):
    export = office.do(privacy.export, by=customer(7), token=None)
    assert (export["people"], export["tickets"]) == ([], [])
    receipt = office.do(privacy.erase, by=customer(7), token=None)
    assert (receipt.tickets, receipt.messages, receipt.feedback, receipt.votes) == (0, 0, 0, 0)


def test_nobody_gets_anything_without_a_proof(office):
    for token in (None, "0" * 43, ""):
        with pytest.raises(Refused) as caught:
            office.do(privacy.export, by=visitor(), token=token)
        assert caught.value.field == ("token",)


@pytest.mark.parametrize("work", [privacy.export, privacy.erase])
def test_a_link_works_once(office, work):
    office.open(by=visitor(), email=ADDRESS)
    token = link(office)
    office.do(work, by=visitor(), token=token)
    with pytest.raises(Refused) as caught:
        office.do(work, by=visitor(), token=token)
    assert caught.value.reason == "NOT_FOUND"


def test_who_took_their_data_out_may_have_it_erased_by_the_same_link(office):
    office.open(by=visitor(), email=ADDRESS)
    token = link(office)
    office.do(privacy.export, by=visitor(), token=token)
    assert office.do(privacy.erase, by=visitor(), token=token).tickets == 1
    for work in (privacy.export, privacy.erase):
        with pytest.raises(Refused):
            office.do(work, by=visitor(), token=token)


def test_an_exported_link_ends_with_its_day_and_delays_no_other(office):
    office.open(by=visitor(), email=ADDRESS)
    token = link(office)
    office.do(privacy.export, by=visitor(), token=token)
    with pytest.raises(Refused):
        office.do(privacy.erase, by=visitor(), token=token, at=NOW + LINK_LIVES)
    assert link(office) != token
    with pytest.raises(Refused):
        office.do(privacy.erase, by=visitor(), token=token)


def test_a_link_ends_after_a_day(office):
    office.open(by=visitor(), email=ADDRESS)
    token = link(office)
    with pytest.raises(Refused):
        office.do(privacy.export, by=visitor(), token=token, at=NOW + LINK_LIVES)
    office.do(privacy.export, by=visitor(), token=token, at=NOW + LINK_LIVES - timedelta(seconds=1))


def test_an_address_that_is_not_known_is_not_kept_and_gets_no_mail(office, database, desk):
    database.write(lambda session: privacy.request_link(session, desk, ADDRESS, at=NOW))
    assert ADDRESS not in dump(database)
    assert office.count(DataLink) == 1


def test_an_address_has_one_link_and_few_mails(office):
    office.open(by=visitor(), email=ADDRESS)
    first = link(office)
    assert link(office, NOW + ASKED_AGAIN - timedelta(seconds=1), ADDRESS.upper()) == first
    second = link(office, NOW + ASKED_AGAIN)
    assert second != first
    assert (office.count(DataLink), [name for _, name in office.sent()].count("data_link")) == (1, 2)


def test_what_is_no_address_is_refused(office, database, desk):
    with pytest.raises(Refused):
        database.write(lambda session: privacy.request_link(session, desk, "nobody", at=NOW))


def test_the_link_of_an_erased_ticket_opens_nothing(office):
    made = office.open(by=visitor(), email=ADDRESS)
    office.do(privacy.erase, by=visitor(), token=link(office))
    with pytest.raises(NotFound):
        office.database.read(
            lambda session: access.find_ticket(session, office.desk, made.ticket.reference, by=Actor(token=made.token))
        )


def test_an_erased_customer_who_comes_back_is_new(office):
    ticket = office.open(by=customer()).ticket
    office.do(privacy.erase, by=customer(), token=None)
    office.open(by=customer(), subject="Here again")
    export = office.do(privacy.export, by=customer(), token=None)
    assert [each["subject"] for each in export["tickets"]] == ["Here again"]
    assert office.ticket(ticket.reference).requester.key is None


@pytest.mark.parametrize("who", PEOPLE)
def test_a_suspension_outlives_the_name(office, who):
    """Or erasing would be the way around it. Its reason goes, which may quote."""
    by, given = PEOPLE[who]
    ticket = office.open(by=by, **given).ticket
    office.do(conduct.set_conduct, ticket.reference, ConductStatus.SUSPENDED, WORDS, NOW + 9 * DAY, by=MANAGER)
    office.do(privacy.erase, by=by, token=None if by.viewer.signed_in else link(office))
    with pytest.raises(Refused) as caught:
        office.open(by=by, topic=Topic.OTHER, **given)
    assert caught.value.reason == "SUPPORT_SUSPENDED"
    assert WORDS not in str(caught.value)
    office.open(by=by, at=NOW + 10 * DAY, **given)


def test_mails_that_wait_are_not_sent_to_who_was_erased(office):
    office.open(by=visitor(), email=ADDRESS)
    office.do(privacy.erase, by=visitor(), token=link(office))
    rows = office.database.read(lambda session: session.scalars(select(Outbox)).all())
    assert {row.person_id for row in rows} == {None}


def test_an_agent_who_leaves_takes_the_name_along_and_leaves_the_answers(office, database):
    ticket = office.open(by=customer()).ticket
    office.update(ticket.reference, assign_to_me=True)
    office.reply(ticket.reference, "Done.")
    office.do(privacy.erase, by=AGENT, token=None)
    assert (AGENT.viewer.name in dump(database), AGENT.viewer.email in dump(database)) == (False, False)
    assert "Done." in [each.body for each in office.messages(ticket)]


def test_an_erasure_that_fails_erases_nothing(office, database, desk):
    ticket = office.open(by=customer()).ticket

    def fail(session):
        privacy.erase(session, desk, by=customer(), token=None, at=NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(fail)
    assert office.ticket(ticket.reference).subject != ERASED
    assert [each.name for each in office._rows(select(Person).where(Person.key.is_not(None)))] == ["Ravi Negi"]
    assert office.count(Ticket) == 1
