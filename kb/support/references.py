"""References of tickets and feedback, to be said on the phone: `T482-193-754`, eight random digits and a check digit.

The check digit is Verhoeff's: one wrong digit or two that changed places are told before anything is looked up.
"""

import re
import secrets
from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.privacy import verhoeff
from kb.support.tables import Feedback, Ticket

TICKET, FEEDBACK = "T", "F"
MOST = 64
"""Characters that are looked at: a reference has 12, and somebody may type spaces."""
_TAKEN: Mapping[str, InstrumentedAttribute[str]] = {TICKET: Ticket.reference, FEEDBACK: Feedback.reference}
_SPOKEN = re.compile(r"([A-Z]?)(\d{9})", re.ASCII)
_BETWEEN = re.compile(r"[\s.\-_/\u2010-\u2015\u2212]+")


def new_reference(session: Session, prefix: str, *, below: Callable[[int], int] = secrets.randbelow) -> str:
    """One that nothing has yet. It opens nothing by itself: that takes a sign-in or the secret of a link."""
    while True:
        digits = str(10_000_000 + below(90_000_000))
        check = next(each for each in "0123456789" if verhoeff(digits + each))
        reference = _written(prefix, digits + check)
        if session.scalar(select(_TAKEN[prefix]).where(_TAKEN[prefix] == reference)) is None:
            return reference


def normalised(text: str, prefix: str = TICKET) -> str | None:
    """The reference as it is stored, from one typed with other spaces, hyphens or case, or without its letter.

    None for what cannot be one.
    """
    if len(text) > MOST:
        return None
    found = _SPOKEN.fullmatch(_BETWEEN.sub("", text).upper())
    if found is None or found[1] not in ("", prefix) or not verhoeff(found[2]):
        return None
    return _written(prefix, found[2])


def _written(prefix: str, digits: str) -> str:
    return f"{prefix}{digits[:3]}-{digits[3:6]}-{digits[6:]}"
