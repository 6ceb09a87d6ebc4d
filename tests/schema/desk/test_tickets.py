"""Asking, answering, resolving, reopening, rating: as requesters do it and as they are refused."""

import pytest

from tests.schema.desk.asking import (
    ASHA,
    CONDUCT,
    CREATE,
    FILES,
    LATA,
    MANAGER,
    NO_TICKET,
    RATE,
    RAVI,
    REOPEN,
    REPLY,
    RESOLVE,
    error,
    key,
    only,
    opened,
    resolved,
)

WHOLE = """{
  subject status topic severity channel plan locale team order resolvedAt
  requester { name role email conduct { status until reason } } accountManager { name email } assignee { name }
  messages { totalCount nodes { bodyMarkdown bodyHtml internal author { name role } } }
  timeline { nodes { kind text actor { name } } }
  targets { kind paused metAt breached clock promise }
  escalation { level } canEscalate { allowed nextLevel }
  readBefore { slug } linkedArticles { title } policy { slug version } satisfaction { score }
}"""


def create(client, viewer=None, **given):
    return client.ask(CREATE, viewer=viewer, input={"topic": "PAYMENTS", **given})["createTicket"]


def page_id(client, slug, viewer=ASHA):
    return client.ask(f'{{article(slug:"{slug}"){{id}}}}', viewer=viewer)["article"]["id"]


def test_a_customer_asks_and_sees_the_whole_of_it(desk):
    asked = opened(desk, RAVI, order="INV-2041", readBefore=[page_id(desk, "payouts"), "nonsense"])
    assert asked.token is None
    assert asked.seen(WHOLE) == {
        "subject": "The payout is late",
        "status": "NEW",
        "topic": "PAYMENTS",
        "severity": "CRITICAL",
        "channel": "WEB",
        "plan": "STARTUP",
        "locale": "en",
        "team": "payments",
        "order": "INV-2041",
        "resolvedAt": None,
        "requester": {
            "name": "Ravi Negi",
            "role": "CUSTOMER",
            "email": "ravi@shop.example",
            "conduct": {"status": "GOOD", "until": None, "reason": None},
        },
        "accountManager": {"name": "Isha Bisht", "email": "isha@ooulet.example"},
        "assignee": None,
        "messages": {
            "totalCount": 1,
            "nodes": [
                {
                    "bodyMarkdown": "It should be here since **Monday**.",
                    "bodyHtml": "<p>It should be here since <strong>Monday</strong>.</p>\n",
                    "internal": False,
                    "author": {"name": "Ravi Negi", "role": "CUSTOMER"},
                }
            ],
        },
        "timeline": {"nodes": [{"kind": "CREATED", "text": "The ticket was opened.", "actor": {"name": "Ravi Negi"}}]},
        "targets": [
            {
                "kind": kind,
                "paused": False,
                "metAt": None,
                "breached": False,
                "clock": "ELAPSED",
                "promise": promise,
            }
            for kind, promise in (
                ("FIRST_RESPONSE", "Email Support: Within 24 hours for general inquiries."),
                (
                    "RESOLUTION",
                    "For critical issues, such as service outages or payment problems, we prioritize your request and "
                    "aim to provide resolutions within 2-4 hours",
                ),
            )
        ],
        "escalation": None,
        "canEscalate": {"allowed": False, "nextLevel": "FIRST"},
        "readBefore": [{"slug": "payouts"}],
        "linkedArticles": [],
        "policy": {"slug": "customer-support", "version": "2024-10-30"},
        "satisfaction": None,
    }


def test_a_visitor_is_given_the_secret_of_a_link_and_pages_that_may_answer(desk):
    payload = create(desk, subject="Late payout", body="Where is it?", name="Meera", email="meera@home.example")
    assert payload["userErrors"] == []
    assert len(payload["accessToken"]) == 43
    assert [each["node"]["slug"] for each in payload["suggestions"]] == ["payouts", "fees"]
    seen = desk.ask(
        "query($r: String!, $t: String) { ticket(reference: $r, accessToken: $t) { requester { name email conduct { status } } plan } }",
        r=payload["ticket"]["reference"].replace("-", " ").lower(),
        t=payload["accessToken"],
    )
    own = {"name": "Meera", "email": "meera@home.example", "conduct": {"status": "GOOD"}}
    assert seen == {"ticket": {"requester": own, "plan": "FREE"}}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"subject": " ", "body": "b", "email": "m@home.example"}, "REQUIRED", ["subject"]),
        ({"subject": "s" * 201, "body": "b", "email": "m@home.example"}, "TOO_LONG", ["subject"]),
        ({"subject": "s", "body": "", "email": "m@home.example"}, "REQUIRED", ["body"]),
        ({"subject": "s", "body": "b" * 20_001, "email": "m@home.example"}, "TOO_LONG", ["body"]),
        ({"subject": "s", "body": "b"}, "REQUIRED", ["email"]),
        ({"subject": "s", "body": "b", "email": "nobody"}, "INVALID", ["email"]),
        ({"subject": "s", "body": "b", "email": "m@home.example", "channel": "PHONE"}, "NOT_ALLOWED", ["channel"]),
        ({"subject": "s", "body": "b", "email": "m@home.example", "searchId": "x" * 65}, "INVALID", ["searchId"]),
        (
            {"subject": "s", "body": "b", "email": "m@home.example", "idempotencyKey": "1"},
            "INVALID",
            ["idempotencyKey"],
        ),
    ],
)
def test_what_cannot_be_accepted_is_told_at_its_field(desk, given, code, field):
    payload = create(desk, **given)
    assert (payload["ticket"], payload["accessToken"], payload["suggestions"]) == (None, None, [])
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, field)]


