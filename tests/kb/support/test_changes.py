"""What staff change of a ticket; resolving, reopening and rating it."""

import pytest

from kb.errors import Forbidden, NotFound, Refused
from kb.library.terms import Severity, TargetKind, Topic
from kb.support import escalations, tickets
from kb.support.desk import Actor
from kb.support.statuses import CLOSED, NEW, OPEN, RESOLVED, WAITING
from kb.support.tables import ConductStatus, EscalationState, Person, Ticket, WorkKind
from tests.kb.support.desks import AGENT, DAY, HOUR, MANAGER, NOW, customer, visitor
from tests.kb.support.office import Office


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


@pytest.fixture
def reference(office):
    return office.open(by=customer()).ticket.reference


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason, caught.value.field


def running(office, reference):
    return [
        (each.kind.value, each.started_at, each.due_at)
        for each in office.targets(office.ticket(reference))
        if not (each.met_at or each.dropped_at)
    ]


def test_only_staff_change_tickets(office, reference):
    with pytest.raises(Forbidden, match="updateTicket"):
        office.update(reference, by=customer(), severity=Severity.CRITICAL)
    with pytest.raises(Forbidden, match="updateTicket"):
        office.update("T482-193-754", by=customer())
    with pytest.raises(NotFound):
        office.update("T482-193-754")


def test_nothing_given_changes_nothing(office, reference):
    office.update(reference, at=NOW + HOUR)
    office.update(
        reference,
        at=NOW + HOUR,
        status=NEW,
        topic=Topic.ACCOUNT,
        severity=Severity.NORMAL,
        team="accounts",
        unassign=True,
    )
    found = office.ticket(reference)
    assert (found.changes, found.updated_at) == (1, NOW)


def test_another_topic_brings_its_team_severity_and_promises(office, reference):
    office.update(reference, topic=Topic.PAYMENTS, at=NOW + HOUR)
    found = office.ticket(reference)
    assert (found.topic, found.team, found.severity) == (Topic.PAYMENTS, "payments", Severity.CRITICAL)
    assert running(office, reference) == [
        ("first_response", NOW, NOW + DAY),
        ("resolution", NOW + HOUR, NOW + 3 * HOUR),
    ]
    event = office.events(found)[-1]
    assert (event.kind.value, event.data) == (
        "assigned",
        {"topic": "payments", "severity": "critical", "team": "payments"},
    )
    assert (
        event.text == "The topic is now “Payments and payouts”. It is now critical. It is now with the payments team."
    )


def test_what_is_given_with_a_topic_stays(office, reference):
    office.update(reference, topic=Topic.PAYMENTS, severity=Severity.NORMAL, team="billing")
    found = office.ticket(reference)
    assert (found.topic, found.team, found.severity) == (Topic.PAYMENTS, "billing", Severity.NORMAL)


def test_severity_starts_and_drops_the_resolution(office, reference):
    office.update(reference, severity=Severity.CRITICAL, at=NOW + HOUR)
    assert [kind for kind, _, _ in running(office, reference)] == ["first_response", "resolution"]
    assert office.ticket(reference).queue_key.startswith("00")
    office.update(reference, severity=Severity.NORMAL, at=NOW + 2 * HOUR)
    assert [kind for kind, _, _ in running(office, reference)] == ["first_response"]
    assert office.ticket(reference).queue_key.startswith("01")


def test_what_is_resolved_is_promised_nothing_by_a_severity(office, reference):
    office.reply(reference, resolve=True)
    office.update(reference, severity=Severity.CRITICAL)
    assert running(office, reference) == []


def test_a_team_is_one_of_the_terms(office, reference):
    assert refusal(lambda: office.update(reference, team="nobody")) == ("INVALID", ("team",))
    office.update(reference, team="billing")
    assert office.ticket(reference).team == "billing"


