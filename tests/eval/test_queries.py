"""The judged queries over the sample content: what a change of ranking or content loses is named."""

from pathlib import Path

import pytest

from kb.evaluation.lines import lines, lost_line
from kb.evaluation.outcome import evaluate
from kb.evaluation.queries import read_queries

QUERIES = Path(__file__).with_name("queries.yml")


@pytest.fixture(scope="module")
def judged(sample):
    problems = []
    queries = read_queries(QUERIES, sample.live.library, problems)
    assert not problems, "\n".join(map(str, problems))
    return queries


def test_every_query_finds_its_page(judged, sample):
    evaluation = evaluate(judged, sample.live)
    print(*lines(evaluation), sep="\n")  # noqa: T201
    assert not evaluation.lost, "\n".join(["lost:", *map(lost_line, evaluation.lost)])


def test_most_find_it_first(judged, sample):
    evaluation = evaluate(judged, sample.live)
    second = [lost_line(each) for each in evaluation.outcomes if each.rank != 1]
    assert evaluation.success(1) >= 0.87, "\n".join(second)
    assert evaluation.success(3) >= 0.97


def test_there_are_enough_of_every_kind(judged):
    hindi = [query for query in judged if any("\u0900" <= letter <= "\u097f" for letter in query.text)]
    assert len(judged) >= 300
    assert len(hindi) >= 40
    assert len({query.text for query in judged}) == len(judged)
