"""Global ids: opaque to clients, stable over renames, made of what references hold (type and slug)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import strawberry


def encode(page_id: str) -> str:
    """The id that clients see for `article:slug` and the like."""
    return urlsafe_b64encode(page_id.encode()).decode().rstrip("=")


def decode(global_id: str) -> str | None:
    """The inner id, None for what was never one of ours."""
    try:
        raw = urlsafe_b64decode(global_id + "=" * (-len(global_id) % 4)).decode()
    except ValueError:  # not base64, not UTF-8
        return None
    return raw if ":" in raw and encode(raw) == global_id else None


def strawberry_id(page_id: str) -> strawberry.ID:
    return strawberry.ID(encode(page_id))


def inner(global_id: str) -> str:
    """What the domain is asked for: the inner id, or what was sent, which then names nothing that there is."""
    return decode(global_id) or global_id.replace(":", "")


def row_of(inner_id: str | None, kind: str) -> UUID | None:
    """The row's id in the inner id of an object of the desk; None for ids of other kinds."""
    name, _, value = (inner_id or "").partition(":")
    if name != kind:
        return None
    try:
        return UUID(value) if str(UUID(value)) == value else None
    except ValueError:
        return None
