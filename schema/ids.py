"""Global ids: opaque to clients, stable over renames, made of what references hold (type and slug)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

import strawberry


@lru_cache(maxsize=50_000)
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
