"""What agents do: sort, take, note, see to conduct; the queue in its orders; and who may not."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.schema.desk.asking import (
    ASHA,
    CONDUCT,
    CREATE,
    LATA,
    MANAGER,
    NO_TICKET,
    NOTE,
    RAVI,
    REPLY,
    SENIOR,
    SPECIALIST,
    STAFF,
    UPDATE,
    error,
    escalated,
    key,
    opened,
    resolved,
)

QUEUE = """query($filter: TicketFilter, $orderBy: TicketOrder = NEXT_DUE, $first: Int, $after: String, $last: Int, $before: String) {
  tickets(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { reference } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


def queue(client, viewer=ASHA, **more):
    return client.ask(QUEUE, viewer=viewer, **more)["tickets"]


def references(client, viewer=ASHA, **more):
    return [each["reference"] for each in queue(client, viewer, **more)["nodes"]]


def test_a_ticket_is_sorted_taken_and_handed_on(desk):
    asked = opened(desk, RAVI, topic="APP_ERROR")
    changed = asked.by(ASHA, UPDATE, topic="PAYMENTS", assignToMe=True, status="OPEN")
    assert changed == {
        "ticket": {
            "status": "OPEN",
            "topic": "PAYMENTS",
            "severity": "CRITICAL",
            "team": "payments",
            "assignee": {"name": "Asha Rawat"},
            "targets": [{"kind": "FIRST_RESPONSE"}, {"kind": "RESOLUTION"}],
        },
        "userErrors": [],
    }
    normal = asked.by(ASHA, UPDATE, severity="NORMAL", unassign=True)["ticket"]
    assert (normal["severity"], normal["assignee"], normal["targets"]) == ("NORMAL", None, [{"kind": "FIRST_RESPONSE"}])
    assert asked.by(ASHA, UPDATE, team="nobody")["userErrors"][0]["field"] == ["team"]
    assert asked.by(ASHA, UPDATE, assignToMe=True, unassign=True)["userErrors"] == [
        error("INVALID", "Either assign it to yourself or to nobody.", "unassign")
    ]
    assert asked.by(ASHA, UPDATE, status="NEW")["userErrors"][0]["code"] == "INVALID_STATE"


def test_a_technical_team_takes_days(desk):
    asked = opened(desk, RAVI, topic="APP_ERROR")
    kinds = asked.by(ASHA, UPDATE, team="technical")["ticket"]["targets"]
    assert kinds == [{"kind": "FIRST_RESPONSE"}, {"kind": "TECHNICAL_REVIEW"}]


def test_notes_and_what_they_tell_are_for_staff_alone(desk):
    asked = opened(desk, RAVI)
    payload = asked.by(ASHA, NOTE, body="He wrote **before**.")
    assert payload == {"message": {"internal": True, "bodyMarkdown": "He wrote **before**."}, "userErrors": []}
    selection = "{ messages { totalCount nodes { internal } } timeline { totalCount nodes { kind } } }"
    assert asked.seen(selection) == {
        "messages": {"totalCount": 1, "nodes": [{"internal": False}]},
        "timeline": {"totalCount": 1, "nodes": [{"kind": "CREATED"}]},
    }
    assert asked.seen(selection, viewer=SENIOR) == {
        "messages": {"totalCount": 2, "nodes": [{"internal": False}, {"internal": True}]},
        "timeline": {"totalCount": 2, "nodes": [{"kind": "CREATED"}, {"kind": "NOTED"}]},
    }
    given = {"body": "Once.", "idempotencyKey": key()}
    asked.by(ASHA, NOTE, **given)
    asked.by(ASHA, NOTE, **given)
    assert asked.seen("{ messages { totalCount } }", viewer=ASHA) == {"messages": {"totalCount": 3}}
    assert asked.by(ASHA, NOTE, body="")["userErrors"] == [error("REQUIRED", "`body` is needed.", "body")]


@pytest.mark.parametrize("viewer", [None, RAVI, LATA])
def test_agents_operations_are_forbidden_to_others(desk, viewer):
    asked = opened(desk, RAVI)
    for document, more in (
        (UPDATE, {"status": "OPEN"}),
        (NOTE, {"body": "b"}),
        (CONDUCT, {"status": "GOOD", "reason": "r"}),
    ):
        for reference in (asked.reference, "T482-193-754"):
            answer = desk.post(document, viewer=viewer, input={"reference": reference, **more})
            assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
    assert desk.error_code("{ tickets { totalCount } }", viewer=viewer) == "FORBIDDEN"
    assert desk.error_code("{ feedback { totalCount } }", viewer=viewer) == "FORBIDDEN"


@pytest.mark.parametrize("viewer", STAFF)
def test_staff_change_no_ticket_that_is_not_there(desk, viewer):
    for document, more in (
        (UPDATE, {"status": "OPEN"}),
        (NOTE, {"body": "b"}),
        (CONDUCT, {"status": "GOOD", "reason": "r"}),
    ):
        payload = desk.ask(document, viewer=viewer, input={"reference": "T482-193-754", **more})
        assert [each["userErrors"] for each in payload.values()] == [[NO_TICKET]]


def test_conduct_has_a_reason_and_only_a_suspension_an_end(desk):
    asked = opened(desk, email="rude@home.example")  # an address of its own: what one ticket tells holds for the next
    warned = asked.by(ASHA, CONDUCT, status="WARNED", reason="Rude words")
    assert warned == {"standing": {"status": "WARNED", "until": None, "reason": "Rude words"}, "userErrors": []}
    for given, code, field in (
        ({"status": "WARNED", "reason": "r", "until": "2099-01-01T00:00:00Z"}, "INVALID", ["until"]),
        ({"status": "SUSPENDED", "reason": "r", "until": "2020-01-01T00:00:00Z"}, "INVALID", ["until"]),
        ({"status": "SUSPENDED", "reason": ""}, "REQUIRED", ["reason"]),
    ):
        payload = asked.by(ASHA, CONDUCT, **given)
        assert payload["standing"] is None
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, field)]
    assert asked.seen("{ requester { conduct { status } } }") == {"requester": {"conduct": {"status": "WARNED"}}}


