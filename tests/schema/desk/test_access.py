"""Who may see and do what: every field of the schema that hangs on who asks, by everybody, as `access/matrix.yml` says.

A field without a row fails, and so does a row without a field.
"""

import json
from uuid import uuid4

import pytest

from kb.support.tables import Ticket
from schema import ids
from schema.documents import SECRET_ARGUMENTS
from tests.schema.desk.access.changing import Changes, changed
from tests.schema.desk.access.live import heard, queued, refused, refused_queue
from tests.schema.desk.access.people import AGENTS, MISSING, OWNERS, PEOPLE, REQUESTERS, ask, matrix
from tests.schema.desk.access.reading import Reading, read
from tests.schema.desk.access.schema import FIELDS, SCHEMA, arguments, everything, mutation, told
from tests.schema.desk.access.world import CONTENT, KNOWN, SECRET, World, seeded
from tests.schema.desk.asking import REPLY, opened
from tests.support import write

CASES, ALONE, MUTATIONS, PAYLOADS, LIVE = map(matrix, ("cases", "alone", "mutations", "payloads", "subscriptions"))
STANDING = {"ConductStanding.status", "ConductStanding.until", "ConductStanding.reason"}
ONES_OWN = {"Ticket", "TicketMessageConnection", "TicketEventConnection", "EscalationOption", "Policy"}
"""Types with fields that are another for each who asks: when it changed for them, counts with notes, what they may."""


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def world(open_client, tmp_path_factory, var) -> World:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_LIMIT_COST", "100000")  # a document asks for all there is
        client = open_client(write(tmp_path_factory.mktemp("access") / "content", CONTENT), var=var)
    return seeded(client)


@pytest.fixture(scope="module")
def reading(world) -> Reading:
    assert world.client.insights.log.flush()
    return read(world)


@pytest.fixture(scope="module")
def changes(world, reading, var) -> Changes:
    """After the reading: it changes what is read."""
    return changed(world, MUTATIONS, var / "mail")


def test_every_field_has_a_row_and_every_row_a_field():
    rows = {row.partition(" ")[0] for section in (CASES, ALONE, PAYLOADS, LIVE) for row in section}
    rows |= {f"Mutation.{row.partition(' ')[0]}" for row in MUTATIONS}
    assert (FIELDS - rows, rows - FIELDS) == (set(), set())


def test_what_is_told_has_a_row(reading):
    assert reading.cases.keys() - CASES.keys() - ALONE.keys() == set()
    assert reading.alone.keys() - CASES.keys() - ALONE.keys() == set()


@pytest.mark.parametrize("row", CASES)
def test_a_case_is_told_to(reading, row):
    """`all` and `own`: what the manager is told of all cases, or of one's own; of others' nothing."""
    seen = reading.cases[row]
    assert "seen" in seen["manager"].values(), "nobody was told: the seed lacks it"
    found = {who: _cell(seen.get(who, {}), seen["manager"], who, cell) for who, cell in CASES[row].items()}
    assert found == CASES[row]


def _cell(seen, manager, who, expected):
    """The cell as it should be where it is, else what was found."""
    wanted = {
        "all": {owner: manager.get(owner, "no") for owner in OWNERS},
        "own": {owner: manager.get(owner, "no") if owner == who else "no" for owner in OWNERS},
        "null": {owner: "null" if owner == who else "no" for owner in OWNERS},
        "no": dict.fromkeys(OWNERS, "no"),
    }
    found = {owner: seen.get(owner, "no") for owner in OWNERS}
    return expected if found == wanted[expected] else found


def test_what_may_not_be_seen_is_as_what_is_not_there(reading):
    assert len(reading.beside) > 100
    assert [what for what, answer, missing in reading.beside if answer != missing] == []


@pytest.mark.parametrize("row", ALONE)
def test_outside_of_a_case_is_told_to(reading, row):
    assert "seen" in ALONE[row].values(), "nobody is told: the seed lacks it"
    assert {who: reading.alone[row].get(who, "no") for who in PEOPLE} == ALONE[row]


@pytest.mark.parametrize("owner", OWNERS)
def test_a_requester_reads_what_agents_read_but_for_notes_and_what_is_of_agents(reading, owner):
    own, agents = (_values(reading.answers[who][f"{owner}: ticket 1"].data) for who in (owner, "agent"))
    assert own - agents == set()
    lacking = {row for row, _ in agents - own}
    assert {row for row in lacking if "(" not in row} <= STANDING | {
        "TicketMessageEdge.cursor",
        "TicketEventEdge.cursor",
    }
    assert lacking >= {"Person.email (staff)", "TicketMessage.bodyMarkdown (note)", "TicketEvent.text (note)"}


