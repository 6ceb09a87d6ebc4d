"""One search, as it is logged: what was asked and how it was answered, and nothing about who asked."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from kb.insights.tables import QUERY_CHARACTERS
from kb.privacy import masked

MAX_CHARACTERS = 1_000  # what is looked at of a query; the engine reads its first 20 terms
MAX_FILTERS, FILTER_CHARACTERS = 20, 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENDS = " ?!.,;:…।"


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Kept with a cached answer, and logged again each time that answer is given. `staff`: an agent's own search."""

    search_id: str
    query: str
    normalised: str
    match: str
    total: int
    filters: str
    locale: str
    audience: str | None
    generation: str
    staff: bool

    @cached_property
    def columns(self) -> Mapping[str, object]:
        """By the names of the table."""
        return asdict(self)


def stored_query(text: str) -> str:
    """A query as it may be stored: masked, in one line, of characters that every database takes."""
    clean = _CONTROL.sub(" ", text[:MAX_CHARACTERS]).encode("utf-8", "replace").decode()
    return " ".join(masked(clean).split())[:QUERY_CHARACTERS]


def normalised_query(query: str) -> str:
    """What equal queries share: compatibility forms, lower case, no signs at the end."""
    return unicodedata.normalize("NFKC", query).casefold().strip(_ENDS)[:QUERY_CHARACTERS]


def stored_filters(**filters: frozenset[str]) -> str:
    """The filters that were set, as JSON; tags and categories are whatever the client sent, so they are masked too."""
    kept = {
        name: sorted(stored_query(value)[:FILTER_CHARACTERS] for value in sorted(values)[:MAX_FILTERS])
        for name, values in filters.items()
        if values
    }
    return json.dumps(kept, ensure_ascii=False)
