"""An evaluation as lines for a terminal, and as JSON for a program."""

from collections.abc import Iterator, Sequence
from typing import Any

from kb.evaluation.outcome import SHOWN, Evaluation, Outcome
from kb.library.problems import Problem


def lines(evaluation: Evaluation) -> Iterator[str]:
    """What was lost, by name, then the figures."""
    for outcome in evaluation.lost:
        yield lost_line(outcome)
    total, lost = len(evaluation.outcomes), len(evaluation.lost)
    yield (
        f"{total} queries: success@1 {evaluation.success(1):.3f}, success@3 {evaluation.success(3):.3f}, "
        f"MRR {evaluation.mrr:.3f}; {f'{lost} lost' if lost else 'none lost'}"
    )


def lost_line(outcome: Outcome) -> str:
    """One query that did not find its page, and what stands in its place."""
    query = outcome.query
    place = f"at {outcome.rank}" if outcome.rank else "not found"
    meant = f", read as '{outcome.did_you_mean}'" if outcome.did_you_mean else ""
    wanted = f"{' or '.join(query.pages)} {place}, wanted in {query.within}"
    return f"line {query.line}: '{query.text}'{meant}: {wanted}; found {', '.join(outcome.found[:SHOWN]) or 'nothing'}"


def as_json(evaluation: Evaluation, problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "queries": len(evaluation.outcomes),
        "success@1": round(evaluation.success(1), 4),
        "success@3": round(evaluation.success(3), 4),
        "mrr": round(evaluation.mrr, 4),
        "lost": [_as_json(outcome) for outcome in evaluation.lost],
        "problems": [str(problem) for problem in problems],
    }


def _as_json(outcome: Outcome) -> dict[str, Any]:
    query = outcome.query
    return {
        "line": query.line,
        "query": query.text,
        "pages": query.pages,
        "within": query.within,
        "rank": outcome.rank,
        "found": outcome.found[:SHOWN],
        "match": outcome.match,
        "didYouMean": outcome.did_you_mean,
    }
