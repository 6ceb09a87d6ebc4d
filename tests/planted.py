"""Personal data to look for in logs, and every way of giving it to the desk."""

import json
from typing import Any

import httpx2
from websockets.sync.client import connect

from kb.viewer import AccountManager, Role, Viewer
from tests.support import AGENT, token

EMAIL, NAME, CARD, SECRET = "jane.planted@example.com", "Jane_Planted", "4111111111111111", "tok-planted-5f0a"
PLANTED = (EMAIL, NAME, CARD, SECRET, "planted")
PERSON = Viewer(
    role=Role.CUSTOMER,
    subject="subject-planted",
    name=NAME,
    email=EMAIL,
    account_manager=AccountManager("Planted Manager", "manager.planted@example.com"),
)
CREATE = """
mutation Create($input: CreateTicketInput!) {
  createTicket(input: $input) { ticket { reference } accessToken userErrors { code } }
}
"""
TICKET = "query($r: String!, $t: String) { ticket(reference: $r, accessToken: $t) { subject requester { email } } }"
FOLLOW = "subscription($r: String!, $t: String) { ticketUpdated(reference: $r, accessToken: $t) { kind } }"
WORDS = f"{NAME} {CARD} {EMAIL}"
BY_REQUESTERS = {
    "replyToTicket ReplyToTicketInput": {"body": WORDS},
    "rateTicket RateTicketInput": {"score": 9, "comment": WORDS},
    "requestEscalation RequestEscalationInput": {"reason": WORDS, "idempotencyKey": EMAIL},
    "withdrawEscalation TicketInput": {},
    "resolveTicket TicketInput": {},
    "reopenTicket ReopenTicketInput": {"reason": WORDS},
}
BY_AGENTS = {
    "setConduct SetConductInput": {"status": "WARNED", "reason": WORDS},
    "addInternalNote AddInternalNoteInput": {"body": WORDS},
    "updateTicket UpdateTicketInput": {"team": NAME},
    "postEscalationUpdate PostEscalationUpdateInput": {"text": WORDS},
    "decideEscalation DecideEscalationInput": {"decision": WORDS, "resolve": False},
}
BESIDES = {
    "submitFeedback SubmitFeedbackInput": {"kind": "COMPLAINT", "text": WORDS, "name": NAME, "email": EMAIL},
    "voteOnPage VoteOnPageInput": {"page": EMAIL, "helpful": False, "reason": WORDS},
    "followPolicy FollowPolicyInput": {"slug": "customer-support", "email": EMAIL},
    "confirmFollow FollowTokenInput": {"token": SECRET},
    "unfollowPolicy FollowTokenInput": {"token": SECRET},
    "requestMyDataLink RequestMyDataLinkInput": {"email": EMAIL},
    "exportMyData MyDataInput": {"confirm": True, "token": SECRET},
    "eraseMyData MyDataInput": {"confirm": True, "token": SECRET},
}
"""What is sent by mutations, named with their inputs, beside the reference and the secret of a link."""
CODES = {"FORBIDDEN", "INTERNAL_SERVER_ERROR"}
"""The errors that answers may have: what is planted has to get through to what could log it."""


def plant_at_the_desk(url: str) -> list[str]:
    """Tickets full of it, and all that is done to them by whoever may and may not. Answers the secrets of their links.

    What has "boom" or "bang" in it is for the bugs of a service that has some.
    """
    by_agent, by_person = ({"authorization": f"Bearer {token(viewer)}"} for viewer in (AGENT, PERSON))
    secrets = []
    with httpx2.Client(base_url=url, timeout=30) as http:
        for subject in (f"Refund to {NAME}", f"boom {EMAIL}"):
            reference, secret = create(http, subject)
            secrets.append(secret)
            link = {"reference": reference, "accessToken": secret}
            for name, given in BY_REQUESTERS.items():
                change(http, name, link | given)
                change(http, name, {"reference": reference} | given, **by_agent)
                change(http, name, {"reference": SECRET} | given, **by_person)
            for name, given in BY_AGENTS.items():
                change(http, name, {"reference": reference} | given, **by_agent)
                change(http, name, {"reference": EMAIL} | given, **by_person)
            for words in (f"boom {WORDS}", f"bang {WORDS}"):
                change(http, "replyToTicket ReplyToTicketInput", link | {"body": words})
            read(http, {"r": reference, "t": secret})
            read(http, {"r": EMAIL, "t": SECRET})
            http.get(f"/t/{reference}.{secret}")
        for name, given in BESIDES.items():
            change(http, name, given)
            change(http, name, given, **by_person)
        for wrong in ({"email": f"{NAME} at home"}, {"topic": EMAIL}, {"idempotencyKey": EMAIL}, {EMAIL: CARD}):
            post(http, CREATE, {"input": asked(NAME) | wrong})
    follow(url, {"r": reference, "t": secret}, {"r": EMAIL, "t": SECRET})
    return secrets


def asked(subject: str) -> dict[str, str]:
    return {"subject": subject, "body": WORDS, "topic": "REFUND", "name": NAME, "email": EMAIL, "order": CARD}


def create(http: httpx2.Client, subject: str) -> tuple[str, str]:
    made = post(http, CREATE, {"input": asked(subject)})["data"]["createTicket"]
    assert made["userErrors"] == []
    return made["ticket"]["reference"], made["accessToken"]


def change(http: httpx2.Client, name: str, given: dict[str, Any], **headers: str) -> None:
    field, kind = name.split()
    document = f"mutation($input: {kind}!) {{ {field}(input: $input) {{ userErrors {{ message }} }} }}"
    answer = post(http, document, {"input": given}, **headers)
    assert {each["extensions"]["code"] for each in answer.get("errors", [])} <= CODES, answer


def read(http: httpx2.Client, variables: dict[str, str]) -> None:
    post(http, TICKET, variables)
    http.get("/graphql", params={"query": TICKET, "variables": json.dumps(variables)})


def follow(url: str, *variables: dict[str, str]) -> None:
    for each in variables:
        message = {"type": "subscribe", "id": "1", "payload": {"query": FOLLOW, "variables": each}}
        with connect(f"{url.replace('http', 'ws', 1)}/graphql", subprotocols=["graphql-transport-ws"]) as socket:
            socket.send(json.dumps({"type": "connection_init", "payload": {}}))
            assert json.loads(socket.recv(timeout=30))["type"] == "connection_ack"
            socket.send(json.dumps(message))
            if each["t"] == SECRET:
                assert json.loads(socket.recv(timeout=30))["type"] == "error"


def post(http: httpx2.Client, query: str, variables: object, **headers: str) -> Any:
    return http.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
