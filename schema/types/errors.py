"""UserError: an expected failure of a mutation, told as data."""

from enum import Enum

import strawberry

from schema.types.enums import described


class ErrorCode(Enum):
    INVALID = "invalid"
    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    INVALID_STATE = "invalid_state"
    CONFLICT = "conflict"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    SUPPORT_SUSPENDED = "support_suspended"
    RATE_LIMITED = "rate_limited"


described(
    ErrorCode,
    "ErrorCode",
    "What kept a mutation from doing what it was asked.",
    {
        "INVALID": "The value cannot be accepted.",
        "REQUIRED": "The value is missing.",
        "TOO_LONG": "The text is too long.",
        "NOT_FOUND": "There is no such object, or none that the viewer may see.",
        "NOT_ALLOWED": "The viewer may not do this with the object.",
        "INVALID_STATE": "The object is not in a state in which this can be done.",
        "CONFLICT": "Somebody else changed the object meanwhile.",
        "IDEMPOTENCY_CONFLICT": "The idempotency key was used before with another input.",
        "SUPPORT_SUSPENDED": "Support is suspended for the person.",
        "RATE_LIMITED": "Too many in too short a time.",
    },
)


@strawberry.type(description="An expected failure of a mutation.")
class UserError:
    code: ErrorCode = strawberry.field(description="What kind of failure, for programs.")
    message: str = strawberry.field(description="What to tell the person.")
    field: list[str] | None = strawberry.field(
        description="The path of the input field that it is about, null where it is about the whole."
    )
