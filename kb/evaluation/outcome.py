"""Judged queries put to the engine: at which place the answer stands, and the figures over all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.evaluation.queries import JudgedQuery
from kb.library.live import LiveLibrary
from kb.library.pages import allowed, visible
from search.protocol import Match, SearchQuery

DEPTH = 20  # hits that are looked at; an answer below them is not found by anybody
SHOWN = 3  # what stands in an answer's place


@dataclass(frozen=True, slots=True)
class Outcome:
    """`rank` is that of the first page that answers, None where it is not among the hits that were looked at."""

    query: JudgedQuery
    rank: int | None
    found: tuple[str, ...]
    match: Match
    did_you_mean: str | None

    @property
    def lost(self) -> bool:
        return self.rank is None or self.rank > self.query.within


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcomes in the order of the file."""

    outcomes: Sequence[Outcome]

    def success(self, first: int) -> float:
        """The share of queries with an answer among the first hits."""
        return self._mean(float(each.rank is not None and each.rank <= first) for each in self.outcomes)

    @property
    def mrr(self) -> float:
        """The mean of 1 / rank, 0 where there is no answer."""
        return self._mean(1 / each.rank if each.rank else 0.0 for each in self.outcomes)

    @property
    def lost(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.lost]

    def _mean(self, values: Iterable[float]) -> float:
        return sum(values) / len(self.outcomes) if self.outcomes else 0.0


def evaluate(queries: Iterable[JudgedQuery], live: LiveLibrary) -> Evaluation:
    """Ask the engine each query as its reader would."""
    return Evaluation([_outcome(query, live) for query in queries])


def _outcome(query: JudgedQuery, live: LiveLibrary) -> Outcome:
    library = live.library
    page = live.engine.search(
        SearchQuery(
            text=query.text,
            locales=library.chain(query.locale),
            allow=allowed(query.viewer, query.audience),
            first=max(DEPTH, query.within),
        )
    )
    seen = [hit for hit in page.hits if visible(library.pages[hit.page_id][hit.locale], query.viewer)]
    found = [hit.page_id.partition("@")[0] for hit in seen]
    rank = next((place for place, name in enumerate(found, 1) if name in query.pages), None)
    return Outcome(query, rank, tuple(found), page.match, page.did_you_mean)
