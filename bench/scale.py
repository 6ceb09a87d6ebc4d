"""Requests a second with one worker and with two, and by processor, beside nginx serving the same bytes.

usage: python -m bench.scale [--pages N] [--rounds N]

Writes docs/bench/scale.md. The load generator shares the processors with what it measures.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import psutil

from bench.corpus import queries, write_corpus
from bench.http import ASKED, DOCUMENT, RESULTS
from bench.load import MOST_REQUESTS, begun, get, post, result

CONNECTIONS, GENERATORS, PATIENCE = 8, 2, 120
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
CASES = ("search, cached", "search, not cached")

Row = Mapping[str, float]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--cached", type=int, default=20_000, help="requests a round where the answer is cached")
    parser.add_argument("--queries", type=int, default=400, help="different ones, and requests a round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        write_corpus(Path(name) / "content", options.pages)
        text = report(measure(Path(name), options), options)
    (RESULTS / "scale.md").write_text(text, encoding="utf-8")
    print(text)


def measure(folder: Path, options: argparse.Namespace) -> dict[tuple[str, str], Row]:
    """The best of the rounds, by case and server; servers run one after the other, each with what it needs."""
    variables = '{"query":"' + ASKED + '"}'
    cached = "/graphql?" + urlencode({"documentId": sha256(DOCUMENT.encode()).hexdigest(), "variables": variables})
    asked = [post("/graphql", {"query": DOCUMENT, "variables": {"query": each}}) for each in queries(options.queries)]
    rows: dict[tuple[str, str], Row] = {}
    for workers in (1, 2):
        name = f"{workers} worker{'s' * (workers > 1)}"
        with ours(folder, workers) as (process, port):
            body = httpx2.get(f"http://127.0.0.1:{port}{cached}").content
            rows[CASES[0], name] = best(process, port, [get(cached)], options.cached, options.rounds)
        for _ in range(options.rounds):  # each on a new service: the second time, answers are cached
            with ours(folder, workers) as (process, port):
                row = once(process, port, asked, options.queries)
            rows[CASES[1], name] = max(row, rows.get((CASES[1], name), row), key=lambda each: each["per_second"])
    if NGINX:
        with static(folder, body) as (process, port):
            rows[CASES[0], "nginx"] = best(process, port, [get("/graphql")], MOST_REQUESTS, options.rounds)
    return rows


def best(process: psutil.Process, port: int, requests: list[str], count: int, rounds: int) -> Row:
    once(process, port, requests, count // 4)
    return max((once(process, port, requests, count) for _ in range(rounds)), key=lambda row: row["per_second"])


def once(process: psutil.Process, port: int, requests: list[str], count: int) -> Row:
    before, started = cpu(process), time.perf_counter()
    share = -(-len(requests) // GENERATORS)
    parts = [requests[at : at + share] for at in range(0, len(requests), share)] * (1 if len(requests) > 1 else 2)
    with ExitStack() as stack:
        options = {"count": count // len(parts), "connections": CONNECTIONS // len(parts)}
        running = [stack.enter_context(begun(port, part, **options)) for part in parts]
        told = [result(each) for each in running]
    taken, used = time.perf_counter() - started, cpu(process) - before
    done = sum(each["requests"] for each in told)
    return {
        "per_second": sum(each["per_second"] for each in told),
        "p50": max(each["p50_ms"] for each in told),
        "p99": max(each["p99_ms"] for each in told),
        "cpu": used / done * 1e6,
        "cores": used / taken,
    }


def cpu(process: psutil.Process) -> float:
    """Seconds so far, of the process and of those below it."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


@contextmanager
def ours(folder: Path, workers: int) -> Iterator[tuple[psutil.Process, int]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KB_")}
    environment |= {
        "KB_CONTENT": str(folder / "content"),
        "KB_VAR": str(folder / "var"),
        "KB_SEARCH_URL": f"whoosh:///{folder}/var/index",
        "KB_DATABASE_URL": f"sqlite:///{folder}/var/kb.db",
        "KB_WORKERS": str(workers),
        "KB_PORT": "0",
        "KB_RATE_LIMITS": "off",
        "KB_LOG": "json",
    }
    output = folder / "output"
    with (
        output.open("w") as log,
        subprocess.Popen([sys.executable, "-m", "kb.cli", "serve"], env=environment, stderr=log) as process,
    ):
        try:
            ends = time.monotonic() + PATIENCE
            ready = "worker.ready" if workers > 1 else "GraphQL"
            while output.read_text().count(ready) < workers or "GraphQL" not in output.read_text():
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError(output.read_text()[-2000:])
                time.sleep(0.1)
            found = re.search(r"GraphQL +http://\S+:(\d+)/", output.read_text())
            assert found is not None
            yield psutil.Process(process.pid), int(found[1])
        finally:
            process.terminate()


@contextmanager
def static(folder: Path, body: bytes) -> Iterator[tuple[psutil.Process, int]]:
    """nginx with two workers, the bytes in a file that it keeps open."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "graphql").write_bytes(body)
    paths = "".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"worker_processes 2; events {{}} http {{ {paths} access_log off; open_file_cache max=10; "
        f"default_type application/json; keepalive_requests 1000000; "
        f"server {{ listen 127.0.0.1:{port} reuseport; root {folder}; }} }}"
    )
    user = "user root;" if os.geteuid() == 0 else ""
    options = f"daemon off; pid {folder}/nginx.pid; error_log stderr error; {user}"
    assert NGINX is not None
    command = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", options]
    with subprocess.Popen(command) as process:
        try:
            time.sleep(1)
            yield psutil.Process(process.pid), port
        finally:
            process.terminate()


def report(rows: Mapping[tuple[str, str], Row], options: argparse.Namespace) -> str:
    lines = [
        "# Scale: one worker and two",
        "",
        f"`HelpSearch` (10 hits with excerpts, facets) over {options.pages:,} pages on {os.cpu_count()} processors,",
        f"which the load generator shares ({CONNECTIONS} connections); all limits on but rates,",
        "a log line and a row of the search log for each request; the best of",
        f"{options.rounds} rounds; made by `python -m bench.scale`. The last column is what one processor",
        f"would answer if it had nothing else to do. Load average meanwhile: {os.getloadavg()[1]:.1f}; where it is",
        "above 2, others had work for the machine too, and requests a second are less than they could be.",
        "",
        "| | | requests/s | p50 | p99 | CPU a request | processors used | requests/s a processor |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (case, name), row in rows.items():
        lines.append(
            f"| {case} | {name} | {row['per_second']:,.0f} | {row['p50']:.2f} ms | {row['p99']:.2f} ms | "
            f"{row['cpu']:,.0f} µs | {row['cores']:.2f} | {1e6 / row['cpu']:,.0f} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
