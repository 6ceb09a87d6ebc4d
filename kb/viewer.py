"""Who is asking, and what they may see. The domain asks a `Viewer`; nothing else in it reads tokens or headers."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    VISITOR = "visitor"
    CUSTOMER = "customer"
    AGENT = "agent"
    SENIOR_AGENT = "senior_agent"
    SPECIALIST = "specialist"
    MANAGER = "manager"


class Plan(StrEnum):
    FREE = "free"
    STARTUP = "startup"
    ENTERPRISE = "enterprise"


class Audience(StrEnum):
    MERCHANT = "merchant"
    SHOPPER = "shopper"


class Visibility(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    INTERNAL = "internal"


STAFF = frozenset({Role.AGENT, Role.SENIOR_AGENT, Role.SPECIALIST, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class AccountManager:
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """One person for the length of one request.

    `subject` is the host app's stable id of the person, None for visitors. `audience` is set by a storefront key and
    narrows what the viewer sees to pages for that audience.
    """

    role: Role = Role.VISITOR
    subject: str | None = None
    name: str | None = None
    email: str | None = field(default=None, repr=False)
    plan: Plan | None = None
    teams: tuple[str, ...] = ()
    account_manager: AccountManager | None = field(default=None, repr=False)
    audience: Audience | None = None

    @property
    def signed_in(self) -> bool:
        return self.role is not Role.VISITOR

    @property
    def staff(self) -> bool:
        return self.role in STAFF

    @property
    def visibilities(self) -> frozenset[Visibility]:
        """The visibilities of pages that this viewer may open."""
        if self.staff:
            return frozenset(Visibility)
        if self.signed_in:
            return frozenset({Visibility.PUBLIC, Visibility.SIGNED_IN})
        return frozenset({Visibility.PUBLIC})


ANYONE = Viewer()
