"""Opening a ticket: by whom, what is promised, what is kept and what is refused."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from kb.errors import Refused
from kb.library.terms import Channel, Severity, TargetKind, Topic
from kb.support import links, people
from kb.support.desk import Actor, Desk
from kb.support.tables import ConductStatus, Idempotency, Person, PolicyVersion, Ticket, TicketStatus, WorkKind
from kb.viewer import Audience, Plan, Role, Viewer
from tests.kb.support.desks import AGENT, DAY, HOUR, NOBODY, NOW, customer, make_desk, visitor
from tests.kb.support.given import POLICY
from tests.kb.support.office import Office

KEY = "8b0c1f1c-6c61-4c80-9ad8-3d1a5a0f2c11"


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason, caught.value.field


def test_a_customer_opens_a_ticket(office):
    made = office.open(by=customer(), order=" INV  12 ", search_id="a" * 32)
    ticket = office.ticket(made.ticket.reference)
    assert (made.token, made.created) == (None, True)
    assert (ticket.subject, ticket.status, ticket.topic) == ("No payout", TicketStatus.NEW, Topic.ACCOUNT)
    assert (ticket.severity, ticket.channel, ticket.plan) == (Severity.NORMAL, Channel.WEB, Plan.STARTUP)
    assert (ticket.team, ticket.order, ticket.search_id) == ("accounts", "INV 12", "a" * 32)
    assert (ticket.locale, ticket.audience, ticket.final, ticket.changes) == ("en", None, False, 1)
    assert (ticket.created_at, ticket.updated_at, ticket.next_due_at) == (NOW, NOW, NOW + DAY)
    assert (ticket.requester.name, ticket.requester.role) == ("Ravi Negi", Role.CUSTOMER)
    assert [(each.body, each.author_id, each.internal) for each in office.messages(ticket)] == [
        ("It has not come.", ticket.requester_id, False)
    ]
    assert [(each.place, each.kind.value, each.actor_id) for each in office.events(ticket)] == [
        (1, "created", ticket.requester_id)
    ]
    assert office.sent() == [("mail", "received"), ("webhook", "ticket.created")]


def test_a_normal_ticket_is_promised_a_first_response(office):
    ticket = office.open().ticket
    [first] = office.targets(ticket)
    assert (first.kind, first.started_at, first.due_at) == (TargetKind.FIRST_RESPONSE, NOW, NOW + DAY)
    assert first.promise == {
        "clock": "elapsed",
        "amount": "P1D",
        "business_days": None,
        "text": "Email Support: Within 24 hours for general inquiries.",
    }
    [work] = office.due_work(ticket)
    assert (work.kind, work.subject_id, work.due_at) == (
        WorkKind.BREACH,
        first.id,
        NOW + DAY + timedelta(microseconds=1),
    )


@pytest.mark.parametrize(("plan", "hours"), [(Plan.FREE, 4), (None, 4), (Plan.STARTUP, 2), (Plan.ENTERPRISE, 2)])
def test_a_critical_ticket_is_promised_a_resolution(office, plan, hours):
    ticket = office.open(by=customer(plan=plan), topic=Topic.PAYMENTS).ticket
    assert ticket.severity is Severity.CRITICAL
    assert [(each.kind.value, each.due_at) for each in office.targets(ticket)] == [
        ("first_response", NOW + DAY),
        ("resolution", NOW + hours * HOUR),
    ]
    assert office.ticket(ticket.reference).next_due_at == NOW + hours * HOUR


def test_a_visitor_gives_an_address_and_gets_the_secret_of_a_link(office):
    made = office.open(by=visitor(), name="Meera", email="meera@home.example")
    ticket = office.ticket(made.ticket.reference)
    assert made.token == links.ticket_token(office.desk, ticket)
    assert (ticket.plan, ticket.requester.role, ticket.requester.key) == (Plan.FREE, Role.VISITOR, None)
    assert ticket.requester.email_key == people.email_key(office.desk, "Meera@home.example")
    again = office.open(by=visitor(), email="meera@home.example").ticket
    assert again.requester_id != ticket.requester_id  # nobody is joined by an address


def test_a_visitor_without_an_address_is_asked_for_one(office):
    assert refusal(lambda: office.open(by=visitor())) == ("REQUIRED", ("email",))
    assert refusal(lambda: office.open(by=NOBODY, email="no address")) == ("INVALID", ("email",))
    assert office.count(Ticket) == 0


def test_what_a_customer_says_of_name_and_address_is_the_tokens_business(office):
    ticket = office.open(by=customer(), name="Somebody", email="other@else.example").ticket
    assert (ticket.requester.name, ticket.requester.email) == ("Ravi Negi", "ravi1@shop.example")


def test_staff_open_a_ticket_for_somebody_who_called(office):
    made = office.open(by=AGENT, channel=Channel.PHONE, name="Meera", email="meera@home.example")
    ticket = office.ticket(made.ticket.reference)
    assert (made.token, ticket.channel, ticket.plan) == (None, Channel.PHONE, Plan.FREE)
    assert (ticket.requester.name, ticket.requester.key) == ("Meera", None)
    [opened] = office.events(ticket)
    assert opened.actor.name == "Agent 1"
    assert office.sent() == [("mail", "received"), ("webhook", "ticket.created")]
    assert [each.due_at for each in office.targets(ticket)] == [NOW + timedelta(minutes=5)]


def test_staff_open_a_ticket_of_their_own(office):
    ticket = office.open(by=AGENT).ticket
    assert (ticket.requester.name, ticket.requester.role, ticket.plan) == ("Agent 1", Role.AGENT, Plan.FREE)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.CHAT, Channel.PHONE])
def test_only_staff_say_that_it_came_another_way(office, channel):
    assert refusal(lambda: office.open(channel=channel)) == ("NOT_ALLOWED", ("channel",))


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"subject": "  "}, ("REQUIRED", ("subject",))),
        ({"subject": "x" * 201}, ("TOO_LONG", ("subject",))),
        ({"body": "\n"}, ("REQUIRED", ("body",))),
        ({"body": "x" * 20_001}, ("TOO_LONG", ("body",))),
        ({"order": "x" * 101}, ("TOO_LONG", ("order",))),
        ({"search_id": "x" * 65}, ("INVALID", ("searchId",))),
        ({"search_id": "x\0"}, ("INVALID", ("searchId",))),
        ({"idempotency_key": ""}, ("INVALID", ("idempotencyKey",))),
    ],
)
def test_bad_fields_are_refused_at_their_place(office, given, refused):
    assert refusal(lambda: office.open(**given)) == refused
    assert (office.count(Ticket), office.count(Idempotency)) == (0, 0)


def test_what_must_not_be_stored_is_masked(office):
    ticket = office.open(subject="Card 4111 1111 1111 1111", body="Mail me at a@b.example, PAN ABCPE1234F").ticket
    assert (ticket.subject, office.messages(ticket)[0].body) == ("Card [card]", "Mail me at a@b.example, PAN [pan]")


def test_what_was_read_before_is_kept_where_the_requester_could_read_it(office):
    asked = ("article:payout", "article:inside", "article:members", "article:nowhere", "article:payout")
    assert office.open(read_before=asked).ticket.read_before == ["article:payout", "article:members"]
    made = office.open(by=visitor(), email="meera@home.example", read_before=asked)
    assert made.ticket.read_before == ["article:payout"]


def test_a_storefronts_audience_stays_with_the_ticket(office):
    shopper = Actor(viewer=Viewer(audience=Audience.SHOPPER), visitor=visitor().visitor)
    assert office.open(by=shopper, email="meera@home.example").ticket.audience is Audience.SHOPPER


def test_the_policy_in_force_is_stored_once_and_kept(office):
    first, second = office.open().ticket, office.open(at=NOW + DAY).ticket
    assert first.policy_version_id == second.policy_version_id
    [version] = office.database.read(lambda session: list(session.scalars(select(PolicyVersion))))
    assert (version.page_id, version.stored_at) == ("policy:customer-support@2024-10-30", NOW)


def test_a_ticket_keeps_the_promises_that_it_was_opened_under(office, tmp_path):
    ticket = office.open().ticket
    hasty = POLICY.read_text(encoding="utf-8").replace("amount: {hours: 24}", "amount: {hours: 12}")
    name = "policies/customer-support/2024-10-30.md"
    changed = Office(office.database, make_desk(tmp_path / "content", {name: hasty}))
    assert changed.ticket(changed.open().ticket.reference).next_due_at == NOW + 12 * HOUR
    assert office.count(PolicyVersion) == 2
    changed.reply(ticket.reference)
    changed.reply(ticket.reference, by=customer())
    assert changed.ticket(ticket.reference).next_due_at == NOW + DAY


def test_before_the_first_policy_nothing_is_promised(office):
    long_ago = datetime.fromisoformat("2024-10-29T12:00:00+05:30")
    assert refusal(lambda: office.open(at=long_ago)) == ("INVALID_STATE", ())


def test_a_content_folder_without_a_policy_takes_no_tickets(office, tmp_path):
    from kb.library.load import Loader
    from tests.support import write

    folder = write(tmp_path / "content", {"articles/one.md": "# One\n\nText.\n"})
    library = Loader(folder, base_url="http://kb.test", default_locale="en").load()
    bare = Office(office.database, Desk(library=library, secret=b"s" * 32))
    assert refusal(lambda: bare.open()) == ("INVALID_STATE", ())


def test_a_suspended_customer_opens_nothing_but_privacy_requests(office):
    ticket = office.open().ticket
    suspend(office, ticket.requester_id)
    assert refusal(lambda: office.open()) == ("SUPPORT_SUSPENDED", ())
    assert office.open(topic=Topic.PRIVACY).created
    assert office.open(by=customer(2)).created


def test_a_suspended_visitor_is_found_again_by_address(office):
    ticket = office.open(by=visitor(), email="meera@home.example").ticket
    suspend(office, ticket.requester_id, until=NOW + DAY)
    again = {"by": visitor(2), "email": "MEERA@home.example"}
    assert refusal(lambda: office.open(**again)) == ("SUPPORT_SUSPENDED", ())
    with pytest.raises(
        Refused, match=r"^Support is suspended for this address\. If it is yours, its last ticket says why"
    ):
        office.open(**again)  # whoever types somebody's address learns neither the reason nor the end
    private = office.open(**again, topic=Topic.PRIVACY).ticket
    assert (private.requester.conduct, private.requester.conduct_until) == (ConductStatus.SUSPENDED, NOW + DAY)
    assert office.open(**again, at=NOW + DAY).created


def test_a_suspension_is_told_with_its_reason_and_end(office):
    ticket = office.open().ticket
    suspend(office, ticket.requester_id, until=NOW + DAY)
    with pytest.raises(Refused) as caught:
        office.open()
    assert str(caught.value) == (
        "Support is suspended for you until 24 November 2026, 11:30 IST. The reason: Threats. "
        "You can still read everything here, and write to us about your personal data."
    )


def test_a_ticket_takes_few_statements(office):
    office.open()  # stores the policy's version
    by_customer = office.statements(lambda: office.open(by=customer(), idempotency_key=KEY, topic=Topic.PAYMENTS))
    by_visitor = office.statements(lambda: office.open(by=visitor(), idempotency_key=KEY, email="meera@home.example"))
    assert (len(by_customer), len(by_visitor)) == (11, 12)


def suspend(office, person_id, until=None):
    def work(session):
        person = session.get_one(Person, person_id)
        person.conduct, person.conduct_reason = ConductStatus.SUSPENDED, "Threats."
        person.conduct_until, person.conduct_at = until, NOW

    office.database.write(work)
