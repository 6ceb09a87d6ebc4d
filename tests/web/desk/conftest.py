"""The desk over a few pages and the support policy of the sample content; tests open tickets of their own."""

from uuid import uuid4

import pytest

from tests.schema.desk.asking import CREATE, FILES, RAVI, REQUEST, RESOLVE
from tests.support import write
from tests.web.desk.agents import Browser


@pytest.fixture(scope="session")
def service(open_client, tmp_path_factory):
    return open_client(write(tmp_path_factory.mktemp("desk") / "content", FILES))


@pytest.fixture(scope="session")
def signed_in(service):
    """A browser of somebody; of nobody without a viewer."""
    return lambda viewer=None: Browser(service, viewer)


@pytest.fixture(scope="session")
def open_ticket(service):
    """Opens a ticket and answers its reference."""

    def open_(viewer=RAVI, *, subject="Where is my payout?", topic="ACCOUNT", **more):
        given = {"subject": subject, "body": "A late payout.", "topic": topic, "idempotencyKey": str(uuid4()), **more}
        return service.ask(CREATE, viewer=viewer, input=given)["createTicket"]["ticket"]["reference"]

    return open_


@pytest.fixture(scope="session")
def escalated(service, open_ticket):
    """Opens a ticket, resolves it and asks for the first stage, as its requester."""

    def escalated_():
        reference = open_ticket()
        service.ask(RESOLVE, viewer=RAVI, input={"reference": reference})
        given = {"reference": reference, "reason": "It was not solved.", "idempotencyKey": str(uuid4())}
        answer = service.ask(REQUEST, viewer=RAVI, input=given)["requestEscalation"]
        assert answer["userErrors"] == []
        return reference

    return escalated_
