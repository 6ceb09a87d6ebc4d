"""Why a document has its score: the sum that `ranking` makes, taken apart for one document."""

import numpy as np

from search.protocol import Contribution, Explanation, Part, SearchQuery
from search.query import parse
from search.ranking import rank, scored, title_shares
from search.snapshot import Snapshot
from search.synonyms import SynonymTable
from search.terms import QueryTerm, Resolver, Scored


def explain(snapshot: Snapshot, synonyms: SynonymTable, query: SearchQuery, document_id: str) -> Explanation | None:
    """The parts of a document's score; None for what has no word of the query, or these readers do not see."""
    seen = snapshot.seen(query.allow, query.locales)
    number = next((number for number, id_ in enumerate(snapshot.ids) if id_ == document_id and seen[number]), None)
    if number is None:
        return None
    view = snapshot.view(query.allow)
    resolver = Resolver(snapshot, view, synonyms)
    resolved = resolver.resolve(parse(query.text))
    scores = rank(resolved, view.title_idf, snapshot.weights).scores
    shown, others = snapshot.translations(query.allow, query.locales)
    source = max([number, *others[shown == number].tolist()], key=lambda each: float(scores[each]))
    if not scores[source]:
        return None
    terms = {term.scored.text: term for term in resolved.terms}
    contributions = [
        Contribution(
            one.part, one.text, value, _found_as(terms[one.text], source, resolver) if one.part is Part.STEM else None
        )
        for one in scored(resolved)
        if (value := _worth(one, source))
    ]
    share = float(title_shares(resolved, view.title_idf)[source])
    return Explanation(snapshot.ids[source], tuple(contributions), share, 1 + snapshot.weights.title_coverage * share)


def _worth(one: Scored, number: int) -> float:
    return float(one.parts[one.documents == number].sum()) * one.factor


def _found_as(term: QueryTerm, number: int, resolver: Resolver) -> str | None:
    """Of all that stands for a word, what is worth most in the document; None where that is the word itself."""
    worth: dict[str, float] = {}
    for phrase, rate in term.ways.items():
        documents, parts = resolver.phrase(phrase)
        worth[" ".join(phrase)] = rate * float(np.sum(parts[documents == number]))
    best = max(worth, key=worth.__getitem__, default=term.scored.text)
    return best if best != term.scored.text else None
