"""Mail by SMTP, to a real server."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import select

from kb.delivery.smtp import SmtpPostOffice, smtp_server
from kb.support.tables import Outbox, OutboxKind
from tests.kb.support.desks import HOUR, NOW, customer

MINUTE = timedelta(minutes=1)


@dataclass
class Inbox:
    """What a server does with who writes: `answers` by the command, in turn; then it takes the mail."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Any] = field(default_factory=list)
    users: list[bytes] = field(default_factory=list)

    def next(self, command: str) -> str:
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        answer = self.next("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, session, envelope):
        answer = self.next("DATA")
        if answer.startswith("250"):
            self.taken.append((session.ssl is not None, envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return answer

    def authenticate(self, _server, _session, _envelope, _mechanism, given):
        self.users.append(given.login)
        return AuthResult(success=isinstance(given, LoginPassword) and given.password == b"p@ss/word", handled=False)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/kb.db"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def listening(inbox: Inbox) -> Iterator[Callable[..., int]]:
    """Starts a server, and answers its port."""
    with ExitStack() as stack:

        def listening_(*, port: int = 0, **more: Any) -> int:
            server = Server(inbox, hostname="127.0.0.1", port=port, **more)
            server.start()
            stack.callback(server.stop, no_assert=True)
            return server.server.sockets[0].getsockname()[1]

        yield listening_


class Server(Controller):
    def _trigger_server(self) -> None:
        """Of its own it looks for a greeting at port 0."""
        with socket.create_connection(self.server.sockets[0].getsockname(), timeout=5) as connection:
            connection.recv(100)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    return key, cert


def outcome(database):
    wanted = select(Outbox.error, Outbox.failed_at).where(Outbox.kind == OutboxKind.MAIL)
    return database.read(lambda session: session.execute(wanted).all())


def post(port, **more):
    return SmtpPostOffice(smtp_server(f"smtp://127.0.0.1:{port}"), **more)


def test_mails_arrive(office, mailer, inbox, listening):
    port = listening()
    for number in range(3):
        office.open(by=customer(number))
    assert mailer(post(port)).round(NOW) == 3
    assert sorted(to for _, _, (to,), _ in inbox.taken) == [f"ravi{number}@shop.example" for number in range(3)]
    assert inbox.taken[0][1] == "no-reply@kb.test"
    assert b"Auto-Submitted: auto-generated\r\n" in inbox.taken[0][3]


def test_a_server_that_puts_strangers_off_gets_the_mail_later(office, database, mailer, inbox, listening):
    port = listening()
    inbox.answers = {"RCPT": ["450 4.2.0 Greylisted, ravi1@shop.example, come back later"] * 2}
    office.open()
    for at in (NOW, NOW + MINUTE):
        mailer(post(port)).round(at)
        assert outcome(database) == [("recipient refused: 450", None)]
    mailer(post(port)).round(NOW + HOUR)
    assert (len(inbox.taken), outcome(database)) == (1, [])


@pytest.mark.parametrize(("command", "reason"), [("RCPT", "recipient refused: 550"), ("DATA", "SMTPDataError: 554")])
def test_a_mailbox_that_is_not_there_is_given_up(office, database, mailer, inbox, listening, command, reason):
    port = listening()
    inbox.answers = {command: [f"{reason[-3:]} 5.1.1 ravi1@shop.example: no"]}
    office.open()
    mailer(post(port)).round(NOW)
    assert outcome(database) == [(reason, NOW)]


def test_one_that_is_refused_holds_up_no_others(office, database, mailer, inbox, listening):
    port = listening()
    inbox.answers = {"RCPT": ["250 OK", "550 no", "250 OK"]}
    for number in range(3):
        office.open(by=customer(number))
    mailer(post(port)).round(NOW)
    assert len(inbox.taken) == 2
    assert outcome(database) == [("recipient refused: 550", NOW)]


def test_a_server_that_is_down_gets_the_mail_when_it_is_up(office, database, mailer, inbox, listening, free_port):
    office.open()
    mailer(post(free_port)).round(NOW)
    assert outcome(database) == [("SMTPConnectError", None)]
    mailer(post(listening(port=free_port))).round(NOW + MINUTE)
    assert (len(inbox.taken), outcome(database)) == (1, [])


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(
    ("password", "result"), [("p%40ss%2Fword", []), ("wrong", [("SMTPAuthenticationError: 535", None)])]
)
def test_a_wrong_password_is_tried_again_since_somebody_will_mend_it(
    office, database, mailer, inbox, listening, password, result
):
    port = listening(authenticator=inbox.authenticate, auth_required=True, auth_require_tls=False)
    office.open()
    server = SmtpPostOffice(smtp_server(f"smtp://kb:{password}@127.0.0.1:{port}"))
    mailer(server).round(NOW)
    assert (outcome(database), set(inbox.users)) == (result, {b"kb"})


def test_tls_is_begun_where_it_is_offered(office, mailer, inbox, listening, certificate):
    key, cert = certificate
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(cert, key)
    port = listening(tls_context=ours, require_starttls=True)
    office.open()
    mailer(post(port, tls=ssl.create_default_context(cafile=cert))).round(NOW)
    assert [secure for secure, *_ in inbox.taken] == [True]


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(office, database, mailer, inbox, listening, certificate):
    key, cert = certificate
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(cert, key)
    port = listening(tls_context=ours)
    office.open()
    mailer(post(port)).round(NOW)
    ((error, failed_at),) = outcome(database)
    assert (inbox.taken, failed_at, error.startswith(("SMTP", "SSL"))) == ([], None, True)


def test_no_mail_of_a_batch_is_lost_when_the_server_lets_us_go(office, database, mailer, inbox, listening):
    port = listening()
    inbox.answers = {"RCPT": ["250 OK", "421 4.3.2 closing"]}
    for number in range(3):
        office.open(by=customer(number))
    mailer(post(port)).round(NOW)
    taken = len(inbox.taken)
    assert taken + len(outcome(database)) == 3
    assert all(failed_at is None for _, failed_at in outcome(database))
    mailer(post(port)).round(NOW + HOUR)
    assert len(inbox.taken) == 3


@pytest.mark.parametrize("address", ["http://a", "smtp://", "smtp://a/b", "smtp://a?x=y", "smtp://a:port"])
def test_an_address_of_a_server_must_be_one(address):
    with pytest.raises(ValueError, match=r"smtp://|Port"):
        smtp_server(address)


@pytest.mark.parametrize(
    ("address", "host", "port", "start_tls"),
    [
        ("smtp://mail.example", "mail.example", 587, None),
        ("smtp://kb:secret@mail.example", "mail.example", 587, True),
        ("smtps://kb:secret@mail.example", "mail.example", 465, False),
        ("smtp://kb:secret@[::1]:25", "::1", 25, None),
    ],
)
def test_a_password_is_sent_to_other_machines_by_tls_alone(address, host, port, start_tls):
    server = smtp_server(address)
    assert (server.host, server.port, server.start_tls) == (host, port, start_tls)
    assert "secret" not in repr(server)


def test_nobody_to_write_to_needs_no_server():
    assert asyncio.run(post(1).post([])) == []