def _values(data):
    scalars = ((row, value) for row, value in told(data) if isinstance(value, str | int))
    return {(row, value) for row, value in scalars if row.partition(".")[0] not in ONES_OWN}


def test_lists_count_ones_own_alone(world, reading):
    counts = {
        who: [reading.answers[who]["viewer"].data["viewer"][name]["totalCount"] for name in ("tickets", "feedback")]
        for who in PEOPLE
    }
    none = {who: [0, 0] for who in PEOPLE}
    assert counts == none | {"customer": [2, 1], "suspended": [2, 1], "other": [1, 0]}
    document = "query($text: String) { viewer { tickets(filter: {text: $text}) { totalCount } } }"
    for text in (world.decided["customer"].reference, "payout", MISSING):
        answer = ask(world.client, PEOPLE["other"], document, text=text)
        assert answer.data == {"viewer": {"tickets": {"totalCount": 0}}}


def test_notes_are_in_no_answer_to_requesters(reading, changes):
    shown = {who for who in PEOPLE for answer in reading.answers[who].values() if SECRET in answer.text}
    shown |= {who for (_, who), answer in changes.done.items() if SECRET in answer.text}
    assert shown == set(AGENTS)


def test_an_export_is_ones_own_without_notes(world, changes):
    exported = json.loads(changes.done["exportMyData", "customer"].data["exportMyData"]["json"])
    references = {each["reference"] for each in exported["tickets"]}
    assert {asked.reference for asked in world.tickets("customer")} <= references
    assert references.isdisjoint(each.reference for owner in ("guest", "suspended") for each in world.tickets(owner))
    assert {event["kind"] for ticket in exported["tickets"] for event in ticket["timeline"]}.isdisjoint({"NOTED"})
    assert SECRET not in json.dumps(exported)


@pytest.mark.parametrize("row", MUTATIONS)
def test_a_mutation_is_done_by(changes, row):
    assert {who: changes.done[row, who].outcome for who in PEOPLE} == MUTATIONS[row]


def test_a_mutation_of_anothers_ticket_is_answered_as_of_none(changes):
    assert {who for _, who in changes.foreign} == set(REQUESTERS)
    for (row, who), (answer, missing) in changes.foreign.items():
        assert answer == missing, f"{row} by {who}"
        assert answer.outcome in ("NOT_FOUND", "FORBIDDEN"), f"{row} by {who}"


def test_what_is_refused_changes_nothing(changes):
    assert len(changes.untouched) > 50
    assert [what for what, before, after in changes.untouched if before != after] == []


@pytest.mark.parametrize("row", PAYLOADS)
def test_a_mutation_answers(changes, row):
    """Over all mutations with that payload."""
    found = {who: "no" for who in PEOPLE}
    for (_, who), answer in changes.done.items():
        for each, value in told(answer.data):
            if each == row and found[who] != "seen":
                found[who] = "null" if value is None else "seen"
    assert found == PAYLOADS[row]


def test_the_suspended_read_all_and_are_refused_four_things_alone():
    refused_ = {row.partition(" ")[0] for row, cells in MUTATIONS.items() if cells["suspended"] == "SUPPORT_SUSPENDED"}
    assert refused_ == {"createTicket", "replyToTicket", "reopenTicket", "requestEscalation"}
    for row, cells in MUTATIONS.items():
        assert cells["suspended"] in ("SUPPORT_SUSPENDED", cells["customer"]), row
    assert [row for row, cells in CASES.items() if cells["suspended"] != cells["customer"]] == []
    assert {row for row, cells in ALONE.items() if cells["suspended"] != cells["customer"]} == STANDING - {
        "ConductStanding.status"
    }


@pytest.mark.parametrize("owner", OWNERS)
def test_a_ticket_is_followed_by_its_requester_and_by_agents(world, changes, owner):
    cells, notes = LIVE["Subscription.ticketUpdated"], LIVE["Subscription.ticketUpdated (note)"]
    events = heard(world, owner)
    assert set(events) == {who for who in PEOPLE if cells[who] == "all" or (cells[who] == "own" and who == owner)}
    for who, told_ in events.items():
        assert ("NOTED" in {each["kind"] for each in told_}) == (notes[who] == "all"), who
        assert {each["actor"]["email"] is None for each in told_} == {who == owner}
    for who in PEOPLE.keys() - events.keys():
        answer, missing = refused(world, who, owner)
        assert answer == missing
        assert answer["type"] == "error"
        expected = "NOT_FOUND" if cells[who] == "own" else cells[who]
        assert [each["extensions"]["code"] for each in answer["payload"]] == [expected]


