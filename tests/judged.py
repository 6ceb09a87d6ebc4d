"""Judged collections: documents as articles, queries, which document answers each, and how well a ranking does."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from random import Random
from statistics import mean
from string import ascii_lowercase

from search.analysis import query_tokens

DEPTH = 10


@dataclass(frozen=True)
class Collection:
    """`relevant` holds, by query id, the gain of each document that answers it; queries that nothing answers are left out."""

    documents: Sequence[Mapping[str, str]]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Scores:
    ndcg: float
    recall: float
    success: float


def read_collection(folder: Path) -> Collection:
    documents = [json.loads(line) for line in (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines()]
    queries = {
        each["id"]: each["text"]
        for each in map(json.loads, (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    }
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, gain, *_ = line.split("\t")
        if gain.isdecimal() and int(gain) > 0:
            relevant[query][document] = int(gain)
    return Collection(documents, queries, relevant)


def write_content(collection: Collection, root: Path) -> Path:
    """The documents as a content folder, unchanged but for their front matter."""
    folder = root / "articles"
    folder.mkdir(parents=True)
    for each in collection.documents:
        front = f"---\ntitle: {json.dumps(each['title'][:200], ensure_ascii=False)}\n---\n"
        (folder / f"{each['id'].lower()}.md").write_text(front + each["text"], encoding="utf-8")
    return root


def mistyped(text: str, seed: str) -> str:
    """One letter of one telling word dropped, doubled, replaced or swapped; the same one for the same seed."""
    random = Random(seed)
    words = [token for token in query_tokens(text) if len(token.surface) > 4 and token.surface.isalpha()]
    if not words:
        return text
    word = random.choice(words)
    place = random.randrange(word.start + 1, word.end - 1)
    here, after = text[place], text[place + 1]
    wrong = random.choice([after, here + here + after, random.choice(ascii_lowercase) + after, after + here])
    return text[:place] + wrong + text[place + 2 :]


def with_typos(collection: Collection) -> Collection:
    return replace(collection, queries={id_: mistyped(text, id_) for id_, text in collection.queries.items()})


def every(collection: Collection, step: int) -> Collection:
    """A sample: every nth of the queries that something answers."""
    chosen = sorted(collection.relevant)[::step]
    return replace(collection, relevant={id_: collection.relevant[id_] for id_ in chosen})


def evaluate(collection: Collection, search: Callable[[str], Sequence[str]]) -> Scores:
    """nDCG@10, recall@10 and success@1 over the queries that something answers; `search` gives ids, best first."""
    per_query = [
        _score(search(collection.queries[query]), gains) for query, gains in sorted(collection.relevant.items())
    ]
    return Scores(*(mean(column) for column in zip(*per_query, strict=True)))


def _score(found: Sequence[str], gains: Mapping[str, int]) -> tuple[float, float, float]:
    got = [gains.get(document, 0) for document in found[:DEPTH]]
    dcg = sum(gain / log2(rank + 2) for rank, gain in enumerate(got))
    ideal = sum(gain / log2(rank + 2) for rank, gain in enumerate(sorted(gains.values(), reverse=True)[:DEPTH]))
    return dcg / ideal, sum(gain > 0 for gain in got) / min(len(gains), DEPTH), float(bool(got and got[0]))
