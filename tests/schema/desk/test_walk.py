"""A case from the search before it to the final decision, through GraphQL alone, with real mail and with time moved.

A visitor asks; an agent asks back, cites a page, resolves; three stages of escalation; what was promised on the way is
kept or broken, and everybody who follows it is told of each step in order.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine

from kb.viewer import Role, Viewer
from tests.mailbox import Mailbox, link
from tests.schema.desk.asking import (
    ASHA,
    CREATE,
    DECIDE,
    ERRORS,
    FILES,
    LATA,
    OUTSIDER,
    POST,
    RATE,
    REOPEN,
    REPLY,
    REQUEST,
    SENIOR,
    START,
    UPDATE,
    Asked,
    only,
    opened,
)
from tests.schema.desk.test_live import following
from tests.schema.desk.walking import MEERA, QUEUED, SUBJECT, TOLD, Walk, ist, promised, row, subscribed, when
from tests.support import Client

OM = Viewer(role=Role.SPECIALIST, subject="agent-om", name="Om Bhatt", email="om@ooulet.example", teams=("technical",))
NILA = Viewer(role=Role.MANAGER, subject="agent-nila", name="Nila Thapa", email="nila@ooulet.example")
DESK = "Support desk"
VISITOR = {"kb-visitor": str(uuid4())}

SEARCH = "query($q: String!) { search(query: $q) { searchId nodes { id slug } } }"
OPEN = f"mutation($input: RecordOpenInput!) {{ recordOpen(input: $input) {{ recorded {ERRORS} }} }}"
QUEUE = "{ tickets(orderBy: NEXT_DUE) { nodes { reference severity targets { kind } readBefore { slug } } } }"
TIMELINE = "{ timeline(first: 100) { nodes { at kind actor { name } text } } }"
CASE = "{ escalation { currentlyWith reviewDueAt nextUpdateDueAt stages { team state decision reviewer { name } } } }"
TARGETS = "{ targets { kind dueAt metAt breached clock explanation { from to counted } } }"
FIGURES = """query($since: Date, $until: Date) { insights(since: $since, until: $until) {
  searches ticketsAfterSearch targets { kind met breached medianSeconds }
  byDay { date searches tickets escalations targetsMet targetsBreached }
} }"""
OUTCOME = (
    '{ article(slug: "payouts") { outcome { linkedInReplies ticketsResolvedAfterLink ticketsReopenedAfterLink } } }'
)


@pytest.fixture
def walk(setting: dict[str, str], mailbox: Mailbox, serve: Callable[..., Client], tmp_path: Path) -> Iterator[Walk]:
    with time_machine.travel(ist("19 10:00"), tick=False) as clock:
        client = serve(FILES, smtp_url=mailbox.url, mail_from="help@ooulet.example", **setting)
        with following(client, QUEUED, ASHA) as queue:
            subscribed(client, 1)
            clock.move_to(ist("19 10:30"))
            asked = asks(client, mailbox)
            assert queue.next() == {"status": "NEW", "escalation": None}
            with following(client, TOLD, r=asked.reference, t=asked.token) as guest:
                subscribed(client, 2)
                yield Walk(client, mailbox, clock, tmp_path / "content", asked, guest, queue)


def test_a_case_from_the_search_to_the_final_decision(walk: Walk) -> None:
    for step in (is_asked_back, is_resolved, page_changes, first_stage, second_stage, final_stage):
        step(walk)
    walk.at("26 12:30")
    walk.done(walk.asked.by_requester(RATE, score=2, comment="In the end."))
    walk.happened(("RATED", "Meera", "Rated 2 of 5."))
    walk.queued("RESOLVED", "FINAL DECIDED")
    walk.at("3 12:00")
    walk.happened(("STATUS_CHANGED", DESK, "Nothing was heard for seven days. Now closed."))
    walk.queued("CLOSED", "FINAL DECIDED")
    timeline = [row(each) for each in walk.asked.seen(TIMELINE)["timeline"]["nodes"]]
    assert timeline == [("19 10:30", "CREATED", "Meera", "The ticket was opened."), *walk.history]
    assert walk.mails.empty
    promises_add_up(walk)
    figures_tell(walk)


def asks(client: Client, mails: Mailbox) -> Asked:
    """Lata asks about her account; Meera searches, opens a page, and asks about her money."""
    lata = opened(client, LATA, topic="ACCOUNT", subject="Sign in")
    assert mails.next()[1] == f"We have your request: Sign in [{lata.reference}]"
    found = client.ask(SEARCH, headers=VISITOR, q="payout late")["search"]
    page = next(each for each in found["nodes"] if each["slug"] == "payouts")
    position = found["nodes"].index(page) + 1
    opening = {"searchId": found["searchId"], "page": page["id"], "position": position}
    assert client.ask(OPEN, headers=VISITOR, input=opening)["recordOpen"] == {"recorded": True, "userErrors": []}
    given = {"subject": SUBJECT, "body": "Since Monday.", "topic": "PAYMENTS", "name": "Meera", "email": MEERA}
    given |= {"searchId": found["searchId"], "readBefore": [page["id"]], "idempotencyKey": str(uuid4())}
    first, again = (only(client.ask(CREATE, headers=VISITOR, input=given)) for _ in range(2))
    assert first == again
    assert "payouts" in [each["node"]["slug"] for each in first["suggestions"]]
    to, subject, text = mails.next()
    assert (to, subject) == (MEERA, f"We have your request: {SUBJECT} [{first['ticket']['reference']}]")
    assert "It is critical: we aim to solve it by Thursday, 19 November 2026, 14:30 IST." in text
    assert "You will have an answer" not in text
    reference, _, secret = link(text, "/t/").partition(".")
    assert (reference, secret) == (first["ticket"]["reference"], first["accessToken"])
    assert [each["reference"] for each in client.ask(QUEUE, viewer=ASHA)["tickets"]["nodes"]] == [
        reference,
        lata.reference,
    ]
    assert lata.by(ASHA, REPLY, body="Solved.", resolve=True)["ticket"] == {"status": "RESOLVED"}
    assert mails.next()[0] == LATA.email
    return Asked(client, first["ticket"]["id"], reference, secret, None)


def is_asked_back(walk: Walk) -> None:
    """The agent cites the page and asks; until the answer comes the promise of a resolution stands still."""
    asked, page = walk.asked, walk.client.ask('{ article(slug: "payouts") { id } }')["article"]["id"]
    walk.refused("INVALID_STATE", asked.by_requester(REQUEST, reason="Now, please."))
    walk.at("19 11:00")
    walk.done(asked.by(ASHA, UPDATE, assignToMe=True))
    walk.happened(("ASSIGNED", "Asha Rawat", "Somebody took it on."))
    walk.queued("NEW")
    walk.done(asked.by(ASHA, REPLY, body="Which bank?", articles=[page]))
    walk.happened(
        ("REPLIED", "Asha Rawat", "Support replied."),
        ("TARGET_MET", DESK, "First response: given in time."),
        ("STATUS_CHANGED", "Asha Rawat", "Now waiting on the customer."),
    )
    walk.queued("WAITING_ON_CUSTOMER")
    text = walk.mailed("Re")
    assert "Which bank?" in text
    assert "http://kb.test/articles/payouts " in text


def is_resolved(walk: Walk) -> None:
    walk.at("19 14:00")
    walk.done(walk.asked.by_requester(REPLY, body="The one in Almora."))
    walk.happened(("REPLIED", "Meera", "The customer wrote."), ("STATUS_CHANGED", "Meera", "Now open."))
    walk.queued("OPEN")
    walk.at("19 15:00")
    walk.done(walk.asked.by(ASHA, REPLY, body="It is on its way.", resolve=True))
    walk.happened(
        ("REPLIED", "Asha Rawat", "Support replied."),
        ("TARGET_MET", DESK, "Next response: given in time."),
        ("TARGET_MET", DESK, "Resolution: given in time."),
        ("STATUS_CHANGED", "Asha Rawat", "Now resolved."),
    )
    walk.queued("RESOLVED")
    assert "It is on its way." in walk.mailed("Resolved")


def page_changes(walk: Walk) -> None:
    """What was sent stays as it read then, and says that the page reads differently now."""
    cited = "{ messages(first: 10) { nodes { articles { outdated page { slug } } } } }"
    for outdated in (False, True):
        [[citation]] = [each["articles"] for each in walk.asked.seen(cited)["messages"]["nodes"] if each["articles"]]
        assert citation == {"outdated": outdated, "page": {"slug": "payouts"}}
        (walk.content / "articles/payments/payouts.md").write_text(
            "---\ntitle: When payouts arrive\n---\nIn five days.\n"
        )
        walk.client.live.refresh()


def first_stage(walk: Walk) -> None:
    asked = walk.asked
    walk.at("19 15:30")
    walk.done(asked.by_requester(REQUEST, reason="It is not here."))
    walk.happened(
        ("ESCALATED", "Meera", "First Escalation was requested."),
        ("REOPENED", "Meera", "Opened again for the escalation."),
    )
    walk.queued("OPEN", "FIRST REQUESTED")
    walk.mailed("Escalated")
    walk.refused("INVALID_STATE", asked.by_requester(REQUEST, reason="And the next stage."))  # two at once
    for viewer in (ASHA, OM):
        walk.refused("NOT_ALLOWED", asked.by(viewer, START))
    walk.refused("INVALID_STATE", asked.by(SENIOR, DECIDE, decision="No.", resolve=False))  # not reviewed yet
    walk.refused("INVALID_STATE", asked.by(ASHA, UPDATE, status="RESOLVED"))
    assert _case(walk) == {
        "with": "Waiting for a senior agent to review it.",
        "review": "20 15:30",
        "update": "20 18:00",
    }
    walk.at("19 16:00")
    walk.done(asked.by(SENIOR, START))
    walk.happened(("ESCALATION_UPDATED", "Dev Joshi", "The review of First Escalation has begun."))
    walk.queued("OPEN", "FIRST UNDER_REVIEW")
    walk.at("19 19:31")  # four hours after it was opened again
    walk.happened(("TARGET_BREACHED", DESK, "Resolution: not given in time."))
    walk.queued("OPEN", "FIRST UNDER_REVIEW")
    walk.at("20 11:00")
    news(walk, SENIOR, "First Escalation", "FIRST")
    assert _case(walk) == {
        "with": "Dev Joshi (senior agent) is reviewing it.",
        "review": "20 15:30",
        "update": "21 18:00",
    }
    walk.at("20 12:00")
    decided(walk, SENIOR, "First Escalation", "FIRST", resolve=False)


def second_stage(walk: Walk) -> None:
    """Of the technical team: its specialists alone review it. Saturday is a business day, Sunday and a holiday are not."""
    asked = walk.asked
    walk.at("20 12:30")
    walk.done(asked.by_requester(REQUEST, reason="It is not here yet."))
    walk.happened(("ESCALATED", "Meera", "Second Escalation was requested."))
    walk.queued("OPEN", "SECOND REQUESTED")
    walk.mailed("Escalated")
    for viewer in (SENIOR, OUTSIDER):
        walk.refused("NOT_ALLOWED", asked.by(viewer, START))
    waiting = "Waiting for a specialist of the technical team to review it."
    assert _case(walk) == {"with": waiting, "review": "25 18:00", "update": "21 18:00"}
    walk.at("21 10:30")
    walk.done(asked.by(OM, START))
    walk.happened(("ESCALATION_UPDATED", "Om Bhatt", "The review of Second Escalation has begun."))
    walk.queued("OPEN", "SECOND UNDER_REVIEW")
    walk.at("21 16:00")
    assert "by Saturday, 21 November 2026, 18:00 IST" in walk.mailed("Update due", OM.email)
    walk.at("21 17:00")
    news(walk, OM, "Second Escalation", "SECOND")
    walk.at("23 11:00")
    decided(walk, OM, "Second Escalation", "SECOND", resolve=False)


def final_stage(walk: Walk) -> None:
    """An update is forgotten on the way."""
    asked = walk.asked
    walk.at("23 11:30")
    walk.done(asked.by_requester(REQUEST, reason="Who decides?"))
    walk.happened(("ESCALATED", "Meera", "Final Resolution was requested."))
    walk.queued("OPEN", "FINAL REQUESTED")
    walk.mailed("Escalated")
    walk.refused("NOT_ALLOWED", asked.by(OM, START))
    assert _case(walk) == {
        "with": "Waiting for upper management to review it.",
        "review": "30 18:00",
        "update": "25 18:00",
    }
    walk.at("23 12:00")
    walk.done(asked.by(NILA, START))
    walk.happened(("ESCALATION_UPDATED", "Nila Thapa", "The review of Final Resolution has begun."))
    walk.queued("OPEN", "FINAL UNDER_REVIEW")
    walk.at("25 18:01")
    walk.happened(("TARGET_BREACHED", DESK, "Update on the escalation: not given in time."))
    walk.queued("OPEN", "FINAL UNDER_REVIEW")
    walk.mailed("Update due", NILA.email)
    walk.at("26 11:00")
    news(walk, NILA, "Final Resolution", "FINAL", late=True)
    walk.at("26 12:00")
    decided(walk, NILA, "Final Resolution", "FINAL", resolve=True)
    for document in (REQUEST, REOPEN):
        walk.refused("INVALID_STATE", asked.by_requester(document, reason="Once more."))


def news(walk: Walk, viewer: Viewer, title: str, level: str, *, late: bool = False) -> None:
    walk.done(walk.asked.by(viewer, POST, text="We asked the bank."))
    walk.happened(
        ("ESCALATION_UPDATED", viewer.name, f"There is news on {title}."),
        ("TARGET_MET", DESK, f"Update on the escalation: given {'late' if late else 'in time'}."),
    )
    walk.queued("OPEN", f"{level} UNDER_REVIEW")
    assert "We asked the bank." in walk.mailed("Update on your case")


def decided(walk: Walk, viewer: Viewer, title: str, level: str, *, resolve: bool) -> None:
    walk.done(walk.asked.by(viewer, DECIDE, decision=f"So says {viewer.name}.", resolve=resolve))
    walk.happened(
        ("TARGET_MET", DESK, "Review of the escalation: given in time."),
        ("ESCALATION_DECIDED", viewer.name, f"{title} was decided."),
    )
    if resolve:
        walk.happened(("TARGET_MET", DESK, "Resolution: given late."), ("STATUS_CHANGED", viewer.name, "Now resolved."))
    walk.queued("RESOLVED" if resolve else "OPEN", f"{level} DECIDED")
    text = walk.mailed("Decision on your case")
    assert f"So says {viewer.name}." in text
    assert ("the decision is final" in text) is resolve


def _case(walk: Walk) -> dict[str, str | None]:
    found = walk.asked.seen(CASE)["escalation"]
    return {
        "with": found["currentlyWith"],
        "review": when(found["reviewDueAt"]),
        "update": when(found["nextUpdateDueAt"]),
    }


def promises_add_up(walk: Walk) -> None:
    """What holds no longer is not told: the updates of stages that were decided."""
    assert [promised(each) for each in walk.asked.seen(TARGETS)["targets"]] == [
        ("FIRST_RESPONSE", "20 10:30", "19 11:00", False, "24 hours"),
        ("RESOLUTION", "19 17:30", "19 15:00", False, "4 hours"),  # three hours later than without the question
        ("NEXT_RESPONSE", "20 14:00", "19 15:00", False, "24 hours"),
        ("RESOLUTION", "19 19:30", "26 12:00", True, "4 hours"),
        ("ESCALATION_REVIEW", "20 15:30", "20 12:00", False, "8 hours"),
        ("ESCALATION_UPDATE", "20 18:00", "20 11:00", False, "1 days"),
        ("ESCALATION_REVIEW", "25 18:00", "23 11:00", False, "3 days"),
        ("ESCALATION_UPDATE", "21 18:00", "21 17:00", False, "1 days"),
        ("ESCALATION_REVIEW", "30 18:00", "26 12:00", False, "5 days"),
        ("ESCALATION_UPDATE", "25 18:00", "26 11:00", True, "1 days"),
    ]


def figures_tell(walk: Walk) -> None:
    """Of Lata's ticket, too: opened and answered in the same moment."""
    assert walk.client.insights.log.flush()
    found = walk.client.ask(FIGURES, viewer=ASHA, since="2026-11-19", until="2026-12-03")["insights"]
    assert (found["searches"], found["ticketsAfterSearch"]) == (1, 1)
    hour = 3600
    assert [tuple(each.values()) for each in found["targets"]] == [
        ("FIRST_RESPONSE", 2, 0, hour // 4),
        ("NEXT_RESPONSE", 1, 0, hour),
        ("RESOLUTION", 1, 1, (4.5 + 164.5) / 2 * hour),
        ("ESCALATION_REVIEW", 3, 0, 70.5 * hour),
        ("ESCALATION_UPDATE", 2, 1, 28.5 * hour),
    ]
    days = [(each.pop("date")[5:], *each.values()) for each in found["byDay"]]
    assert (len(days), [day for day in days if any(day[1:])]) == (
        15,
        [
            ("11-19", 1, 2, 1, 4, 1),
            ("11-20", 0, 0, 1, 2, 0),
            ("11-21", 0, 0, 0, 1, 0),
            ("11-23", 0, 0, 1, 1, 0),
            ("11-25", 0, 0, 0, 0, 1),
            ("11-26", 0, 0, 0, 1, 0),
        ],
    )
    outcome = walk.client.ask(OUTCOME, viewer=ASHA)["article"]["outcome"]
    assert outcome == {"linkedInReplies": 1, "ticketsResolvedAfterLink": 1, "ticketsReopenedAfterLink": 1}
