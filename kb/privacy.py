"""What people write, without what must not be stored: addresses, secrets, numbers of phones, cards, identity papers.

A number is masked where its check digit is right or its form is nobody else's, so that order numbers (OO-10482), error
codes and amounts survive; what begins and is as long as a card is masked even if mistyped, unless letters touch it.
Digits of every script count. Masked text masks to itself.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

EMAIL, UPI, CARD, AADHAAR, PAN, PHONE = "[email]", "[upi]", "[card]", "[aadhaar]", "[pan]", "[phone]"
TOKEN, IBAN, SSN = "[token]", "[iban]", "[ssn]"
PLACEHOLDER = re.compile(r"\[(?:email|upi|card|aadhaar|pan|phone|token|iban|ssn)\]")

# Possessive and begun at its edge: a long word is read once, where backtracking took seconds at 32,000 characters.
_OUTSIDE = r'\s@＠,;:<>()\[\]"'
_NAME = rf"(?<![^{_OUTSIDE}])[^{_OUTSIDE}]++"
_DOT = r"(?: ?\. ?| ?[(\[] ?dot ?[)\]] ?)"
_DOMAIN = rf"[^{_OUTSIDE}.]++(?:{_DOT}[^{_OUTSIDE}.]++)+"
_ADDRESS = re.compile(rf"{_NAME}[@＠](?P<domain>[^{_OUTSIDE}]*+)")
_SPACED_ADDRESS = re.compile(rf"{_NAME}(?: ?[@＠] ?| ?[(\[] ?at ?[)\]] ?){_DOMAIN}", re.IGNORECASE)
# As in the address of a page: jane%40example.com, and encoded twice jane%2540example.com.
_ENCODED_AT = r"%(?:25)*40"
_PIECE = rf"[^{_OUTSIDE}/=&?#]"
_ENCODED_ADDRESS = re.compile(
    rf"(?<!{_PIECE})(?:(?!{_ENCODED_AT}){_PIECE})++{_ENCODED_AT}(?P<domain>(?=[^\W_])[\w.%-]++)"
)

# A JWT begins with {" in base64, and may be cut; the links of a ticket and of a subscription open without a password.
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}+(?:\.[\w-]*+){0,4}")
_SECRET_LINK = re.compile(r"((?:/|%2f)(?:t|follow)(?:/|%2f))[\w.~%=-]{8,}+", re.IGNORECASE)

_IBAN = re.compile(  # ISO 13616: 15 to 34 characters
    r"(?<![a-z\d])[a-z]{2}\d\d(?:[ \u00a0-]?[a-z\d]{4}){2,7}(?:[ \u00a0-]?[a-z\d]{1,3})?(?![a-z\d])",
    re.IGNORECASE | re.ASCII,
)
_IBAN_GROUP = re.compile(r"[a-z\d]+", re.IGNORECASE | re.ASCII)

# The fourth letter says what the holder is. A tax number of a business (GSTIN) has its owner's PAN within.
_PAN = re.compile(
    r"(?<![^\W_])(?:\d\d)?[a-z]{3}[abcfghjklpt][a-z]\d{4}[a-z](?:[1-9a-z]z[\da-z])?(?![^\W_])", re.IGNORECASE
)
_SPACED_PAN = re.compile(r"(?<![^\W_])[A-Z]{3}[ABCFGHJKLPT][A-Z][ -]?\d{4}[ -]?[A-Z](?![^\W_])")

# People group digits by spaces, dots, hyphens and brackets, and paste characters that nobody sees.
_BREAK = r"[ \t\u00a0\u00ad\u2000-\u200f\u202f\u2060\ufeff.\-\u2010-\u2015()]{0,3}"
_RUN = re.compile(rf"\+?\d(?:{_BREAK}\d)*")
_GROUP = re.compile(r"\d+")
_LONGEST = 19
_CARD = re.compile(r"[2-6]\d{12,18}")  # payment cards by ISO/IEC 7812: travel, banking, merchandising
_AADHAAR = re.compile(r"[2-9]\d{11}")
_INDIAN = re.compile(r"(?:(?:00)?91|0)?[6-9]\d{9}|0[1-9]\d{9}")
_INTERNATIONAL = re.compile(r"\d{8,15}")
_ABROAD = re.compile(r"00[1-9]\d{8,13}")
_AMERICAN = [3, 3, 4]
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}")
_SOCIAL_SECURITY = [3, 2, 4]
_CARD_MISTYPED = re.compile(r"[3-6]\d{12,18}")
_CARD_GROUPS = ([4, 4, 4], [4, 6])  # how they begin on the card: two dates would make a card too

_PERMUTED = [
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
]


def masked(text: str) -> str:
    """The text with a placeholder such as `[email]` in the place of each thing that must not be stored."""
    once = _masked(text)
    while once != text:  # what touched something masked may stand free now: ABCPE1234F411141114111
        text, once = once, _masked(once)
    return once


def masked_numbers(text: str) -> str:
    """The same for what people write to support: card, Aadhaar and PAN numbers, UPI ids, tokens.

    Where there is a check digit it must be right, so that numbers of orders and accounts survive; addresses and phones
    stay, since people are called and written back to.
    """
    once = _masked_numbers(text)
    while once != text:
        text, once = once, _masked_numbers(once)
    return once


def _masked_numbers(text: str) -> str:
    text = _ADDRESS.sub(_upi, text) if "@" in text or "＠" in text else text
    text = _SECRET_LINK.sub(rf"\1{TOKEN}", _JWT.sub(TOKEN, text))
    text = _SPACED_PAN.sub(PAN, _PAN.sub(PAN, text))
    return _RUN.sub(partial(_numbers, kind=_checked), text)


def _masked(text: str) -> str:
    if "@" in text or "＠" in text or re.search(r"[(\[] ?at ?[)\]]", text, re.IGNORECASE):
        text = _SPACED_ADDRESS.sub(EMAIL, text)
        text = _ADDRESS.sub(_address, text)
    text = _ENCODED_ADDRESS.sub(_address, text) if "40" in text else text
    text = _IBAN.sub(_iban, _SECRET_LINK.sub(rf"\1{TOKEN}", _JWT.sub(TOKEN, text)))
    text = _SPACED_PAN.sub(PAN, _PAN.sub(PAN, text))
    return _RUN.sub(partial(_numbers, kind=_any_number), text)


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as in card numbers (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


def verhoeff(digits: str) -> bool:
    """Whether the last digit checks the others, as in Aadhaar numbers: Verhoeff (1969), in the dihedral group D5."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _multiplied(check, int(_PERMUTED[place % 8][int(digit)]))
    return check == 0


