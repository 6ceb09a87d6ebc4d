"""What an answer reads of many objects at once: a page of 50 tickets takes as many statements as one ticket."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from kb.support import bundles, citations, follows, notices, votes
from kb.support.bundles import TicketBundle
from kb.support.citations import Outcome
from kb.support.tables import Event, Message
from kb.support.votes import Helpfulness

if TYPE_CHECKING:
    from schema.context import Context

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loaders:
    """One for an answer: what was read once is not read again. Each waits a turn of the loop for others to ask."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def bundles(self) -> DataLoader[UUID, TicketBundle]:
        """What belongs to tickets, by their ids."""
        return self._batched(lambda session, keys: bundles.load(session, self._context.desk, keys))

    @cached_property
    def messages(self) -> DataLoader[UUID, Sequence[Message]]:
        """The messages of tickets, the oldest first; notes are read for staff alone."""
        context = self._context
        return self._batched(lambda session, keys: bundles.messages_of(session, keys, by=context.actor()), otherwise=())

    @cached_property
    def histories(self) -> DataLoader[UUID, Sequence[Event]]:
        """The events of tickets in order; internal ones are read for staff alone."""
        context = self._context
        return self._batched(
            lambda session, keys: bundles.histories_of(session, keys, by=context.actor()), otherwise=()
        )

    @cached_property
    def helpfulness(self) -> DataLoader[str, Helpfulness]:
        """The votes on pages, and the viewer's own."""
        context = self._context
        return self._batched(lambda session, keys: votes.helpfulness(session, context.desk, keys, by=context.actor()))

    @cached_property
    def outcomes(self) -> DataLoader[str, Outcome]:
        """What became of tickets in which pages were cited."""
        return self._batched(citations.outcome)

    @cached_property
    def acknowledged(self) -> DataLoader[str, bool]:
        """Whether the viewer has acknowledged versions of policies."""
        context = self._context

        def read(session: Any, keys: Sequence[str]) -> Mapping[str, bool]:
            found = notices.acknowledged(session, context.desk, keys, by=context.actor())
            return {key: key in found for key in keys}

        return self._batched(read)

    @cached_property
    def followed(self) -> DataLoader[str, bool]:
        """Whether the viewer follows policies, by slug."""
        context = self._context

        def read(session: Any, keys: Sequence[str]) -> Mapping[str, bool]:
            return {key: bool(follows.followed(session, context.desk, key, by=context.actor())) for key in keys}

        return self._batched(read)

    def _batched(
        self, read: Callable[[Any, Sequence[K]], Mapping[K, V]], *, otherwise: V | None = None
    ) -> DataLoader[K, V]:
        async def load(keys: list[K]) -> list[V]:
            found = await self._context.stored(lambda session: read(session, keys))
            return [found[key] if otherwise is None else found.get(key, otherwise) for key in keys]

        return DataLoader(load_fn=load)
