"""Changes to the desk as mutations make them: one transaction each, and expected failures told in `userErrors`."""

import re
from collections.abc import Sequence
from typing import TypeVar

from kb.errors import NotFound, Refused
from kb.store.database import Work
from schema.context import Context
from schema.failures import RequestFailure
from schema.types.errors import ErrorCode, UserError

T = TypeVar("T")
Changed = tuple[T | None, list[UserError]]
"""What a change answers, or why it was not made."""


async def changed(context: Context, work: Work[T], *, missing: Sequence[str] = ("reference",)) -> Changed[T]:
    """Make a change, or tell why not. `missing` is the input field that names what may not be there.

    `Forbidden` and `Unavailable` are errors of the whole field, as bugs are.
    """
    try:
        return await context.changed(work), []
    except Refused as refused:
        field = [_camel(each) for each in refused.field]
        return None, [UserError(code=ErrorCode[refused.reason], message=str(refused), field=field or None)]
    except NotFound as error:
        return None, [UserError(code=ErrorCode.NOT_FOUND, message=str(error), field=list(missing))]


async def beyond_rate(context: Context) -> list[UserError]:
    """Why a client may not make something new just now; empty where it may. Agents may as often as they like: incoming
    mail is their call."""
    if context.creations is None or context.viewer.staff:
        return []
    subject = context.viewer.subject
    try:
        await context.creations.hit(context.client if subject is None else f"subject:{subject}")
    except RequestFailure as failure:
        return [UserError(code=ErrorCode.RATE_LIMITED, message=str(failure.errors[0]["message"]), field=None)]
    return []


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
