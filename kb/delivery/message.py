"""A letter as a mail: text and HTML of the same words, and the headers that programs read."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kb.delivery.letter import Letter
from kb.library.markdown import to_html

TEMPLATES = Path(__file__).with_name("templates")
_LINKS = frozenset({"http", "https", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Sealed:
    """A mail ready to go, and by what a kept copy is found when its reader is erased."""

    id: UUID
    name: str
    message: EmailMessage
    files: tuple[str, ...]


def seal(letter: Letter, *, id: UUID, name: str, sender: str, host: str, home: str, created_at: datetime) -> Sealed:
    """`id` is that of the outbox row: sent again after a crash, it is the same mail to whoever reads it."""
    letter = replace(letter, name=_line(letter.name or "") or None)
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(sender)
    message["To"] = Address(letter.name or "", addr_spec=letter.to)
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = f"<{id.hex}@{host}>"
    if letter.thread:
        message["References"] = message["In-Reply-To"] = f"<{letter.thread.hex}@{host}>"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    values = {"letter": letter, "words": letter.words, "home": home}
    templates = _environment(letter.words.locale)
    message.set_content(templates.get_template("mail.txt").render(values), cte="quoted-printable")
    html = templates.get_template("mail.html").render(values)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.words.locale
    return Sealed(id, name, message, letter.files)


@cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: bool(name) and str(name).endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = _quoted
    environment.filters["html"] = lambda text: Markup(to_html(text, locale=locale, resolve=_resolve, keep_title=True))
    return environment


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _resolve(target: str, image: bool) -> str | None:
    """Links that lead somewhere out of a mail. A picture is told by its text: it would tell when the mail is read."""
    return target if not image and urlsplit(target).scheme.lower() in _LINKS else None


def _mailbox(sender: str) -> Address:
    name, address = parseaddr(sender)
    return Address(name, addr_spec=address)


def _line(text: str) -> str:
    """Names come from the host app's tokens: a line break in a header would begin another."""
    return "".join(each if each.isprintable() else " " for each in text).strip()