def test_the_queue_is_followed_by_agents(world, changes):
    cells, told_ = LIVE["Subscription.queueUpdated"], queued(world)
    assert set(told_) == {who for who in PEOPLE if cells[who] == "all"}
    for who in PEOPLE.keys() - told_.keys():
        assert [each["extensions"]["code"] for each in refused_queue(world, who)["payload"]] == [cells[who]]


@pytest.mark.parametrize("who", REQUESTERS)
def test_an_id_in_an_input_does_not_tell_whether_it_is_there(world, who):
    nothing, goodwill = ids.encode("article:nothing"), world.page("goodwill")
    none, feedback = ids.encode(f"feedback:{uuid4()}"), world.feedback["guest"]
    for name, key, hidden, missing, more in (
        ("reviewFeedback", "id", feedback, none, {"status": "DONE", "response": "Done."}),
        ("submitFeedback", "page", goodwill, nothing, {"kind": "CONTENT", "text": "Wrong."}),
        ("voteOnPage", "page", goodwill, nothing, {"helpful": True}),
        ("recordOpen", "page", goodwill, nothing, {"searchId": "0" * 32, "position": 1}),
        ("acknowledgePolicy", "policy", world.decided["guest"].id, nothing, {}),
    ):
        answers = [
            ask(world.client, PEOPLE[who], mutation(name), headers=KNOWN, input={key: each, **more})
            for each in (hidden, missing)
        ]
        assert answers[0] == answers[1], name
        assert answers[0].outcome in ("NOT_FOUND", "FORBIDDEN", "NOT_ALLOWED"), name


@pytest.mark.parametrize("which", ["another ticket's", "a revoked link's", "nonsense"])
def test_a_wrong_secret_is_as_none(world, which):
    asked, other = opened(world.client), opened(world.client)
    link = {"another ticket's": other.token, "a revoked link's": asked.token, "nonsense": "é" * 43}[which]
    if which == "a revoked link's":
        _revoke(world, asked)
    document = f"query($r: String!, $t: String) {{ ticket(reference: $r, accessToken: $t) {everything('Ticket')} }}"
    for viewer in (None, PEOPLE["customer"]):
        answers = [
            ask(world.client, viewer, document, r=reference, t=secret)
            for reference, secret in (
                (asked.reference, link),
                (asked.reference, None),
                (MISSING, None),
                ("nonsense", link),
            )
        ]
        assert answers == answers[:1] * 4
        inputs = [{"reference": asked.reference, "accessToken": link}, {"reference": MISSING}]
        replies = [ask(world.client, viewer, REPLY, input=each | {"body": "Hello?"}) for each in inputs]
        assert replies[0] == replies[1]
        assert replies[0].outcome == "NOT_FOUND"


def _revoke(world, asked):
    def write_(session):
        row = session.query(Ticket).filter_by(reference=asked.reference).one()
        row.link_version += 1

    world.client.insights.database.write(write_)


def test_a_link_opens_no_more_than_its_ticket_to_people_with_an_account(world):
    """A customer who follows a visitor's link sees the ticket; an agent who does stays an agent."""
    asked = world.decided["guest"]
    document = "query($r: String!, $t: String) { ticket(reference: $r, accessToken: $t) { messages { totalCount } } }"
    counts = [
        ask(world.client, PEOPLE[who], document, r=asked.reference, t=asked.token).data["ticket"]["messages"][
            "totalCount"
        ]
        for who in ("guest", "other", "agent")
    ]
    assert counts[0] == counts[1] < counts[2]
    replied = ask(world.client, PEOPLE["agent"], mutation("rateTicket"), input=asked.input(score=1))
    assert replied.outcome == "NOT_ALLOWED"


def test_secrets_are_not_taken_from_an_address(world):
    asked = world.decided["guest"]
    root = SCHEMA.query_type.fields
    taking = [name for name, field in root.items() if not SECRET_ARGUMENTS.isdisjoint(field.args)]
    assert taking == ["ticket", "escalationStatus"]
    for name in taking:
        query = f'{{ {name}(reference: "{asked.reference}", accessToken: "{asked.token}") {{ __typename }} }}'
        got = world.client.http.get("/graphql", params={"query": query})
        assert (got.status_code, got.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert {name for name in arguments() if "token" in name.lower()} == SECRET_ARGUMENTS
