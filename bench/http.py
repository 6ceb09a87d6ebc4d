"""Requests a second, latency and processor time per request: our endpoint beside plain Starlette and strawberry's view.

usage: KB_TEST_DATA=folder python -m bench.http [--pages N] [--queries N] [--rounds N]

Writes docs/bench/http.md. Each server and the load generator run in processes of their own; rounds alternate.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from bench.corpus import queries, write_corpus
from bench.load import get, load, post
from bench.serving import BODY, Served, serving, settings
from web.operations import OPERATIONS

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "bench"
DOCUMENT = (OPERATIONS / "HelpSearch.graphql").read_text(encoding="utf-8")
ASKED = "send invoice to customer"
CACHED_GOAL, UNCACHED_GOAL = 0.8, 2 / 3

Row = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--cached", type=int, default=10_000, help="requests a round where the answer is cached")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        print(json.dumps(engine(Path(options.engine), options.queries)))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder) / "content", options.pages)
        rows, own = measure(Path(folder), options)
    text = report(rows, own, options)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "http.md").write_text(text, encoding="utf-8")
    print(text)


def measure(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Row], float]:
    """The best of the rounds by case, and the engine's own milliseconds of processor time a query."""
    asked = queries(options.queries)
    by_id = "/graphql?" + urlencode(
        {"documentId": sha256(DOCUMENT.encode()).hexdigest(), "variables": _variables(ASKED)}
    )
    cached_post = post("/graphql", {"query": DOCUMENT, "variables": {"query": ASKED}})
    with ExitStack() as stack:
        kinds = ("silent", "ours", "strawberry")
        ours, logging, strawberrys = (stack.enter_context(serving(kind, folder)) for kind in kinds)
        answer = httpx2.get(f"http://127.0.0.1:{ours.port}{by_id}", headers={"accept": "application/json"})
        headers = {name: value for name, value in answer.headers.items() if name not in ("content-length", "date")}
        (folder / BODY).write_text(json.dumps({"text": answer.text, "headers": headers}))
        plain = stack.enter_context(serving("starlette", folder))
        cases: dict[str, tuple[Served, Callable[[int], Sequence[str]], int]] = {
            "starlette": (plain, lambda _: [get(by_id)], options.cached),
            "cached GET": (ours, lambda _: [get(by_id)], options.cached),
            "cached POST": (ours, lambda _: [cached_post], options.cached),
            "logged GET": (logging, lambda _: [get(by_id)], options.cached),
            "uncached": (ours, lambda round: _posts(asked, round), len(asked)),
            "strawberry": (strawberrys, lambda round: _posts(asked, round), len(asked)),
        }
        for server, requests, _ in cases.values():
            load(server.port, requests(-1), count=50)
        rounds = [{name: _round(*case, number) for name, case in cases.items()} for number in range(options.rounds)]
    best = {"per_second": max, "p50_ms": min, "p99_ms": min, "cpu_ms": min}
    rows = {name: {key: choose(each[name][key] for each in rounds) for key, choose in best.items()} for name in cases}
    return rows, _engine(folder, options.queries)


def _round(server: Served, requests: Callable[[int], Sequence[str]], count: int, number: int) -> Row:
    before = server.cpu()
    answer = load(server.port, requests(number), count=count)
    spent = server.cpu() - before
    return {key: answer[key] for key in ("per_second", "p50_ms", "p99_ms")} | {
        "cpu_ms": spent / answer["requests"] * 1e3
    }


def _posts(asked: Sequence[str], round: int) -> list[str]:
    """One request a query; the spaces make it a new one for the cache of answers and none for the engine."""
    return [post("/graphql", {"query": DOCUMENT, "variables": {"query": query + " " * (round + 2)}}) for query in asked]


def _variables(query: str) -> str:
    return json.dumps({"query": query}, separators=(",", ":"))


def _engine(folder: Path, count: int) -> float:
    command = [sys.executable, "-m", "bench.http", "--engine", str(folder), "--queries", str(count)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(ran.stdout.splitlines()[-1]))


def engine(folder: Path, count: int) -> float:
    """Milliseconds of processor time a query: the search, and title and excerpt of each hit, in process."""
    import structlog

    import server
    from kb.library.excerpts import excerpt, marked
    from kb.library.pages import allowed
    from kb.viewer import ANYONE
    from search.protocol import SearchQuery

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    live = server.open_library(settings(folder))
    live.refresh()

    def answer(query: str) -> None:
        found = live.engine.search(SearchQuery(text=query, locales=("en",), allow=allowed(ANYONE)))
        for hit in found.hits:
            page = live.library.pages[hit.page_id][hit.locale]
            marked(page.title, found.terms, phrases=found.phrases)
            excerpt(page, found.terms, asked=found.asked, phrases=found.phrases)

    asked = queries(count)
    rounds = []
    for number in range(4):
        started = time.process_time()
        for query in asked:
            answer(query + " " * (number + 1))
        rounds.append((time.process_time() - started) / count * 1e3)
    return min(rounds[1:])


def report(rows: dict[str, Row], own: float, options: argparse.Namespace) -> str:
    limit, ours, theirs = rows["starlette"], rows["uncached"]["cpu_ms"] - own, rows["strawberry"]["cpu_ms"] - own
    shares = [rows["cached GET"]["per_second"] / limit["per_second"], limit["cpu_ms"] / rows["cached GET"]["cpu_ms"]]
    names = {
        "starlette": "Starlette answering the same bytes",
        "cached GET": "search, cached, GET by document id",
        "cached POST": "search, cached, POST of the text",
        "logged GET": "the first again, with a row in the search log for each",
        "uncached": f"search, not cached, {options.queries} different queries",
        "strawberry": "the same by strawberry's view, its caches on",
    }
    return "\n".join(
        [
            "# HTTP: what the endpoint costs",
            "",
            f"`HelpSearch` (10 hits with excerpts, facets) over {options.pages:,} pages; one uvicorn worker with",
            "uvloop and httptools each, all limits on but rates, a log line for each request to a file. 8 connections",
            f"from another process, the best of {options.rounds} alternating rounds in one run; made by `make bench`.",
            "CPU is the server's, user and system. Ours is without its search log where it does not say so.",
            "",
            "| | requests/s | p50 | p99 | CPU a request |",
            "|---|---|---|---|---|",
            *(
                f"| {names[name]} | {row['per_second']:,.0f} | {row['p50_ms']:.2f} ms | {row['p99_ms']:.2f} ms "
                f"| {row['cpu_ms'] * 1e3:,.0f} µs |"
                for name, row in rows.items()
            ),
            f"| the engine and the excerpts alone, in process | | | | {own * 1e3:,.0f} µs |",
            "",
            f"- Cached GET: {shares[0]:.0%} of plain Starlette's requests a second, {shares[1]:.0%} by processor time. "
            f"Goal: {CACHED_GOAL:.0%}.",
            f"- Not cached, beyond the engine's own time: {ours * 1e3:,.0f} µs, strawberry {theirs * 1e3:,.0f} µs: "
            f"{ours / theirs:.0%}. Goal: at most {UNCACHED_GOAL:.0%}.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