def test_an_agent_asks_in_the_name_of_somebody_who_called(desk):
    given = {
        "subject": "Locked out",
        "body": "He called.",
        "topic": "ACCOUNT",
        "channel": "PHONE",
        "name": "Kiran",
        "email": "kiran@home.example",
    }
    payload = desk.ask(CREATE, viewer=ASHA, input=given)["createTicket"]
    assert (payload["userErrors"], payload["accessToken"]) == ([], None)
    seen = desk.ask(
        f'{{ ticket(reference: "{payload["ticket"]["reference"]}") {{ channel requester {{ name role email }} timeline {{ nodes {{ actor {{ name }} }} }} }} }}',
        viewer=ASHA,
    )["ticket"]
    assert seen == {
        "channel": "PHONE",
        "requester": {"name": "Kiran", "role": "VISITOR", "email": "kiran@home.example"},
        "timeline": {"nodes": [{"actor": {"name": "Asha Rawat"}}]},
    }


def test_an_agents_address_and_standing_are_not_the_customers_business(desk):
    asked = opened(desk, RAVI)
    asked.by(ASHA, REPLY, body="Hello.")
    selection = "{ messages(last: 1) { nodes { author { name email conduct { status } } } } }"
    assert asked.seen(selection)["messages"]["nodes"] == [
        {"author": {"name": "Asha Rawat", "email": None, "conduct": None}}
    ]
    assert asked.seen(selection, viewer=SENIOR)["messages"]["nodes"] == [
        {"author": {"name": "Asha Rawat", "email": "asha@ooulet.example", "conduct": {"status": "GOOD"}}}
    ]


