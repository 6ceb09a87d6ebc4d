"""People of the desk, its documents, and the walk to each state that tests begin from."""

import email
import re
import time
from dataclasses import dataclass
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

from kb.viewer import AccountManager, Plan, Role, Viewer
from tests.support import TOP, Client

RAVI = Viewer(
    role=Role.CUSTOMER,
    subject="merchant-ravi",
    name="Ravi Negi",
    email="ravi@shop.example",
    plan=Plan.STARTUP,
    account_manager=AccountManager("Isha Bisht", "isha@ooulet.example"),
)
LATA = Viewer(role=Role.CUSTOMER, subject="merchant-lata", name="Lata Pant", email="lata@shop.example")
ASHA = Viewer(role=Role.AGENT, subject="agent-asha", name="Asha Rawat", email="asha@ooulet.example")
SENIOR = Viewer(role=Role.SENIOR_AGENT, subject="agent-dev", name="Dev Joshi")
SPECIALIST = Viewer(role=Role.SPECIALIST, subject="agent-om", name="Om Bhatt", teams=("payments", "technical"))
OUTSIDER = Viewer(role=Role.SPECIALIST, subject="agent-uma", name="Uma Rana", teams=("design",))
MANAGER = Viewer(role=Role.MANAGER, subject="agent-nila", name="Nila Thapa")
STAFF = [ASHA, SENIOR, SPECIALIST, MANAGER]

POLICY = (TOP / "content/policies/customer-support/2024-10-30.md").read_text(encoding="utf-8")
FILES = {
    "policies/customer-support/2024-10-30.md": POLICY,
    "policies/refund/2024-10-30.md": "---\ntitle: Refund Policy\n---\nA refund takes five days.\n",
    "articles/payments/_category.yml": "title: Payments\n",
    "articles/payments/payouts.md": "---\ntitle: When payouts arrive\n---\nA payout reaches the bank in two days.\n\n## Late\n\nA late payout waits for the bank.\n",
    "articles/payments/fees.md": "---\ntitle: Payout fees\n---\nA payout costs nothing.\n",
    "articles/payments/limits.md": "---\ntitle: Payout limits\nvisibility: signed_in\n---\nA payout has a limit.\n",
    "articles/desk/goodwill.md": "---\ntitle: Goodwill for a late payout\nvisibility: internal\n---\nA goodwill credit for a late payout.\n",
}
ERRORS = "userErrors { code message field }"
ESCALATION = (
    "{ level state currentlyWith requestedAt reviewDueAt nextUpdateDueAt updates { text author { name role } }"
    " stages { level title team state reason decision reviewer { name } } }"
)
CREATE = (
    "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id reference status } accessToken "
    f"suggestions {{ node {{ slug }} }} {ERRORS} }} }}"
)
REPLY = (
    "mutation($input: ReplyToTicketInput!) { replyToTicket(input: $input) { ticket { status } message { id "
    f"bodyMarkdown bodyHtml internal author {{ name role }} articles {{ title url outdated page {{ slug }} }} }} {ERRORS} }} }}"
)
NOTE = (
    "mutation($input: AddInternalNoteInput!) { addInternalNote(input: $input) { message { internal bodyMarkdown } "
    f"{ERRORS} }} }}"
)
CONDUCT = (
    "mutation($input: SetConductInput!) { setConduct(input: $input) { standing { status until reason } "
    f"{ERRORS} }} }}"
)
FEEDBACK = "{ id reference kind status text team response page { slug } author { name email } }"


def changing(name: str, input_type: str, payload: str) -> str:
    """The document of a mutation."""
    return f"mutation($input: {input_type}!) {{ {name}(input: $input) {{ {payload} {ERRORS} }} }}"


