"""A mail server on a free port that takes what it is sent."""

import email
import re
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from queue import Empty, Queue
from typing import Any

import pytest
from aiosmtpd.controller import Controller

PATIENCE = 60  # seconds for a mail on a busy machine; nothing is measured


class Mailbox:
    """The mails of everybody, in the order in which they came; taken or not as `answer` says."""

    def __init__(self) -> None:
        self.url, self.answer = "", "250 OK"
        self._arrived: Queue[EmailMessage] = Queue()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert envelope.rcpt_tos == [mail["To"].addresses[0].addr_spec]
        self._arrived.put(mail)
        return self.answer

    def next(self) -> tuple[str, str, str]:
        """Whom the next mail is to, its subject, and its words, however the lines were broken."""
        try:
            mail = self._arrived.get(timeout=PATIENCE)
        except Empty:
            pytest.fail("no mail came")
        body = mail.get_body(("plain",))
        return mail["To"].addresses[0].addr_spec, mail["Subject"], " ".join(body.get_content().split()) if body else ""

    @property
    def empty(self) -> bool:
        return self._arrived.empty()


class _Server(Controller):
    def _trigger_server(self) -> None:
        """Of its own it looks for a greeting at port 0."""
        with socket.create_connection(self.server.sockets[0].getsockname(), timeout=5) as connection:
            connection.recv(100)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    server = _Server(made, hostname="127.0.0.1", port=0)
    server.start()
    made.url = f"smtp://127.0.0.1:{server.server.sockets[0].getsockname()[1]}"
    yield made
    server.stop(no_assert=True)


def link(text: str, form: str) -> str:
    """What the link of a form ends in, such as `/t/`."""
    found = re.search(rf"http://kb\.test{form}(\S+)", text)
    assert found, text
    return found[1]
