"""A retry answers the first result: the key, a hash of the input and the result's id, in the result's transaction.

Without it a storm of retries made 96 tickets of one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.support import fields
from kb.support.desk import Actor, Desk
from kb.support.people import account_key
from kb.support.tables import Idempotency

FIELD = "idempotencyKey"


def once(
    session: Session,
    desk: Desk,
    operation: str,
    key: str | None,
    given: Mapping[str, object],
    make: Callable[[], UUID],
    *,
    by: Actor,
    at: datetime,
) -> tuple[UUID, bool]:
    """The id of what `make` made, and whether it was made now. Raises `Refused` for a key used with another input.

    Of two transactions with one key at once the second waits for the first, and finds its row: SQLite has one writer,
    PostgreSQL makes an equal key wait. A key belongs to the account that sends it; a visitor's stands for the visitor.
    """
    if key is None:
        return make(), True
    if not 1 <= len(key) <= fields.KEY:
        raise Refused("INVALID", f"A key has 1 to {fields.KEY} characters.", field=(FIELD,))
    actor = account_key(desk, by.viewer) or desk.hashed("visitor's key", _random(key))
    key = desk.hashed("key", key)
    digest = sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
    claim = {"actor": actor, "operation": operation, "key": key}
    row_id = uuid4()
    if _claim(session, {"id": row_id, **claim, "input_hash": digest, "result_id": _NOTHING, "at": at}):
        result_id = make()
        session.execute(update(_KEYS).where(_KEYS.c.id == row_id).values(result_id=result_id))
        return result_id, True
    row = session.scalars(select(Idempotency).filter_by(**claim)).one()
    if row.input_hash != digest:
        raise Refused("IDEMPOTENCY_CONFLICT", "The key was used before with another input.", field=(FIELD,))
    return row.result_id, False


_NOTHING = UUID(int=0)
_KEYS = Idempotency.metadata.tables[Idempotency.__tablename__]


def _random(key: str) -> str:
    """A visitor's key is all there is of the visitor: one that others would think of too must not find their result."""
    try:
        return str(UUID(key))
    except ValueError:
        raise Refused("INVALID", "Without an account the key must be a random UUID.", field=(FIELD,)) from None


def _claim(session: Session, values: Mapping[str, object]) -> bool:
    """Whether the key is ours now. One statement: a savepoint around the mapper's insert took a sixth of a creation."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    claimed = insert(_KEYS).values(values).on_conflict_do_nothing().returning(_KEYS.c.id)
    return session.scalar(claimed) is not None