RESOLVE = changing("resolveTicket", "TicketInput", "ticket { status resolvedAt }")
REOPEN = changing("reopenTicket", "ReopenTicketInput", "ticket { status resolvedAt }")
RATE = changing("rateTicket", "RateTicketInput", "ticket { satisfaction { score comment } }")
UPDATE = changing(
    "updateTicket", "UpdateTicketInput", "ticket { status topic severity team assignee { name } targets { kind } }"
)
REQUEST = changing("requestEscalation", "RequestEscalationInput", f"ticket {{ status }} escalation {ESCALATION}")
WITHDRAW = changing("withdrawEscalation", "TicketInput", f"ticket {{ status }} escalation {ESCALATION}")
START = changing("startEscalationReview", "TicketInput", f"ticket {{ status }} escalation {ESCALATION}")
POST = changing("postEscalationUpdate", "PostEscalationUpdateInput", f"ticket {{ status }} escalation {ESCALATION}")
DECIDE = changing("decideEscalation", "DecideEscalationInput", f"ticket {{ status }} escalation {ESCALATION}")
SUBMIT = changing("submitFeedback", "SubmitFeedbackInput", f"feedback {FEEDBACK}")
REVIEW = changing("reviewFeedback", "ReviewFeedbackInput", f"feedback {FEEDBACK}")
VOTE = changing("voteOnPage", "VoteOnPageInput", "helpfulness { helpful notHelpful viewerVote }")


def error(code: str, message: str, *field: str) -> dict[str, Any]:
    return {"code": code, "message": message, "field": list(field) or None}


NO_TICKET = error("NOT_FOUND", "There is no such ticket.", "reference")


@dataclass(frozen=True)
class Asked:
    """A ticket and what its requester needs: an account or the secret of a link."""

    client: Client
    id: str
    reference: str
    token: str | None
    viewer: Viewer | None

    def input(self, **more: Any) -> dict[str, Any]:
        """As its requester sends it."""
        return {"reference": self.reference, "accessToken": self.token, **more}

    def by_requester(self, document: str, **more: Any) -> Any:
        """The payload of a mutation of the requester's."""
        return only(self.client.ask(document, viewer=self.viewer, input=self.input(**more)))

    def by(self, viewer: Viewer, document: str, **more: Any) -> Any:
        """The payload of a mutation of somebody else's."""
        return only(self.client.ask(document, viewer=viewer, input={"reference": self.reference, **more}))

    def seen(self, selection: str, viewer: Viewer | None = None) -> Any:
        """What the requester sees of it, or somebody else who is signed in."""
        document = f"query($reference: String!, $token: String) {{ ticket(reference: $reference, accessToken: $token) {selection} }}"
        token = self.token if viewer is None else None
        answer = self.client.ask(document, viewer=viewer or self.viewer, reference=self.reference, token=token)
        return answer["ticket"]


def only(data: dict[str, Any]) -> Any:
    [payload] = data.values()
    return payload


def opened(client: Client, viewer: Viewer | None = None, **more: Any) -> Asked:
    """A new ticket: of an account, else of a visitor."""
    given = {
        "subject": "The payout is late",
        "body": "It should be here since **Monday**.",
        "topic": "PAYMENTS",
        **more,
    }
    if viewer is None:
        given = {"name": "Meera", "email": "meera@home.example", **given}
    payload = client.ask(CREATE, viewer=viewer, input=given)["createTicket"]
    assert payload["userErrors"] == []
    ticket = payload["ticket"]
    return Asked(client, ticket["id"], ticket["reference"], payload["accessToken"], viewer)


def resolved(client: Client, viewer: Viewer | None = None, **more: Any) -> Asked:
    """A ticket that an agent has resolved."""
    asked = opened(client, viewer, **more)
    payload = asked.by(ASHA, REPLY, body="This is solved.", resolve=True)
    assert payload["ticket"] == {"status": "RESOLVED"}
    return asked


def escalated(client: Client, viewer: Viewer | None = None) -> Asked:
    """A ticket whose first stage was asked for."""
    asked = resolved(client, viewer)
    assert asked.by_requester(REQUEST, reason="It is not solved.")["userErrors"] == []
    return asked


def key() -> str:
    return str(uuid4())


def mailed(folder: Path, link: str) -> str:
    """What a link of that form ends in, in the first mail that has one."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        for path in folder.glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            if found := re.search(rf"http://kb.test/{link}(\S+)", body.get_content() if body else ""):
                return found[1]
        time.sleep(0.05)
    raise AssertionError(f"no mail has a link to {link}")