def test_the_queue_puts_what_is_due_next_on_top(fresh):
    normal = opened(fresh, LATA, topic="ACCOUNT").reference
    critical = opened(fresh, LATA).reference
    startup = opened(fresh, RAVI).reference
    waiting = opened(fresh, RAVI)
    waiting.by(ASHA, REPLY, body="Which bank?")
    assert references(fresh) == [startup, critical, normal, waiting.reference]
    assert references(fresh, orderBy="CREATED_DESC") == [waiting.reference, startup, critical, normal]
    assert references(fresh, orderBy="UPDATED_DESC")[0] == waiting.reference
    walked, after = [], None
    while True:
        page = queue(fresh, first=1, after=after)
        walked += [each["reference"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (walked, page["totalCount"]) == ([startup, critical, normal, waiting.reference], 4)
    assert references(fresh, last=2, before=after) == [critical, normal]


def test_a_cursor_of_another_order_is_refused(fresh):
    opened(fresh, LATA)
    cursor = queue(fresh)["pageInfo"]["endCursor"]
    for more in (
        {"orderBy": "CREATED_DESC", "after": cursor},
        {"after": "nonsense"},
        {"first": 0},
        {"first": 1, "last": 1},
    ):
        assert fresh.error_code(QUEUE, viewer=ASHA, **more) == "BAD_USER_INPUT"


def test_the_queue_is_filtered(fresh):
    payout = opened(fresh, RAVI)
    account = opened(fresh, LATA, topic="ACCOUNT", subject="Locked out")
    case = escalated(fresh, LATA)
    payout.by(ASHA, UPDATE, assignToMe=True)
    for given, expected in (
        ({"topics": ["ACCOUNT"]}, {account}),
        ({"severities": ["CRITICAL"]}, {payout, case}),
        ({"statuses": ["NEW"]}, {account, payout}),
        ({"plans": ["STARTUP", "ENTERPRISE"]}, {payout}),
        ({"escalated": True}, {case}),
        ({"escalated": False}, {account, payout}),
        ({"escalationLevels": ["FIRST"], "escalationStates": ["REQUESTED"]}, {case}),
        ({"escalationLevels": ["SECOND"]}, set()),
        ({"teams": ["payments"]}, {payout, case}),
        ({"assignedToMe": True}, {payout}),
        ({"unassigned": True}, {account, case}),
        ({"text": "locked"}, {account}),
        ({"text": account.reference.lower()}, {account}),
        ({"breached": True}, set()),
        ({"breached": False}, {payout, account, case}),
    ):
        assert set(references(fresh, filter=given)) == {each.reference for each in expected}, given
    assert references(fresh, SENIOR, filter={"awaitingMyReview": True}) == [case.reference]
    assert references(fresh, SPECIALIST, filter={"awaitingMyReview": True}) == []
    assert references(fresh, MANAGER, filter={"awaitingMyReview": True}) == []


def test_people_have_their_own_tickets_and_visitors_a_link_to_each(fresh):
    own, _ = opened(fresh, RAVI).reference, opened(fresh, LATA)
    opened(fresh)
    document = "{ viewer { tickets { totalCount nodes { reference } } } }"
    assert fresh.ask(document, viewer=RAVI)["viewer"]["tickets"] == {"totalCount": 1, "nodes": [{"reference": own}]}
    for nobody in (None, ASHA):
        assert fresh.ask(document, viewer=nobody)["viewer"]["tickets"] == {"totalCount": 0, "nodes": []}


def test_a_late_promise_is_told_and_lets_the_customer_escalate(fresh):
    asked = opened(fresh, LATA)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=5), tick=True):
        seen = asked.seen("{ targets { kind breached } canEscalate { allowed why } }")
    assert seen["targets"] == [{"kind": "FIRST_RESPONSE", "breached": False}, {"kind": "RESOLUTION", "breached": True}]
    assert seen["canEscalate"]["allowed"] is True
    assert seen["canEscalate"]["why"].startswith("We did not solve this within the time we promised")


def test_a_pause_is_explained_interval_by_interval(fresh):
    asked = opened(fresh, LATA)
    asked.by(ASHA, REPLY, body="Which bank?")
    resolution = asked.seen("{ targets { kind dueAt paused explanation { counted reason } } }")["targets"][1]
    assert (resolution["kind"], resolution["dueAt"], resolution["paused"]) == ("RESOLUTION", None, True)
    assert [each["reason"] for each in resolution["explanation"]] == ["RUNNING", "WAITING_ON_CUSTOMER"]
    assert resolved(fresh, LATA).seen("{ targets { metAt breached } }")["targets"][1]["metAt"] is not None