def test_the_technical_team_reviews_until_it_hands_back(office, reference):
    office.update(reference, team="technical", at=NOW)
    assert [kind for kind, _, _ in running(office, reference)] == ["first_response", "technical_review"]
    office.update(reference, team="accounts", at=NOW + HOUR)
    assert [kind for kind, _, _ in running(office, reference)] == ["first_response"]
    [review] = [each for each in office.targets(office.ticket(reference)) if each.kind is TargetKind.TECHNICAL_REVIEW]
    assert review.met_at == NOW + HOUR


def test_a_technical_team_of_another_topic_is_a_team_like_others(office):
    ticket = office.open(topic=Topic.REFUND).ticket
    office.update(ticket.reference, team="technical")
    assert [kind for kind, _, _ in running(office, ticket.reference)] == ["first_response"]


def test_assignment(office, reference):
    office.update(reference, assign_to_me=True)
    office.update(reference, assign_to_me=True)
    found = office.ticket(reference)
    assert found.assignee.name == "Agent 1"
    assert office.told(found) == ["created", "assigned"]
    assert office.events(found)[-1].data == {"assignee": str(found.assignee_id)}
    office.update(reference, by=MANAGER, assign_to_me=True)
    assert office.ticket(reference).assignee.name == "Manager 1"
    office.update(reference, unassign=True)
    assert office.ticket(reference).assignee is None
    assert refusal(lambda: office.update(reference, assign_to_me=True, unassign=True)) == ("INVALID", ("unassign",))


def test_staff_set_a_status(office, reference):
    office.update(reference, status=OPEN)
    assert office.ticket(reference).status is OPEN
    office.update(reference, status=WAITING)
    office.update(reference, status=RESOLVED, at=NOW + HOUR)
    assert office.sent()[2:] == [("mail", "resolved"), ("webhook", "ticket.resolved")]
    office.update(reference, status=CLOSED)
    assert refusal(lambda: office.update(reference, status=WAITING)) == ("INVALID_STATE", ())
    assert refusal(lambda: office.update(reference, status=NEW)) == ("INVALID_STATE", ())


def test_a_refused_change_changes_nothing_else(office, reference):
    assert refusal(lambda: office.update(reference, topic=Topic.PAYMENTS, status=CLOSED))[0] == "INVALID_STATE"
    assert office.ticket(reference).topic is Topic.ACCOUNT


@pytest.mark.parametrize("by", [AGENT, customer()])
def test_resolving_again_changes_nothing(office, reference, by):
    office.do(tickets.resolve, reference, by=by, at=NOW + HOUR)
    office.do(tickets.resolve, reference, by=by, at=NOW + DAY)
    found = office.ticket(reference)
    assert (found.status, found.resolved_at) == (RESOLVED, NOW + HOUR)
    assert office.sent().count(("mail", "resolved")) == (1 if by is AGENT else 0)


def test_a_closed_ticket_is_not_resolved(office, reference):
    office.reply(reference, resolve=True)
    office.update(reference, status=CLOSED)
    for by in (AGENT, customer()):
        assert refusal(lambda by=by: office.do(tickets.resolve, reference, by=by)) == ("INVALID_STATE", ())


def test_an_open_escalation_stops_staff_and_is_withdrawn_by_its_requester(office, reference):
    office.reply(reference, resolve=True)
    office.do(escalations.request, reference, "It is not.", None, by=customer(), at=NOW + HOUR)
    found = office.ticket(reference)
    assert (found.status, found.escalation_state) == (OPEN, EscalationState.REQUESTED)
    assert refusal(lambda: office.do(tickets.resolve, reference, by=MANAGER)) == ("INVALID_STATE", ())
    assert refusal(lambda: office.reply(reference, resolve=True)) == ("INVALID_STATE", ())
    office.do(tickets.resolve, reference, by=customer(), at=NOW + 2 * HOUR)
    found = office.ticket(reference)
    assert (found.status, found.escalation_state) == (RESOLVED, EscalationState.WITHDRAWN)
    assert (found.next_due_at, running(office, reference)) == (None, [])
    assert [each.kind for each in office.due_work(found)] == [WorkKind.AUTO_CLOSE]


