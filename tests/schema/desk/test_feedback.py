"""Feedback and its answers, votes on pages, and what insights tell of them."""

from uuid import uuid4

import pytest

from tests.schema.desk.asking import (
    ASHA,
    FEEDBACK,
    LATA,
    RAVI,
    REOPEN,
    REPLY,
    REVIEW,
    SUBMIT,
    VOTE,
    error,
    key,
    only,
    opened,
)

LIST = f"query($filter: FeedbackFilter, $first: Int, $after: String) {{ feedback(filter: $filter, first: $first, after: $after) {{ totalCount nodes {FEEDBACK} pageInfo {{ hasNextPage endCursor }} }} }}"
OWN = f"{{ viewer {{ feedback {{ totalCount nodes {FEEDBACK} }} }} }}"


def submit(client, viewer=None, **given):
    return only(client.ask(SUBMIT, viewer=viewer, input={"kind": "SUGGESTION", "text": "More colours.", **given}))


def page(client, slug, viewer=ASHA):
    return client.ask(f'{{article(slug:"{slug}"){{id}}}}', viewer=viewer)["article"]["id"]


def visitor():
    return {"kb-visitor": str(uuid4())}


def test_feedback_is_taken_in_reviewed_and_answered(fresh):
    given = submit(fresh, RAVI, page=page(fresh, "payouts"), kind="CONTENT")
    assert given["userErrors"] == []
    feedback = given["feedback"]
    assert feedback == {
        "id": feedback["id"],
        "reference": feedback["reference"],
        "kind": "CONTENT",
        "status": "RECEIVED",
        "text": "More colours.",
        "team": "content",
        "response": None,
        "page": {"slug": "payouts"},
        "author": {"name": "Ravi Negi", "email": "ravi@shop.example"},
    }
    assert fresh.ask(OWN, viewer=RAVI)["viewer"]["feedback"] == {"totalCount": 1, "nodes": [feedback]}
    answered = only(
        fresh.ask(REVIEW, viewer=ASHA, input={"id": feedback["id"], "status": "PLANNED", "response": "In May."})
    )
    assert answered == {"feedback": feedback | {"status": "PLANNED", "response": "In May."}, "userErrors": []}
    assert fresh.ask(OWN, viewer=RAVI)["viewer"]["feedback"]["nodes"][0]["response"] == "In May."


def test_a_visitor_may_stay_unknown(desk):
    assert submit(desk)["feedback"]["author"] is None
    named = submit(desk, name="Meera", email="meera@home.example")["feedback"]
    assert named["author"] == {"name": "Meera", "email": "meera@home.example"}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"text": ""}, "REQUIRED", "text"),
        ({"text": "x" * 5_001}, "TOO_LONG", "text"),
        ({"page": "nonsense"}, "NOT_FOUND", "page"),
        ({"email": "nobody"}, "INVALID", "email"),
        ({"idempotencyKey": "1"}, "INVALID", "idempotencyKey"),
    ],
)
def test_feedback_that_cannot_be_taken_in_says_why(desk, given, code, field):
    payload = submit(desk, **given)
    assert payload["feedback"] is None
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, [field])]


def test_feedback_on_a_page_that_is_not_for_the_viewer_finds_no_page(desk):
    assert submit(desk, page=page(desk, "goodwill"))["userErrors"] == [
        error("NOT_FOUND", "There is no such page.", "page")
    ]


def test_a_retry_of_feedback_is_one(fresh):
    given = {"idempotencyKey": key()}
    assert submit(fresh, RAVI, **given) == submit(fresh, RAVI, **given)
    assert fresh.ask(LIST, viewer=ASHA)["feedback"]["totalCount"] == 1


def test_agents_see_all_feedback_in_pages(fresh):
    made = [submit(fresh, RAVI, kind=kind)["feedback"]["reference"] for kind in ("PRAISE", "COMPLAINT", "CONTENT")]
    first = fresh.ask(LIST, viewer=ASHA, first=2)["feedback"]
    assert [each["reference"] for each in first["nodes"]] == made[:0:-1]
    rest = fresh.ask(LIST, viewer=ASHA, first=2, after=first["pageInfo"]["endCursor"])["feedback"]
    assert [each["reference"] for each in rest["nodes"]] == made[:1]
    for given, count in (
        ({"kinds": ["PRAISE"]}, 1),
        ({"statuses": ["DONE"]}, 0),
        ({"page": page(fresh, "payouts")}, 0),
        ({"page": "nonsense"}, 0),
    ):
        assert fresh.ask(LIST, viewer=ASHA, filter=given)["feedback"]["totalCount"] == count