def _multiplied(a: int, b: int) -> int:
    """Turns of a pentagon are 0 to 4, mirrored ones 5 to 9."""
    turned = (a + b if a < 5 else a - b) % 5
    return turned + (5 if (a < 5) != (b < 5) else 0)


def _address(match: re.Match[str]) -> str:
    """A dot makes a mail address, as does a name whose domain is still to be typed; a bare word is a UPI handle."""
    domain = match["domain"].rstrip(".?!")
    if not match["domain"] and PLACEHOLDER.match(match.string, match.end()):  # a number was masked after a price's @
        return match[0]
    if not domain or "." in domain:
        return EMAIL + match["domain"][len(domain) :]
    return match[0] if domain[0].isdigit() else UPI + match["domain"][len(domain) :]  # shirts@499 is a price


def _upi(match: re.Match[str]) -> str:
    """A bare word behind the @ is a handle; mail addresses stay."""
    found = _address(match)
    return found if found.startswith(UPI) else match[0]


def _iban(match: re.Match[str]) -> str:
    """The longest beginning whose check digits are right: a word may follow that looks like a group."""
    for group in reversed(list(_IBAN_GROUP.finditer(match[0]))):
        compact = "".join(_IBAN_GROUP.findall(match[0][: group.end()]))
        if len(compact) >= 15 and _is_iban(compact):
            return IBAN + match[0][group.end() :]
    return match[0]


def _is_iban(compact: str) -> bool:
    """ISO 7064, MOD 97-10: letters count from 10, and the first four characters go last."""
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def _numbers(match: re.Match[str], *, kind: "Kind") -> str:
    """A run of digits with each number in it masked, the longest from the left."""
    run = match[0]
    places = [group.span() for group in _GROUP.finditer(run)]
    groups = ["".join(str(int(digit)) for digit in run[slice(*place)]) for place in places]
    pieces, kept, first = [], 0, 0
    while first < len(groups):
        plus = first == 0 and run[0] == "+"
        before = first == 0 and _is_letter(match.string[: match.start()][-1:])
        after = len(groups) - first if _is_letter(match.string[match.end() :][:1]) else 0
        count, placeholder = _longest(groups[first : first + _LONGEST], plus, before, after, kind)
        if placeholder:
            pieces += [run[kept : places[first][0] - plus], placeholder]
            kept = places[first + count - 1][1]
        first += count
    return "".join([*pieces, run[kept:]])


def _longest(groups: Sequence[str], plus: bool, before: bool, after: int, kind: "Kind") -> tuple[int, str]:
    """How many of the groups make a number, and its placeholder; (1, "") where they make none.

    A letter may touch the first group (`before`), or the last of so many (`after`).
    """
    for count in range(len(groups), 0, -1):
        if not 8 <= sum(map(len, groups[:count])) <= _LONGEST:
            continue
        if placeholder := kind(groups[:count], plus, before or count == after):
            return count, placeholder
    return 1, ""


Kind = Callable[[Sequence[str], bool, bool], str]
"""The placeholder of groups of digits, behind a plus or not, touched by letters or not; empty where they are none."""


def _any_number(groups: Sequence[str], plus: bool, glued: bool) -> str:
    return _kind(groups, plus) or _form(groups, plus, glued)


def _checked(groups: Sequence[str], plus: bool, glued: bool) -> str:
    """By its check digit alone."""
    digits = "".join(groups)
    if _CARD.fullmatch(digits) and luhn(digits):
        return CARD
    return AADHAAR if _AADHAAR.fullmatch(digits) and verhoeff(digits) else ""


def _kind(groups: Sequence[str], plus: bool) -> str:
    digits, sizes = "".join(groups), [len(group) for group in groups]
    if checked := _checked(groups, plus, False):
        return checked
    if min(sizes) == 1 < max(sizes):  # "7 128 256 512" is a choice of sizes, not a phone
        return ""
    called = plus and _INTERNATIONAL.fullmatch(digits)
    return PHONE if called or _INDIAN.fullmatch(digits) or sizes == _AMERICAN else ""


def _form(groups: Sequence[str], plus: bool, glued: bool) -> str:
    """By how it looks alone. Letters at its edge make it a reference of a bank or a parcel."""
    digits, sizes = "".join(groups), [len(group) for group in groups]
    if glued or plus:
        return ""
    if _CARD_MISTYPED.fullmatch(digits) and (len(sizes) == 1 or any(sizes[: len(g)] == g for g in _CARD_GROUPS)):
        return CARD
    if sizes == _SOCIAL_SECURITY:
        return SSN
    local = len(sizes) == 1 and _NORTH_AMERICAN.fullmatch(digits)
    return PHONE if local or (min(sizes) > 1 and _ABROAD.fullmatch(digits)) else ""


def _is_letter(character: str) -> bool:
    return character.isalpha() or character == "_"