@pytest.mark.parametrize("before", [RESOLVED, CLOSED])
def test_a_requester_reopens_with_a_reason_and_awaits_an_answer(office, reference, before):
    office.reply(reference, resolve=True)
    if before is CLOSED:
        office.update(reference, status=CLOSED)
    office.do(tickets.reopen, reference, "It failed again.", by=customer(), at=NOW + HOUR)
    office.do(tickets.reopen, reference, "It failed again.", by=customer(), at=NOW + DAY)
    found = office.ticket(reference)
    assert found.status is OPEN
    event = office.events(found)[-1]
    assert (event.kind.value, event.text, event.data) == (
        "reopened",
        "It failed again.",
        {"from": before.value, "to": "open"},
    )
    assert running(office, reference) == [("next_response", NOW + HOUR, NOW + HOUR + DAY)]
    assert office.sent()[-1] == ("webhook", "ticket.reopened")


def test_staff_reopen_and_the_next_word_is_promised(office, reference):
    office.reply(reference, resolve=True)
    office.do(tickets.reopen, reference, "Not done.", by=AGENT)
    promised = [("next_response", NOW, NOW + DAY)]
    assert (office.ticket(reference).status, running(office, reference)) == (OPEN, promised)


def test_reopening_has_a_reason_and_an_end(office, reference):
    ticket, _ = office.reply(reference, resolve=True)
    assert refusal(lambda: office.do(tickets.reopen, reference, " ", by=customer())) == ("REQUIRED", ("reason",))

    def finish(session):
        session.get_one(Ticket, ticket.id).final = True

    office.database.write(finish)
    for by in (customer(), AGENT, MANAGER):
        assert refusal(lambda by=by: office.do(tickets.reopen, reference, "Again.", by=by)) == ("INVALID_STATE", ())


def test_a_suspended_person_does_not_reopen_and_may_resolve(office, reference):
    office.reply(reference, resolve=True)

    def suspend(session):
        session.get_one(Person, office.ticket(reference).requester_id).conduct = ConductStatus.SUSPENDED

    office.database.write(suspend)
    assert refusal(lambda: office.do(tickets.reopen, reference, "Again.", by=customer())) == ("SUPPORT_SUSPENDED", ())
    office.do(tickets.reopen, reference, "Again.", by=AGENT)
    office.do(tickets.resolve, reference, by=customer())
    assert office.ticket(reference).status is RESOLVED


def test_a_requester_rates_what_is_resolved(office, reference):
    assert refusal(lambda: office.do(tickets.rate, reference, 5, None, by=customer())) == ("INVALID_STATE", ())
    office.reply(reference, resolve=True)
    office.do(tickets.rate, reference, 4, " Fine. ", by=customer(), at=NOW + HOUR)
    office.do(tickets.rate, reference, 4, "Fine.", by=customer(), at=NOW + DAY)
    found = office.ticket(reference)
    assert (found.rating, found.rating_comment, found.rated_at) == (4, "Fine.", NOW + HOUR)
    office.do(tickets.rate, reference, 2, None, by=customer(), at=NOW + DAY)
    found = office.ticket(reference)
    assert (found.rating, found.rating_comment, found.rated_at) == (2, None, NOW + DAY)
    assert [each.text for each in office.events(found)][-2:] == ["Rated 4 of 5.", "Rated 2 of 5."]


def test_a_visitor_rates_by_the_link(office):
    made = office.open(by=visitor(), email="meera@home.example")
    office.reply(made.ticket.reference, resolve=True)
    office.do(tickets.rate, made.ticket.reference, 5, None, by=Actor(token=made.token))
    assert office.ticket(made.ticket.reference).rating == 5


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_goes_from_one_to_five(office, reference, score):
    assert refusal(lambda: office.do(tickets.rate, reference, score, None, by=customer())) == ("INVALID", ("score",))


def test_who_did_not_ask_does_not_rate(office, reference):
    office.reply(reference, resolve=True)
    assert refusal(lambda: office.do(tickets.rate, reference, 5, None, by=AGENT)) == ("NOT_ALLOWED", ())
    with pytest.raises(NotFound):
        office.do(tickets.rate, reference, 5, None, by=customer(2))
