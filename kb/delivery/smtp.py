"""Mail by SMTP: a batch over one connection. Nothing that a server says is kept but its code: it quotes addresses."""

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from aiosmtplib.errors import SMTPNotSupported

from kb.delivery.message import Sealed
from kb.delivery.queue import Failed, Outcome, Sent

PORTS = {"smtp": 587, "smtps": 465}
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SECONDS = 15  # for each answer of the server
BATCH_SECONDS = 30
"""After which no other mail of a batch is begun: with the answers to the last one that is within `SEND_SECONDS`."""
HOPELESS = frozenset({550, 551, 552, 553, 554, 555, 556})
"""The mailbox or this mail is refused for good. Other codes of 500 and more are about us and the server: 530 and 535
want another password, 502 and 503 are a muddle; somebody will look after that, and the mail should still be there."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`smtps` is TLS from the first byte. `smtp` begins in the clear: STARTTLS is used where it is offered, and wanted
    where a password would go to another machine."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def start_tls(self) -> bool | None:
        if self.tls:
            return False
        return True if self.user and self.host not in LOCAL else None


def smtp_server(url: str) -> SmtpServer:
    """Of `smtp://user:password@host:port`, or `smtps://…`. Raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("expected smtp://user:password@host:port or smtps://…")
    user, password = (unquote(each) if each else None for each in (parts.username, parts.password))
    return SmtpServer(parts.hostname, parts.port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)


class SmtpPostOffice:
    """`tls` holds the authorities that are trusted; the system's where it is None."""

    def __init__(self, server: SmtpServer, *, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls

    async def post(self, mails: Sequence[Sealed]) -> list[Outcome]:
        """One after the other. Where the server cannot be reached or lets us go, what is left is to be tried again."""
        if not mails:
            return []
        server, done, begun = self._server, list[Outcome](), time.monotonic()
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.start_tls,
            tls_context=self._tls,
            timeout=SECONDS,
        )
        try:
            async with client:
                for mail in mails:
                    late = time.monotonic() > begun + BATCH_SECONDS
                    done.append(Failed("no time left") if late else await _posted(client, mail))
        except (SMTPException, OSError, ValueError) as error:
            done += [Failed(_reason(error))] * (len(mails) - len(done))
        return done


async def _posted(client: SMTP, mail: Sealed) -> Outcome:
    try:
        await client.send_message(mail.message)
    except SMTPRecipientsRefused as error:
        codes = {each.code for each in error.recipients}
        return Failed(f"recipient refused: {min(codes, default=0)}", final=codes <= HOPELESS)
    except SMTPResponseException as error:
        ours = isinstance(error, SMTPSenderRefused)  # KB_MAIL_FROM is not one that this server sends for
        return Failed(_reason(error), final=error.code in HOPELESS and not ours)
    except SMTPNotSupported as error:  # an address in another script, and a server of before RFC 6531
        return Failed(_reason(error), final=True)
    return Sent()


def _reason(error: Exception) -> str:
    code = getattr(error, "code", None)
    return type(error).__name__ + (f": {code}" if code else "")
