"""Texts that people write into the desk: not empty, not too long, and without what must not be stored."""

import re

from kb.errors import Refused
from kb.privacy import masked_numbers

SUBJECT, BODY, REASON, COMMENT, NAME, EMAIL, ORDER, KEY = 200, 20_000, 5_000, 2_000, 200, 254, 100, 64
"""The most characters of each. A body is some seven pages; an address as long as RFC 5321 lets it be."""
_WORD, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+")
"""RFC 5321 without quotes, in ASCII: mail servers that take more are too few to promise an answer by."""
_UNSEEN = dict.fromkeys([*range(0x20), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])
_BREAKS = {0x09: " ", 0x0A: " ", 0x0D: " "}


def line(value: str | None, name: str, most: int, *, required: bool = True) -> str:
    """One line, spaces collapsed, masked; empty only where it is not required. Raises `Refused` at the field."""
    given = " ".join((value or "").translate(_BREAKS).translate(_UNSEEN).split())
    return _checked(given, name, most, required)


def text(value: str | None, name: str, most: int, *, required: bool = True) -> str:
    """Text with its line breaks, masked. Raises `Refused` at the field."""
    unseen = {code: None for code in _UNSEEN if code not in (0x09, 0x0A)}
    given = (value or "").replace("\r\n", "\n").replace("\r", "\n").translate(unseen).strip()
    return _checked(given, name, most, required)


def email(value: str | None, name: str = "email", *, required: bool = True) -> str | None:
    """A mail address, None where none was given and none is needed. Raises `Refused` at the field."""
    given = (value or "").strip()
    if not given:
        if required:
            raise Refused("REQUIRED", "An e-mail address is needed.", field=(name,))
        return None
    if len(given) > EMAIL:
        raise Refused("TOO_LONG", f"An e-mail address has at most {EMAIL} characters.", field=(name,))
    if not _ADDRESS.fullmatch(given):
        raise Refused("INVALID", "This is no e-mail address that we can write to.", field=(name,))
    return given


def _checked(given: str, name: str, most: int, required: bool) -> str:
    if required and not given:
        raise Refused("REQUIRED", f"`{name}` is needed.", field=(name,))
    if len(given) > most:
        raise Refused("TOO_LONG", f"`{name}` has {len(given)} characters; at most {most} are allowed.", field=(name,))
    return masked_numbers(given)[:most]  # a placeholder may be longer than what it stands for