def test_a_review_that_cannot_be_says_why(desk):
    feedback = submit(desk, RAVI)["feedback"]["id"]
    ticket = opened(desk, RAVI).id
    for given, code, field in (
        ({"id": "nonsense", "status": "DONE"}, "NOT_FOUND", ["id"]),
        ({"id": ticket, "status": "DONE"}, "NOT_FOUND", ["id"]),
        ({"id": feedback, "status": "DONE"}, "REQUIRED", ["response"]),
        ({"id": feedback, "status": "DONE", "response": "x" * 5_001}, "TOO_LONG", ["response"]),
    ):
        payload = only(desk.ask(REVIEW, viewer=ASHA, input=given))
        assert payload["feedback"] is None
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, field)]
    only(desk.ask(REVIEW, viewer=ASHA, input={"id": feedback, "status": "UNDER_REVIEW"}))
    again = only(desk.ask(REVIEW, viewer=ASHA, input={"id": feedback, "status": "RECEIVED"}))
    assert again["userErrors"] == [
        error("INVALID_STATE", "Feedback that is under review cannot become received.", "status")
    ]
    for viewer in (None, RAVI, LATA):
        answer = desk.post(REVIEW, viewer=viewer, input={"id": feedback, "status": "DONE", "response": "Done."})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


def test_a_voter_has_one_vote_and_sees_it(fresh):
    known, article = visitor(), page(fresh, "fees")
    votes = [
        only(fresh.ask(VOTE, headers=known, input={"page": article, "helpful": False, "reason": "Too short."})),
        only(fresh.ask(VOTE, headers=known, input={"page": article, "helpful": True})),
        only(fresh.ask(VOTE, viewer=RAVI, input={"page": article, "helpful": False})),
    ]
    assert [each["helpfulness"] for each in votes] == [
        {"helpful": 0, "notHelpful": 1, "viewerVote": False},
        {"helpful": 1, "notHelpful": 0, "viewerVote": True},
        {"helpful": 1, "notHelpful": 1, "viewerVote": False},
    ]
    document = '{article(slug:"fees"){helpfulness{helpful notHelpful viewerVote}}}'
    for more, vote in (({"headers": known}, True), ({"viewer": RAVI}, False), ({}, None), ({"viewer": LATA}, None)):
        assert fresh.ask(document, **more)["article"]["helpfulness"] == {
            "helpful": 1,
            "notHelpful": 1,
            "viewerVote": vote,
        }


def test_a_vote_needs_a_page_and_a_voter(desk):
    article, hidden = page(desk, "fees"), page(desk, "goodwill")
    for given, code, field in (
        ({"page": article, "helpful": True}, "REQUIRED", None),
        ({"page": hidden, "helpful": True}, "NOT_FOUND", ["page"]),
        ({"page": "nonsense", "helpful": True}, "NOT_FOUND", ["page"]),
    ):
        payload = only(desk.ask(VOTE, input=given))
        assert payload["helpfulness"] is None
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, field)]
    assert "KB-Visitor" in only(desk.ask(VOTE, input={"page": article, "helpful": True}))["userErrors"][0]["message"]
    long = {"page": article, "helpful": True, "reason": "x" * 2_001}
    assert only(desk.ask(VOTE, headers=visitor(), input=long))["userErrors"][0]["field"] == ["reason"]


def test_votes_order_articles_and_tell_writers_what_did_not_help(fresh):
    for slug, helpful in (("fees", True), ("payouts", False), ("payouts", False)):
        only(fresh.ask(VOTE, headers=visitor(), input={"page": page(fresh, slug), "helpful": helpful}))
    listed = "query($after: String) { articles(orderBy: MOST_HELPFUL, first: 1, after: $after) { nodes { slug } pageInfo { endCursor hasNextPage } } }"
    walked, after, more = [], None, True
    while more:
        found = fresh.ask(listed, after=after)["articles"]
        walked += [each["slug"] for each in found["nodes"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert walked == ["fees", "payouts"]
    insights = fresh.ask("{ insights { leastHelpful { slug helpfulness { notHelpful } } } }", viewer=ASHA)["insights"]
    assert insights == {"leastHelpful": [{"slug": "payouts", "helpfulness": {"notHelpful": 2}}]}


def test_what_became_of_citations_is_told_to_agents(fresh):
    asked, article = opened(fresh, RAVI), page(fresh, "fees")
    asked.by(ASHA, REPLY, body="See there.", articles=[article], resolve=True)
    asked.by_requester(REOPEN, reason="No.")
    document = '{article(slug:"fees"){outcome{linkedInReplies ticketsResolvedAfterLink ticketsReopenedAfterLink}}}'
    assert fresh.ask(document, viewer=ASHA)["article"]["outcome"] == {
        "linkedInReplies": 1,
        "ticketsResolvedAfterLink": 1,
        "ticketsReopenedAfterLink": 1,
    }
    for viewer in (None, RAVI):
        assert fresh.ask(document, viewer=viewer)["article"] == {"outcome": None}
