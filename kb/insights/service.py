"""What the rest of the service is handed of insights, and where it is told of searches again."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.insights.log import SearchLog
from kb.insights.past_queries import PastQueries
from kb.insights.searched import Searched
from kb.store.database import Database

START_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Insights:
    database: Database
    log: SearchLog
    past_queries: PastQueries

    def again(self, searches: Sequence[Searched], visitor: str | None) -> None:
        """An answer was given out of a cache: a search all the same."""
        for each in searches:
            self.log.searched(each, visitor)

    def start(self) -> None:
        """Waits a moment for the tables, which are made at a first start."""
        self.log.start()
        self.log.flush(START_SECONDS)

    def stop(self) -> None:
        self.log.stop()
        self.database.close()
