"""The way of webhooks, signed as Standard Webhooks has it (https://www.standardwebhooks.com).

They tell that something happened and to what; words of people are read through the API, by who may.
"""

import asyncio
import base64
import hmac
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from kb.delivery.addresses import agent_url
from kb.delivery.endpoints import Endpoint
from kb.delivery.http import NotHttp, post
from kb.delivery.queue import Failed, Outcome, Sent, Split
from kb.support.desk import Desk
from kb.support.tables import Feedback, Outbox, OutboxKind, Ticket

GONE = 410
AT_ONCE = 5  # requests at a time to all endpoints together


@dataclass(frozen=True, slots=True)
class Parcel:
    """`id` is the same in every try, so that an endpoint can tell what it has seen."""

    endpoint: Endpoint
    id: UUID
    at: datetime
    body: bytes


class WebhookCarrier:
    """A row is split among the endpoints that want it; each part is then delivered by itself."""

    kind = OutboxKind.WEBHOOK

    def __init__(
        self, desk: Callable[[], Desk | None], endpoints: Sequence[Endpoint], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._desk = desk
        self._endpoints = {each.name: each for each in endpoints}
        secure = any(each.url.startswith("https:") for each in endpoints)
        self._tls = tls or (ssl.create_default_context() if secure else None)  # reads all authorities: 20 ms

    def ready(self) -> bool:
        return self._desk() is not None

    def prepare(self, session: Session, row: Outbox, *, at: datetime) -> Parcel | Outcome:
        if "endpoint" not in row.data:
            names = [name for name, each in self._endpoints.items() if each.wants(row.name)]
            return Split({name: {**row.data, "endpoint": name} for name in names})
        endpoint, desk = self._endpoints.get(row.data["endpoint"]), self._desk()
        told = payload(session, desk, row) if desk else None
        if endpoint is None or told is None:
            return Sent()
        return Parcel(endpoint, row.id, at, orjson.dumps(told))

    async def carry(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        few = asyncio.Semaphore(AT_ONCE)

        async def one(parcel: Parcel) -> Outcome:
            async with few:
                return await self._posted(parcel)

        return await asyncio.gather(*map(one, parcels))

    async def _posted(self, parcel: Parcel) -> Outcome:
        try:
            status = await post(parcel.endpoint.url, parcel.body, headers(parcel), tls=self._tls)
        except (OSError, TimeoutError, NotHttp) as error:
            return Failed(type(error).__name__)
        return Sent() if 200 <= status < 300 else Failed(f"status {status}", final=status == GONE)


def headers(parcel: Parcel) -> Mapping[str, str]:
    """Made anew for each try: the time is that of the try, and an old one is not to be believed."""
    id, seconds = f"msg_{parcel.id.hex}", str(int(parcel.at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Ooulet-KB",
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": signature(parcel.endpoint.key, id, seconds, parcel.body),
    }


def signature(key: bytes, id: str, seconds: str, body: bytes) -> str:
    digest = hmac.new(key, f"{id}.{seconds}.".encode() + body, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def payload(session: Session, desk: Desk, row: Outbox) -> Mapping[str, Any] | None:
    """None where what it is about is gone."""
    about = _about(session, desk, row.data)
    return {"type": row.name, "timestamp": row.created_at.isoformat(), "data": about} if about else None


def _about(session: Session, desk: Desk, data: Mapping[str, str]) -> Mapping[str, Any] | None:
    if "ticket" in data:
        ticket = session.get(Ticket, UUID(data["ticket"]))
        return {"ticket": _ticket(desk, ticket)} if ticket else None
    feedback = session.get(Feedback, UUID(data["feedback"])) if "feedback" in data else None
    return {"feedback": _feedback(feedback)} if feedback else None


def _ticket(desk: Desk, ticket: Ticket) -> Mapping[str, Any]:
    escalation = {"level": ticket.escalation_level, "state": ticket.escalation_state, "team": ticket.escalation_team}
    return {
        "reference": ticket.reference,
        "status": ticket.status.name,
        "topic": ticket.topic.name,
        "severity": ticket.severity.name,
        "channel": ticket.channel.name,
        "plan": ticket.plan.name,
        "team": ticket.team,
        "breached": ticket.breached,
        "nextDueAt": ticket.next_due_at.isoformat() if ticket.next_due_at else None,
        "escalation": {key: getattr(value, "name", value) for key, value in escalation.items()}
        if ticket.escalation_level
        else None,
        "url": agent_url(desk, ticket),
    }


def _feedback(feedback: Feedback) -> Mapping[str, Any]:
    return {
        "reference": feedback.reference,
        "kind": feedback.kind.name,
        "status": feedback.status.name,
        "team": feedback.team,
        "page": feedback.page_id,
    }
