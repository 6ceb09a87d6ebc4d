"""What each part of the ranking adds, on judged collections and on our own queries over the sample content.

usage: KB_TEST_DATA=folder python -m bench.steps

Begins with plain BM25 and turns on one part of `search.weights` after the other; writes docs/bench/judged.md. Takes
about a minute.
"""

import logging
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import log2
from pathlib import Path
from statistics import mean, median

import structlog

from bench.corpus import test_data
from bench.judged import LABELS, documents, ranker_of
from kb.evaluation.outcome import DEPTH, Evaluation
from kb.evaluation.outcome import evaluate as evaluate_own
from kb.evaluation.queries import read_queries
from kb.library.live import LiveLibrary
from kb.library.load import Loader
from search.engine import WhooshEngine
from search.protocol import SearchQuery
from search.weights import WEIGHTS, FieldWeight, Weights
from tests.judged import Collection, evaluate, read_collection, with_typos

TOP = Path(__file__).resolve().parents[1]
RESULT = TOP / "docs" / "bench" / "judged.md"
QUERIES = TOP / "tests" / "eval" / "queries.yml"
FIRST = 10
ALIKE = FieldWeight(1.0, 0.75)
OFF = {"exact_form": 0.0, "bigram": 0.0, "title_coverage": 0.0, "synonym": 0.0, "fair_share": 0.0}

# In the order in which they were added; each row keeps what the rows above it have.
STEPS: Mapping[str, Mapping[str, object]] = {
    "plain BM25 (k1 1.2, b .75), any word, all fields alike": {
        **OFF,
        **dict.fromkeys(("title", "headings", "summary", "body"), ALIKE),
        "k1": 1.2,
    },
    "+ fields: title 8, headings 3, summary 1.5, body 1; k1 4": {
        name: getattr(WEIGHTS, name) for name in ("title", "headings", "summary", "body", "k1")
    },
    "+ exact forms": {"exact_form": WEIGHTS.exact_form},
    "+ neighbours": {"bigram": WEIGHTS.bigram},
    "+ the title's share": {"title_coverage": WEIGHTS.title_coverage},
    "+ synonyms": {"synonym": WEIGHTS.synonym},
    "+ a fair share of the best": {"fair_share": WEIGHTS.fair_share},
}
TEMPLATE = """# Ranking: what each part adds

nDCG@10 / recall@10. Each row keeps what the rows above it have; the last one is what is served. StackFAQ has
{stackfaq} queries over FAQs of all kinds, the TechQA sample {techqa_sample} posts of users of a product. Our own are
the {own} judged queries of `tests/eval/queries.yml` over the sample content, in English, Hinglish and Hindi, where any
of the named pages is the answer. Hits are those of StackFAQ over its {documents} pages. Made by
`python -m bench.steps`.

| | StackFAQ | TechQA sample | our own | hits, median |
|---|---|---|---|---|
{rows}

The weights were chosen on StackFAQ, the TechQA sample and a third collection, and then left alone; no weight but that
of synonyms was chosen on our own queries, and the synonyms were written for them in part. With one wrong letter in each
query: StackFAQ {typo_stackfaq}, TechQA sample {typo_techqa_sample}. Our own: success@1 {success}, mean reciprocal
rank {mrr}.
"""


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    collections = {name: read_collection(test_data() / "judged" / name) for name in ("stackfaq", "techqa_sample")}
    with tempfile.TemporaryDirectory() as folder:
        table = [(name, *_row(collections, weights, Path(folder))) for name, weights in weights_of_steps()]
        typos = {
            f"typo_{name}": _judged(with_typos(collection), WEIGHTS, Path(folder) / name)[0]
            for name, collection in collections.items()
        }
    last = table[-1][-1]
    text = TEMPLATE.format(
        rows="\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells, _ in table),
        own=len(last.outcomes),
        documents=len(collections["stackfaq"].documents),
        success=f"{last.success(1):.3f}",
        mrr=f"{last.mrr:.3f}",
        **{name: f"{len(collection.relevant):,}" for name, collection in collections.items()},
        **typos,
    )
    RESULT.write_text(text, encoding="utf-8")
    print(text)


def weights_of_steps() -> Iterator[tuple[str, Weights]]:
    """By the name of each step, the weights up to it."""
    weights = WEIGHTS
    for name, changes in {"": OFF, **STEPS}.items():
        weights = replace(weights, **changes)  # type: ignore[arg-type]
        if name:
            yield name, weights


def _row(collections: Mapping[str, Collection], weights: Weights, folder: Path) -> tuple[list[str], Evaluation]:
    cells, hits = zip(*(_judged(one, weights, folder / name) for name, one in collections.items()), strict=True)
    own = _own(weights, folder)
    return [*cells, _figures(*_ndcg_and_recall(own)), f"{hits[0]:.0f}"], own


def _judged(collection: Collection, weights: Weights, folder: Path) -> tuple[str, float]:
    engine = WhooshEngine(folder, weights=weights)
    engine.sync(documents(collection))
    scores = evaluate(collection, ranker_of(engine))
    texts = [collection.queries[query] for query in collection.relevant]
    totals = [engine.search(SearchQuery(text=text, locales=("en",), allow=LABELS, first=0)).total for text in texts]
    return _figures(scores.ndcg, scores.recall), median(totals)


def _own(weights: Weights, folder: Path) -> Evaluation:
    loader = Loader(TOP / "content", base_url="http://localhost", default_locale="en", cache_path=folder / "pages")
    live = LiveLibrary(loader, WhooshEngine(folder / "own", weights=weights))
    live.refresh()
    return evaluate_own(read_queries(QUERIES, live.library, []), live)


def _ndcg_and_recall(evaluation: Evaluation) -> tuple[float, float]:
    """One page answers, so the ideal is the answer at the first place."""
    ranks = [each.rank for each in evaluation.outcomes]
    found = [rank for rank in ranks if rank is not None and rank <= FIRST <= DEPTH]
    return sum(1 / log2(rank + 1) for rank in found) / len(ranks), mean(rank in found for rank in ranks)


def _figures(ndcg: float, recall: float) -> str:
    return f"{ndcg:.3f} / {recall:.3f}"


if __name__ == "__main__":
    main()
