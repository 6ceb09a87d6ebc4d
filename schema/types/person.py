"""Person: somebody at either end of a ticket. What is private of them is for agents and themselves."""

from datetime import datetime

import strawberry

from kb.support import conduct
from kb.support.conduct import Standing
from kb.support.tables import ConductStatus
from kb.support.tables import Person as Row
from kb.viewer import Role
from schema.context import Context
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below

NAMES = {
    Role.VISITOR: "Visitor",
    Role.CUSTOMER: "Customer",
    Role.AGENT: "Support agent",
    Role.SENIOR_AGENT: "Senior agent",
    Role.SPECIALIST: "Specialist",
    Role.MANAGER: "Manager",
}
"""For those who gave no name, and those who were erased."""
SERVICE = "Support desk"


@strawberry.type(description="The person who looks after an account.")
class AccountManager:
    name: str = strawberry.field(description="The name.")
    email: str = strawberry.field(description="The e-mail address.")


@strawberry.type(description="How somebody stands with support.")
class ConductStanding:
    status: ConductStatus = strawberry.field(description="Good, warned or suspended.")
    until: datetime | None = strawberry.field(
        description="When a suspension ends; null where it has no end, and where nobody is suspended."
    )
    reason: str | None = strawberry.field(description="Why, in the words of the agent who decided it.")


@strawberry.type(description="Somebody at either end of a ticket: its requester, an agent, or the service itself.")
class Person:
    name: str = strawberry.field(description="The name; what they are, where none is known.")
    role: Role = strawberry.field(description="What they are to the service.")
    email: str | None = strawberry.field(description="The e-mail address. For agents and the person.")
    conduct: ConductStanding | None = strawberry.field(
        description="How they stand with support. For agents and the person."
    )


def person(row: Row | None, context: Context, *, own: bool = False) -> Person:
    """`own`: the viewer is this person. No row: what the service does by itself."""
    if row is None:
        return Person(name=SERVICE, role=Role.AGENT, email=None, conduct=None)
    private = own or context.viewer.staff
    return Person(
        name=row.name or NAMES[row.role],
        role=row.role,
        email=row.email if private else None,
        conduct=standing(conduct.standing(row, at=context.now)) if private else None,
    )


def standing(found: Standing) -> ConductStanding:
    return ConductStanding(status=found.status, until=found.until, reason=found.reason)
