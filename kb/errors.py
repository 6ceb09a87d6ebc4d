"""Expected failures, in one small tree. Each holds its data and makes its own message; `schema/` maps them to answers.

KnowledgeBaseError
├── InvalidInput        a value that cannot be accepted, with the path of the input field
├── Refused             a change that cannot be made, told as data: a code of the schema's ErrorCode and a field
├── NotFound            no such object, or none that the viewer may see: the two answer alike
├── Forbidden           the viewer's role does not allow the operation
├── Unauthenticated     a token was given and is not valid
├── Unavailable         something the operation needs is away for now
└── SetupError          the service cannot start as it is set up
"""

from collections.abc import Sequence


class KnowledgeBaseError(Exception):
    """Root of the tree. `code` is what clients see in `extensions.code`."""

    code = "INTERNAL_SERVER_ERROR"


class InvalidInput(KnowledgeBaseError):
    code = "BAD_USER_INPUT"

    def __init__(self, message: str, *, field: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.field = tuple(field)


class Refused(KnowledgeBaseError):
    """Rolls the change back, and is answered in `userErrors`. `reason` is one of the schema's ErrorCode, such as
    `INVALID_STATE`; `field` the path of the input field, empty where it is about the whole."""

    code = "BAD_USER_INPUT"

    def __init__(self, reason: str, message: str, *, field: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = tuple(field)


class NotFound(KnowledgeBaseError):
    code = "NOT_FOUND"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.")
        self.what = what


class Forbidden(KnowledgeBaseError):
    code = "FORBIDDEN"

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} needs a role that you do not have.")
        self.operation = operation


class Unauthenticated(KnowledgeBaseError):
    """The reason is for the person who signs tokens; it never holds the token."""

    code = "UNAUTHENTICATED"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The access token was not accepted: {reason}.")
        self.reason = reason


class Unavailable(KnowledgeBaseError):
    code = "UNAVAILABLE"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not available at the moment. Please try again.")
        self.what = what


class SetupError(KnowledgeBaseError):
    """Names the setting, file or port that keeps the service from starting."""
