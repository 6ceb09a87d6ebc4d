"""Who a browser is, in three HttpOnly cookies: the host app's token, a random id, the tickets whose links were opened.

Forms carry a token bound to the session, else to the random id: what another site sends in our reader's name has none.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import time
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response

from schema.protocols import SESSION, VISITOR

TICKETS, DATA = "kb-tickets", "kb-data"
FORM_TOKEN = "form_token"
"""The name of the hidden field."""
MOST_TICKETS = 12
"""A cookie holds 4 kB; a ticket's secret with its reference takes 56 bytes."""
LONGEST_TOKEN = 3_900
YEAR, MONTH, HOUR = 365 * 24 * 3600, 30 * 24 * 3600, 3600


@dataclass(frozen=True, slots=True)
class Session:
    """`token` is the host app's, None for visitors; `tickets` are secrets by reference, the latest opened last; `data`
    is that of a link to a person's data."""

    visitor: str
    token: str | None = field(default=None, repr=False)
    tickets: Mapping[str, str] = field(default_factory=dict, repr=False)
    data: str | None = field(default=None, repr=False)
    new_visitor: bool = False

    @property
    def signed_in(self) -> bool:
        return self.token is not None


class Sessions:
    """Reads and writes the cookies. `root` is the path of the public URL, `secure` where that is one of https."""

    def __init__(
        self,
        secret: bytes,
        *,
        root: str = "",
        secure: bool = False,
        clock: Callable[[], float] = time,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._secret = secret
        self._path = f"{root}/"
        self._secure = secure
        self._clock = clock
        self._new_id = new_id

    def of(self, request: Request) -> Session:
        """A browser that comes without an id is given one, which `keep_visitor` sends."""
        token, visitor = request.cookies.get(SESSION), _uuid(request.cookies.get(VISITOR, ""))
        live = token if token and expiry(token) > self._clock() else None
        tickets = self._opened(request.cookies.get(TICKETS, ""))
        data = request.cookies.get(DATA) or None
        return Session(visitor or str(self._new_id()), live, tickets, data, new_visitor=visitor is None)

    def form_token(self, session: Session) -> str:
        return self._signed("form", session.token or session.visitor)

    def vouches(self, session: Session, given: str | None) -> bool:
        """Whether a form came from a page that this browser was sent."""
        return given is not None and _same(self.form_token(session), given)

    def sign_in(self, request: Request, response: Response, token: str) -> None:
        """Keep a token that the service accepted, until it ends."""
        self._set(request, response, SESSION, token, max(0, int(expiry(token) - self._clock())))

    def sign_out(self, request: Request, response: Response) -> None:
        """Tickets that were opened by link stay open: they are nobody's account."""
        self._set(request, response, SESSION, "", 0)

    def keep_visitor(self, request: Request, response: Response, session: Session) -> None:
        if session.new_visitor:
            self._set(request, response, VISITOR, session.visitor, YEAR)

    def open_ticket(self, request: Request, response: Response, reference: str, secret: str) -> None:
        """Keep the secret of a ticket's link: its page is at its reference from now on."""
        others = {name: value for name, value in self.of(request).tickets.items() if name != reference}
        kept = dict([*others.items(), (reference, secret)][-MOST_TICKETS:])
        self._set(request, response, TICKETS, self._written(kept), MONTH)

    def forget_tickets(self, request: Request, response: Response) -> None:
        self._set(request, response, TICKETS, "", 0)

    def open_data(self, request: Request, response: Response, secret: str) -> None:
        """Keep the secret of a link to a person's data, for as long as it takes to decide."""
        self._set(request, response, DATA, secret, HOUR)

    def forget_data(self, request: Request, response: Response) -> None:
        self._set(request, response, DATA, "", 0)

    def _set(self, request: Request, response: Response, name: str, value: str, seconds: int) -> None:
        secure = self._secure or request.url.scheme == "https"
        response.set_cookie(name, value, seconds, path=self._path, httponly=True, samesite="lax", secure=secure)

    def _written(self, tickets: Mapping[str, str]) -> str:
        text = "~".join(f"{reference}.{secret}" for reference, secret in tickets.items())
        return f"{self._signed('tickets', text)}~{text}"

    def _opened(self, cookie: str) -> Mapping[str, str]:
        signature, _, text = cookie.partition("~")
        if not text or not _same(self._signed("tickets", text), signature):
            return {}
        return dict(each.split(".", 1) for each in text.split("~"))

    def _signed(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return base64.urlsafe_b64encode(hmac.digest(self._secret, text, "sha256")[:24]).decode()


def expiry(token: str) -> float:
    """When a JWT ends, in seconds since 1970; 0 for what is none. It is the service that checks it."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return 0.0


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
