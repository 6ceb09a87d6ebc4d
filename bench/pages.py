"""Processor time of an article's page beside that of its GraphQL answer, both made anew, in one process.

usage: python -m bench.pages [--rounds N]

Writes docs/bench/pages.md. Caches are as small as they can be, so that every answer and every page is made; articles
are rendered before, as they are once in the life of a snapshot.
"""

import argparse
import asyncio
import gzip
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog

import server
import web.help.site
from kb.settings import Settings
from schema.limits import Limits
from web.design.kept import Kept
from web.operations import OPERATIONS

TOP = Path(__file__).resolve().parents[1]
RESULTS = TOP / "docs" / "bench"
DOCUMENT = sha256((OPERATIONS / "HelpArticle.graphql").read_bytes()).hexdigest()
GOAL = 3.0
PICTURES = (".webp", ".png", ".jpg", ".avif")
WEIGHTS = {"home": ("/", 60), "article": (None, 80)}
"""What a page may weigh in all, in kB, pictures left out of an article's."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        text = asyncio.run(measured(Path(folder), options.rounds))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pages.md").write_text(text, encoding="utf-8")
    print(text)


async def measured(folder: Path, rounds: int) -> str:
    web.help.site.Kept = lambda: Kept(0)  # type: ignore[assignment, misc]
    settings = Settings(
        content=TOP / "content",
        var=folder,
        search_url=f"whoosh:///{folder}/index",
        database_url=f"sqlite:///{folder}/kb.db",
        rate_limits=False,
        log="json",
    )
    app = server.create_app(settings, limits=Limits(answers=1))
    app.state.live.refresh()
    slugs = sorted(key.partition(":")[2] for key in app.state.live.library.pages if key.startswith("article:"))
    slugs = [slug for slug in slugs if (await _get(app, f"/articles/{slug}"))[0] == 200]
    answers, pages = [], []
    for _ in range(rounds):
        for slug in slugs:
            query = urlencode({"documentId": DOCUMENT, "variables": json.dumps({"slug": slug, "locale": "en"})})
            answers.append(await _timed(app, f"/graphql?{query}"))
        pages += [await _timed(app, f"/articles/{slug}") for slug in slugs]
    weights = {name: await _weight(app, path or f"/articles/{slugs[0]}") for name, (path, _) in WEIGHTS.items()}
    return report(answers, pages, weights, len(slugs))


def report(answers: list[float], pages: list[float], weights: Mapping[str, int], count: int) -> str:
    answer, page = statistics.median(answers), statistics.median(pages)
    return f"""# Pages

`python -m bench.pages`: {count} articles, each answered and drawn {len(pages) // count} times, nothing out of a cache.

| what | processor time, median |
|---|---|
| GraphQL answer (`HelpArticle`) | {answer * 1e3:.2f} ms |
| article page | {page * 1e3:.2f} ms |

A page takes {page / answer:.1f} times its answer; the goal is at most {GOAL:.0f}.

| page | weight, compressed | at most |
|---|---|---|
""" + "".join(f"| {name} | {size / 1000:.0f} kB | {WEIGHTS[name][1]} kB |\n" for name, size in weights.items())


async def _timed(app: Any, target: str) -> float:
    started = time.process_time()
    await _body(app, target)
    return time.process_time() - started


async def _weight(app: Any, path: str) -> int:
    """The page with all that it names; text is sent compressed, pictures are as they are."""
    body = await _body(app, path)
    parts = [(each, await _body(app, each)) for each in sorted(set(_parts(body, pictures=path == "/")))]
    return len(gzip.compress(body)) + sum(
        len(content) if name.endswith(PICTURES) else len(gzip.compress(content)) for name, content in parts
    )


def _parts(body: bytes, *, pictures: bool) -> Iterator[str]:
    for piece in body.decode().split('"'):
        path = urlsplit(piece).path if piece.startswith(("/", "http://127.0.0.1:8000/")) else ""
        if path.endswith((".css", ".js", ".svg")) or (pictures and path.endswith(PICTURES)):
            yield path


async def _body(app: Any, target: str) -> bytes:
    status, body = await _get(app, target)
    if status != 200:
        raise RuntimeError(f"{target}: {status}")
    return body


async def _get(app: Any, target: str) -> tuple[int, bytes]:
    path, _, query = target.partition("?")
    received: dict[str, Any] = {"body": bytearray()}

    async def send(message: Mapping[str, Any]) -> None:
        received["status"] = message.get("status", received.get("status"))
        received["body"] += message.get("body", b"")

    async def receive() -> Mapping[str, Any]:
        if received.setdefault("asked", False):
            await asyncio.Event().wait()  # nobody goes away
        received["asked"] = True
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query.encode(), "state": {},
        "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    await app(scope, receive, send)
    return received["status"], bytes(received["body"])


if __name__ == "__main__":
    main()
