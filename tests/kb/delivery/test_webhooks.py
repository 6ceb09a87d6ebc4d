"""Webhooks, to a real receiver."""

import base64
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kb.delivery import http
from kb.delivery.dispatcher import Dispatcher
from kb.delivery.endpoints import Endpoint, read_endpoints
from kb.delivery.webhooks import WebhookCarrier, signature
from kb.errors import SetupError
from kb.support import escalations, feedback
from kb.support.feedback import NewFeedback
from kb.support.tables import FeedbackKind, Outbox, OutboxKind
from tests.kb.support.desks import HOUR, NOW, customer, visitor
from tests.support import TOP

GUIDE = TOP / "docs" / "operating.md"
MINUTE = timedelta(minutes=1)
KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@dataclass
class Receiver:
    """What came, and what is answered in turn; then 204."""

    answers: list[int] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?shop=1"

    @property
    def told(self) -> list[Any]:
        return [json.loads(body) for _, body in self.came]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/kb.db"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.answers.pop(0) if receiver.answers else 204
            if status == 0:
                receiver.hangs.wait(10)
                return
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield receiver
        receiver.hangs.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def hooks(database, desk) -> Callable[..., Dispatcher[Any]]:
    return lambda *endpoints: Dispatcher(database, WebhookCarrier(lambda: desk, endpoints))


def endpoint(receiver, *events, url=None):
    return Endpoint(url or receiver.url, events or ("*",), KEY)


def run(dispatcher, at):
    """What is split is delivered in the next round."""
    while dispatcher.round(at):
        pass


def left(database):
    wanted = select(Outbox.error, Outbox.attempts, Outbox.failed_at).where(Outbox.kind == OutboxKind.WEBHOOK)
    return database.read(lambda session: session.execute(wanted).all())


def test_an_endpoint_is_told_what_happened_and_not_what_was_said(office, database, hooks, receiver):
    ticket = office.open(subject="Secret words", body="More of them").ticket
    run(hooks(endpoint(receiver)), NOW)
    assert receiver.told == [
        {
            "type": "ticket.created",
            "timestamp": "2026-11-23T06:00:00+00:00",
            "data": {
                "ticket": {
                    "reference": ticket.reference,
                    "status": "NEW",
                    "topic": "ACCOUNT",
                    "severity": "NORMAL",
                    "channel": "WEB",
                    "plan": "STARTUP",
                    "team": ticket.team,
                    "breached": False,
                    "nextDueAt": "2026-11-24T06:00:00+00:00",
                    "escalation": None,
                    "url": f"http://kb.test/tickets/{ticket.reference}",
                }
            },
        }
    ]
    assert left(database) == []


def test_what_comes_is_signed(office, hooks, receiver):
    """As the libraries of Standard Webhooks check it, and as docs/operating.md shows."""
    office.open()
    run(hooks(endpoint(receiver)), NOW)
    headers, body = receiver.came[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"


def test_the_documented_check_knows_ours_from_others(office, hooks, receiver):
    """The program of docs/operating.md, as it stands there."""
    given: dict[str, Any] = {}
    exec(re.search(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL).group(1), given)
    at = datetime.now(UTC)
    office.open(at=at)
    run(hooks(endpoint(receiver)), at)
    headers, body = receiver.came[0]
    old = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)}
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    asked = [(headers, body, SECRET), (headers, body + b" ", SECRET), (old, body, SECRET), (headers, body, other)]
    assert [given["is_ours"](*each) for each in asked] == [True, False, False, False]


def test_every_event_is_documented():
    sources = "".join(
        path.read_text() for folder in ("support", "delivery") for path in (TOP / "kb" / folder).glob("*.py")
    )
    names = set(re.findall(r'outbox\.webhook\(\s*session, "([a-z_.]+)"', sources))
    assert len(names) >= 14
    assert [name for name in sorted(names) if f"`{name}`" not in GUIDE.read_text()] == []