def test_a_retry_answers_the_first_ticket_and_another_input_is_a_conflict(desk):
    given = {"subject": "Late", "body": "Where?", "name": "Meera", "email": "m@home.example", "idempotencyKey": key()}
    first, again = create(desk, **given), create(desk, **given)
    assert (again["ticket"], again["accessToken"]) == (first["ticket"], first["accessToken"])
    assert create(desk, **(given | {"body": "Where now?"}))["userErrors"] == [
        error("IDEMPOTENCY_CONFLICT", "The key was used before with another input.", "idempotencyKey")
    ]


def test_card_numbers_are_masked_before_anything_is_stored(desk):
    asked = opened(desk, RAVI, subject="Card 4111 1111 1111 1111", body="My PAN is ABCPE1234F.")
    assert asked.seen("{ subject messages { nodes { bodyMarkdown } } }") == {
        "subject": "Card [card]",
        "messages": {"nodes": [{"bodyMarkdown": "My PAN is [pan]."}]},
    }


def test_without_a_policy_in_force_nothing_can_be_promised(serve):
    client = serve({"articles/hello.md": "# Hello\n\nHello.\n"})
    payload = create(client, subject="s", body="b", email="m@home.example")
    assert [each["code"] for each in payload["userErrors"]] == ["INVALID_STATE"]


def test_clients_may_create_twenty_and_then_one_now_and_then(serve):
    client = serve(FILES, rate_limits=True)
    for _ in range(20):
        opened(client)
    payload = create(client, subject="s", body="b", email="m@home.example")
    assert payload["ticket"] is None
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [("RATE_LIMITED", None)]
    assert payload["userErrors"][0]["message"].startswith("Too many requests: try again in ")
    assert create(client, ASHA, subject="s", body="b", email="m@home.example")["userErrors"] == []


@pytest.mark.parametrize("viewer", [None, LATA])
def test_a_ticket_of_somebody_else_is_as_if_it_were_not_there(desk, viewer):
    asked = opened(desk, RAVI)
    by_reference = "query($r: String!, $t: String) { ticket(reference: $r, accessToken: $t) { id } escalationStatus(reference: $r) { level } }"
    for reference in (asked.reference, "T000-000-000", "", "x" * 5_000):
        for token in (None, "a" * 43, "x"):
            answer = desk.ask(by_reference, viewer=viewer, r=reference, t=token)
            assert answer == {"ticket": None, "escalationStatus": None}
    for document, more in ((REPLY, {"body": "b"}), (RESOLVE, {}), (REOPEN, {"reason": "r"}), (RATE, {"score": 5})):
        payload = only(desk.ask(document, viewer=viewer, input={"reference": asked.reference, **more}))
        missing = only(desk.ask(document, viewer=viewer, input={"reference": "T482-193-754", **more}))
        assert payload["userErrors"] == missing["userErrors"] == [NO_TICKET]


def test_a_reply_of_the_customer_opens_it_and_one_of_an_agent_waits(desk):
    asked = opened(desk)
    by_agent = asked.by(ASHA, REPLY, body="Which bank is it?")
    assert by_agent["ticket"] == {"status": "WAITING_ON_CUSTOMER"}
    assert by_agent["message"]["author"] == {"name": "Asha Rawat", "role": "AGENT"}
    by_visitor = asked.by_requester(REPLY, body="The *Bank* of Doon.")
    assert by_visitor["ticket"] == {"status": "OPEN"}
    assert by_visitor["message"]["bodyHtml"] == "<p>The <em>Bank</em> of Doon.</p>\n"
    assert [
        each["bodyMarkdown"] for each in asked.seen("{ messages { nodes { bodyMarkdown } } }")["messages"]["nodes"]
    ] == [
        "It should be here since **Monday**.",
        "Which bank is it?",
        "The *Bank* of Doon.",
    ]


def test_messages_run_no_script_and_load_no_picture(desk):
    body = (
        "<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](https://ok.example) ![c](https://evil.example/p.png)"
    )
    html = opened(desk, RAVI).by_requester(REPLY, body=body)["message"]["bodyHtml"]
    assert not any(each in html for each in ("<script", "<img", "evil.example"))
    assert 'href="javascript' not in html
    assert 'href="https://ok.example"' in html


