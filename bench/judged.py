"""Ranking quality over judged collections, in process.

usage: KB_TEST_DATA=folder python -m bench.judged [collection ...] [--whoosh] [--typos]

Prints nDCG@10, recall@10 and success@1 of each collection in $KB_TEST_DATA/judged, and how long a query took.
`--whoosh` scores the same index with Whoosh itself: any term, title x 3. `--typos` puts one typo in each query.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from math import log2
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

from search.analysis import query_tokens
from search.engine import WhooshEngine
from search.protocol import Document, SearchQuery

LABELS = frozenset({"public"})
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)

Ranker = Callable[[str], list[str]]
Judgements = dict[str, dict[str, int]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("collections", nargs="*", help="all if none is named")
    parser.add_argument("--whoosh", action="store_true", help="score with Whoosh's own BM25F")
    parser.add_argument("--typos", action="store_true", help="one wrong letter in each query")
    options = parser.parse_args()
    if "KB_TEST_DATA" not in os.environ:
        sys.stderr.write("KB_TEST_DATA names no folder\n")
        return 2
    judged = Path(os.environ["KB_TEST_DATA"]) / "judged"
    for name in options.collections or sorted(folder.name for folder in judged.iterdir() if folder.is_dir()):
        sys.stdout.write(evaluate(judged / name, whoosh=options.whoosh, typos=options.typos) + "\n")
    return 0


def evaluate(folder: Path, *, whoosh: bool = False, typos: bool = False) -> str:
    """One line of figures."""
    documents, queries, judgements = (
        list(_documents(folder)),
        list(_lines(folder / "queries.jsonl")),
        _judgements(folder),
    )
    with tempfile.TemporaryDirectory() as place:
        engine = WhooshEngine(Path(place) / "index")
        engine.sync(documents)
        ranker = whoosh_ranker(Path(place) / "index") if whoosh else _ranker(engine)
        ranker("a first query fills the caches")
        started = time.perf_counter()
        found = {query["id"]: ranker(_mistyped(query) if typos else query["text"]) for query in queries}
        spent = time.perf_counter() - started
        engine.close()
    answered = [id_ for id_ in found if id_ in judgements]
    ndcg, recall, success = (
        sum(measure(found[id_], judgements[id_]) for id_ in answered) / len(answered)
        for measure in (_ndcg, _recall, _success)
    )
    return (
        f"{folder.name:16} {len(documents)} documents, {len(answered)} queries: "
        f"nDCG@10 {ndcg:.4f}  recall@10 {recall:.4f}  "
        f"success@1 {success:.4f}  {spent / len(queries) * 1e3:.2f} ms a query"
    )


def _mistyped(query: dict[str, str]) -> str:
    """One letter of one telling word dropped, doubled, replaced or swapped; the same one every time."""
    random = Random(query["id"])
    words = [token for token in query_tokens(query["text"]) if len(token.surface) > 4 and token.surface.isalpha()]
    if not words:
        return query["text"]
    word = random.choice(words)
    text, place = query["text"], random.randrange(word.start + 1, word.end - 1)
    here, after = text[place], text[place + 1]
    wrong = random.choice([after, here + here + after, random.choice(ascii_lowercase) + after, after + here])
    return text[:place] + wrong + text[place + 2 :]


def _ranker(engine: WhooshEngine) -> Ranker:
    def ranked(text: str) -> list[str]:
        return [hit.id for hit in engine.search(SearchQuery(text=text, locales=("en",), allow=LABELS)).hits]

    return ranked


def whoosh_ranker(path: Path) -> Ranker:
    """What Whoosh finds by itself in the postings that we store."""
    from whoosh import index, query, scoring

    searcher = index.open_dir(str(path)).searcher(weighting=scoring.BM25F())
    boosts = {"title": 3.0, "headings": 1.0, "body": 1.0}

    def ranked(text: str) -> list[str]:
        stems = {token.stem for token in query_tokens(text)}
        terms = [query.Term(name, stem, boost=boost) for stem in stems for name, boost in boosts.items()]
        return [_id_of(searcher, hit.docnum) for hit in searcher.search(query.Or(terms), limit=10)]

    return ranked


def _id_of(searcher: Any, number: int) -> str:
    from search.record import from_bytes

    return from_bytes(searcher.reader().column_reader("record")[number]).identity.id


def _documents(folder: Path) -> Iterator[Document]:
    for line in _lines(folder / "docs.jsonl"):
        yield Document(
            id=line["id"],
            page_id=line["id"],
            locale="en",
            revision=blake2b(json.dumps(line).encode(), digest_size=8).hexdigest(),
            kind="article",
            labels=LABELS,
            title=line["title"],
            headings=tuple(HEADING.findall(line["text"])),
            body=line["text"],
        )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _judgements(folder: Path) -> Judgements:
    judgements: Judgements = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, relevance = line.split("\t")
        judgements.setdefault(query, {})[document] = int(relevance)
    return judgements


def _ndcg(found: list[str], relevant: dict[str, int]) -> float:
    gain = sum(relevant.get(id_, 0) / log2(rank + 2) for rank, id_ in enumerate(found[:10]))
    ideal = sum(value / log2(rank + 2) for rank, value in enumerate(sorted(relevant.values(), reverse=True)[:10]))
    return gain / ideal if ideal else 0.0


def _recall(found: list[str], relevant: dict[str, int]) -> float:
    wanted = {id_ for id_, value in relevant.items() if value > 0}
    return len(wanted & set(found[:10])) / len(wanted) if wanted else 0.0


def _success(found: list[str], relevant: dict[str, int]) -> float:
    return float(bool(found) and relevant.get(found[0], 0) > 0)


if __name__ == "__main__":
    sys.exit(main())