def test_a_known_signature():
    """The example of the specification's libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [500, 503, 404, 301])
def test_a_refusal_is_tried_again_as_the_same_delivery(office, database, hooks, receiver, status):
    office.open()
    receiver.answers = [status]
    run(hooks(endpoint(receiver)), NOW)
    assert left(database) == [(f"status {status}", 1, None)]
    run(hooks(endpoint(receiver)), NOW + MINUTE)
    first, second = (headers for headers, _ in receiver.came)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert left(database) == []


def test_an_endpoint_that_is_gone_is_given_up(office, database, hooks, receiver):
    office.open()
    receiver.answers = [410]
    run(hooks(endpoint(receiver)), NOW)
    assert left(database) == [("status 410", 1, NOW)]


def test_an_endpoint_that_hangs_is_tried_again(office, database, hooks, receiver, monkeypatch):
    monkeypatch.setattr(http.post, "__kwdefaults__", {"tls": None, "seconds": 0.2})
    office.open()
    receiver.answers = [0]
    run(hooks(endpoint(receiver)), NOW)
    assert left(database) == [("TimeoutError", 1, None)]


def test_an_endpoint_that_is_down_keeps_no_other_from_being_told(office, database, hooks, receiver):
    office.open()
    down = endpoint(receiver, url="http://127.0.0.1:1/")
    run(hooks(endpoint(receiver), down), NOW)
    assert [each["type"] for each in receiver.told] == ["ticket.created"]
    assert left(database) == [("ConnectionRefusedError", 1, None)]


def test_an_endpoint_is_told_what_it_asked_for(office, database, hooks, receiver):
    ticket = office.open().ticket
    office.reply(ticket.reference, "No.", resolve=True)
    office.do(escalations.request, ticket.reference, "Please.", None, by=customer())
    office.do(feedback.submit, NewFeedback(kind=FeedbackKind.PRAISE, text="Thanks"), by=visitor())
    run(hooks(endpoint(receiver, "ticket.escalat*", "feedback.*")), NOW + HOUR)
    assert sorted(each["type"] for each in receiver.told) == ["feedback.received", "ticket.escalated"]
    escalated = next(each for each in receiver.told if each["type"] == "ticket.escalated")
    assert escalated["data"]["ticket"]["escalation"] == {"level": "FIRST", "state": "REQUESTED", "team": ticket.team}
    assert left(database) == []


def test_what_is_for_nobody_is_struck_off(office, database, hooks):
    office.open()
    run(hooks(), NOW)
    assert left(database) == []


def test_an_endpoint_that_was_taken_out_is_told_no_more(office, database, hooks, receiver):
    office.open()
    receiver.answers = [500]
    run(hooks(endpoint(receiver)), NOW)
    run(hooks(), NOW + MINUTE)
    assert (len(receiver.came), left(database)) == (1, [])


def test_what_is_gone_is_not_told(office, database, hooks, receiver):
    office.open()
    elsewhere = {"ticket": "00000000-0000-0000-0000-000000000001"}
    database.write(lambda session: session.execute(update(Outbox).values(data=elsewhere)))
    run(hooks(endpoint(receiver)), NOW)
    assert (receiver.came, left(database)) == ([], [])


def endpoints(tmp_path, text):
    file = tmp_path / "webhooks.yml"
    file.write_text(text)
    return read_endpoints(file)


def test_endpoints_are_read_from_a_file(tmp_path):
    read = endpoints(
        tmp_path,
        f"- url: https://app.example/hooks\n  secret: {SECRET}\n  events: [ticket.*]\n"
        f"- url: http://localhost:9/\n  secret: {SECRET}\n",
    )
    assert [(each.url, each.events, each.key) for each in read] == [
        ("https://app.example/hooks", ("ticket.*",), KEY),
        ("http://localhost:9/", ("*",), KEY),
    ]
    assert "kkk" not in repr(read)
    assert read_endpoints(None) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as YAML (ParserError)"),
        ("url: https://a.example", "must hold a list, each entry with a url and a secret"),
        ("- https://a.example", "entry 1, entry: Input should be a valid dictionary"),
        ("- url: https://a.example", "entry 1, secret: Field required"),
        (f"- {{url: 'http://a.example/', secret: {SECRET}}}", "entry 1, url: https is needed for another machine"),
        (f"- {{url: 'https://u:p@a.example/', secret: {SECRET}}}", "entry 1, url: no user, password or fragment in it"),
        (
            "- {url: 'https://a.example/', secret: hunter2}",
            "entry 1, secret: expected whsec_ and 24 to 64 random bytes",
        ),
        ("- {url: 'https://a.example/', secret: whsec_c2hvcnQ=}", "entry 1, secret: expected whsec_ and 24 to 64"),
        (f"- {{url: 'https://a.example/', secret: {SECRET}, event: x}}", "entry 1, event: Extra inputs"),
        (f"- {{url: 'https://a.example/', secret: {SECRET}, events: ['Ticket']}}", "entry 1, events.0: String should"),
        (f"- &a {{url: 'https://a.example/', secret: {SECRET}}}\n- *a", "names a URL twice"),
    ],
)
def test_a_bad_file_is_told_by_entry_and_without_its_secrets(tmp_path, text, message):
    with pytest.raises(SetupError) as caught:
        endpoints(tmp_path, text)
    told = str(caught.value)
    assert message in told
    assert told.startswith("KB_WEBHOOKS: ")
    assert not any(secret in told for secret in ("hunter2", "c2hvcnQ", SECRET))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SetupError, match=r"KB_WEBHOOKS: '.*' cannot be read as YAML \(FileNotFoundError\)"):
        read_endpoints(tmp_path / "nowhere.yml")
