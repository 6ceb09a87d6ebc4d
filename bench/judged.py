"""Ranking quality over judged collections, in process; the tests measure it through the service.

usage: KB_TEST_DATA=folder python -m bench.judged [collection ...] [--whoosh] [--typos]

Prints nDCG@10, recall@10 and success@1 of each collection in $KB_TEST_DATA/judged, and how long a query took.
`--whoosh` scores the same index with Whoosh itself: any term, title x 3. `--typos` puts one typo in each query.
"""

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bench.corpus import test_data
from search.analysis import query_tokens
from search.engine import WhooshEngine
from search.protocol import Document, SearchQuery
from tests.judged import Collection, evaluate, read_collection, with_typos

LABELS = frozenset({"public"})
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)

Ranker = Callable[[str], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("collections", nargs="*", help="all if none is named")
    parser.add_argument("--whoosh", action="store_true", help="score with Whoosh's own BM25F")
    parser.add_argument("--typos", action="store_true", help="one wrong letter in each query")
    options = parser.parse_args()
    judged = test_data() / "judged"
    for name in options.collections or sorted(folder.name for folder in judged.iterdir() if folder.is_dir()):
        collection = read_collection(judged / name)
        collection = with_typos(collection) if options.typos else collection
        print(f"{name:16} {figures(collection, whoosh=options.whoosh)}")


def figures(collection: Collection, *, whoosh: bool = False) -> str:
    """One line."""
    with tempfile.TemporaryDirectory() as place:
        engine = WhooshEngine(Path(place) / "index")
        engine.sync(documents(collection))
        ranker = whoosh_ranker(Path(place) / "index") if whoosh else ranker_of(engine)
        ranker("a first query fills the caches")
        started = time.perf_counter()
        scores = evaluate(collection, ranker)
        spent = time.perf_counter() - started
        engine.close()
    answered = len(collection.relevant)
    return (
        f"{len(collection.documents)} documents, {answered} queries: nDCG@10 {scores.ndcg:.4f}  "
        f"recall@10 {scores.recall:.4f}  success@1 {scores.success:.4f}  {spent / answered * 1e3:.2f} ms a query"
    )


def ranker_of(engine: WhooshEngine) -> Ranker:
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


def documents(collection: Collection) -> Iterator[Document]:
    for each in collection.documents:
        yield Document(
            id=each["id"],
            page_id=each["id"],
            locale="en",
            revision=blake2b(json.dumps(each).encode(), digest_size=8).hexdigest(),
            kind="article",
            labels=LABELS,
            title=each["title"],
            headings=tuple(HEADING.findall(each["text"])),
            body=each["text"],
        )


def _id_of(searcher: Any, number: int) -> str:
    from search.record import from_bytes

    return from_bytes(searcher.reader().column_reader("record")[number]).identity.id


if __name__ == "__main__":
    main()