def test_an_agent_cites_what_the_requester_may_open(desk):
    asked = opened(desk)
    public, signed_in, internal = (page_id(desk, slug) for slug in ("payouts", "limits", "goodwill"))
    message = asked.by(ASHA, REPLY, body="See there.", articles=[public])["message"]
    assert message["articles"] == [
        {
            "title": "When payouts arrive",
            "url": "http://kb.test/articles/payouts",
            "outdated": False,
            "page": {"slug": "payouts"},
        }
    ]
    assert asked.seen("{ linkedArticles { title } }") == {"linkedArticles": [{"title": "When payouts arrive"}]}
    for given, code, place in (
        ([public, signed_in], "NOT_ALLOWED", "1"),
        ([internal], "NOT_ALLOWED", "0"),
        ([public, "nonsense"], "NOT_FOUND", "1"),
        (["article:payouts"], "NOT_FOUND", "0"),
    ):
        payload = asked.by(ASHA, REPLY, body="See there.", articles=given)
        assert payload["message"] is None
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, ["articles", place])]
    refused = asked.by_requester(REPLY, body="See there.", articles=[public])
    assert [(each["code"], each["field"]) for each in refused["userErrors"]] == [("NOT_ALLOWED", ["articles"])]
    assert opened(desk, RAVI).by(ASHA, REPLY, body="See.", articles=[signed_in])["userErrors"] == []


def test_a_citation_is_outdated_once_its_page_has_changed(fresh, tmp_path):
    asked = opened(fresh)
    asked.by(ASHA, REPLY, body="See there.", articles=[page_id(fresh, "fees")])
    before = asked.seen("{ linkedArticles { revision outdated } }")["linkedArticles"]
    (tmp_path / "content/articles/payments/fees.md").write_text(
        "---\ntitle: Payout fees\n---\nA payout costs a rupee.\n"
    )
    fresh.live.refresh()
    after = asked.seen("{ linkedArticles { revision outdated page { revision } } }")["linkedArticles"]
    assert [each["outdated"] for each in (*before, *after)] == [False, True]
    assert before[0]["revision"] == after[0]["revision"] != after[0]["page"]["revision"]


def test_resolving_reopening_and_rating(desk):
    asked = opened(desk, RAVI)
    assert asked.by_requester(RATE, score=5)["userErrors"] == [
        error("INVALID_STATE", "A ticket is rated when it is resolved.")
    ]
    payload = asked.by_requester(RESOLVE)
    assert payload["ticket"]["status"] == "RESOLVED"
    assert payload["ticket"]["resolvedAt"] is not None
    assert asked.by_requester(RATE, score=6)["userErrors"] == [error("INVALID", "A score goes from 1 to 5.", "score")]
    assert asked.by_requester(RATE, score=2, comment="Slow.")["ticket"]["satisfaction"] == {
        "score": 2,
        "comment": "Slow.",
    }
    assert asked.by_requester(RATE, score=4)["ticket"]["satisfaction"] == {"score": 4, "comment": None}
    assert asked.by(ASHA, RATE, score=1)["userErrors"] == [error("NOT_ALLOWED", "A ticket is rated by who asked.")]
    assert asked.by_requester(REOPEN, reason=" ")["userErrors"][0]["field"] == ["reason"]
    assert asked.by_requester(REOPEN, reason="It is late again.") == {
        "ticket": {"status": "OPEN", "resolvedAt": None},
        "userErrors": [],
    }


def test_a_closed_ticket_takes_no_messages(desk):
    asked = resolved(desk, RAVI)
    asked.by(
        ASHA,
        "mutation($input: UpdateTicketInput!) { updateTicket(input: $input) { userErrors { code } } }",
        status="CLOSED",
    )
    assert asked.by_requester(REPLY, body="Hello?")["userErrors"] == [
        error("INVALID_STATE", "This ticket is closed. Reopen it first, or open another one.")
    ]
    assert asked.by_requester(REOPEN, reason="It is back.")["ticket"]["status"] == "OPEN"


def test_a_suspended_person_is_told_why_and_still_reads(fresh):
    asked = resolved(fresh, LATA)
    standing = asked.by(MANAGER, CONDUCT, status="SUSPENDED", reason="Threats", until="2099-01-01T00:00:00Z")[
        "standing"
    ]
    assert standing == {"status": "SUSPENDED", "until": "2099-01-01T00:00:00Z", "reason": "Threats"}
    told = "Support is suspended for you until 1 January 2099, 05:30 IST. The reason: Threats."
    for document, more in ((REPLY, {"body": "b"}), (REOPEN, {"reason": "r"})):
        [refused] = asked.by_requester(document, **more)["userErrors"]
        assert (refused["code"], refused["message"].startswith(told)) == ("SUPPORT_SUSPENDED", True)
    assert create(fresh, LATA, subject="s", body="b")["userErrors"][0]["code"] == "SUPPORT_SUSPENDED"
    privacy = fresh.ask(CREATE, viewer=LATA, input={"subject": "s", "body": "b", "topic": "PRIVACY"})["createTicket"]
    assert privacy["userErrors"] == []
    assert asked.seen("{ canEscalate { allowed } subject }") == {
        "canEscalate": {"allowed": False},
        "subject": "The payout is late",
    }
    viewer = fresh.ask("{ viewer { conduct { status reason } } }", viewer=LATA)["viewer"]
    assert viewer == {"conduct": {"status": "SUSPENDED", "reason": "Threats"}}
