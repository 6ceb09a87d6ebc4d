"""`kb backup`, `kb restore` and `kb export`: copies that are whole, and nothing overwritten."""

import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from kb import export
from kb.backup import backup, check, restore
from kb.cli import app
from kb.errors import SetupError
from kb.store.database import Database
from kb.store.migrate import migrate
from tests.loading import CREATE, ticket
from tests.schema.desk.asking import FILES

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(serve):
    """A service that runs, with three tickets."""
    client = serve(FILES)
    for number in range(3):
        made = client.ask(CREATE, input=ticket(f"00000000-0000-4000-8000-00000000000{number}", f"Payout {number}"))
        assert made["createTicket"]["userErrors"] == []
    return client


@pytest.fixture
def database(desk):
    return desk.insights.database


def subjects(file):
    with closing(sqlite3.connect(file)) as opened:
        return [subject for (subject,) in opened.execute("SELECT subject FROM tickets ORDER BY subject")]


def other(tmp_path):
    return Database(f"sqlite:///{tmp_path}/elsewhere/kb.db")


def test_a_running_service_is_copied_whole_and_for_nobody_else_to_read(database, tmp_path):
    steps = []
    backup(database, tmp_path / "copy.db", lambda done, total: steps.append((done, total)))
    assert subjects(tmp_path / "copy.db") == ["Payout 0", "Payout 1", "Payout 2"]
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert steps[-1][0] == steps[-1][1] > 0
    assert [file.name for file in tmp_path.glob("copy.db*")] == ["copy.db"]


def test_a_copy_is_restored_where_there_is_nothing(database, tmp_path):
    backup(database, tmp_path / "copy.db")
    with closing(other(tmp_path)) as empty:
        restore(tmp_path / "copy.db", empty)
        assert migrate(empty)[0] is not None
        assert export.count(empty, until=LATER) == 3


def test_nothing_is_overwritten(database, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(SetupError, match=r"--to: '.*copy\.db' exists, and is not overwritten\."):
        backup(database, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
    backup(database, tmp_path / "good.db")
    with pytest.raises(SetupError, match=r"kb\.db' holds a database\. Stop the service and move it away first\."):
        restore(tmp_path / "good.db", database)


def test_a_damaged_copy_is_not_restored(database, tmp_path):
    backup(database, tmp_path / "copy.db")
    data = bytearray((tmp_path / "copy.db").read_bytes())
    data[8192:20480] = bytes(12288)
    (tmp_path / "copy.db").write_bytes(data)
    with closing(other(tmp_path)) as empty, pytest.raises(SetupError, match="damaged"):
        restore(tmp_path / "copy.db", empty)
    assert (tmp_path / "elsewhere/kb.db").stat().st_size == 0


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 20])
def test_a_file_that_is_no_database_of_ours_is_refused(tmp_path, content):
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(SetupError, match="no database of this service, or damaged"):
        check(tmp_path / "copy.db")


def test_a_folder_that_is_not_there_is_one_clear_line(database, tmp_path):
    with pytest.raises(SetupError, match=r"--to: '.*' cannot be made: No such file or directory\."):
        backup(database, tmp_path / "nowhere/copy.db")


def test_postgresql_has_tools_of_its_own(tmp_path):
    refused = pytest.raises(SetupError, match="PostgreSQL has pg_dump and pg_restore")
    with closing(Database("postgresql://kb@127.0.0.1:1/kb")) as database, refused:
        backup(database, tmp_path / "copy.db")


def test_an_export_has_every_ticket_once_in_order(database, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 2)
    found = list(export.lines(database, until=LATER))
    assert [(each["type"], each["subject"]) for each in found] == [("ticket", f"Payout {n}") for n in range(3)]
    assert [each["body"] for each in found[0]["messages"]] == ["The money of last week has not come."]
    assert found[0]["requester"] == {"name": None, "email": "ravi@example.com", "role": "VISITOR"}
    assert [each["kind"] for each in found[0]["timeline"]] == ["CREATED"]
    assert json.loads(json.dumps(found)) == found


def test_the_commands_say_what_they_did(database, tmp_path, monkeypatch):
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{database.file}")
    monkeypatch.setenv("KB_VAR", str(tmp_path / "var"))
    copy, lines = tmp_path / "copy.db", tmp_path / "tickets.jsonl"
    told = CliRunner().invoke(app, ["backup", "--to", str(copy)])
    assert (told.exit_code, told.output) == (0, f"{copy}: {copy.stat().st_size} bytes, checked\n")
    told = CliRunner().invoke(app, ["export", "--to", str(lines)])
    assert (told.exit_code, told.output) == (0, f"{lines}: 3 lines\n")
    assert [json.loads(line)["subject"] for line in lines.read_text().splitlines()] == [f"Payout {n}" for n in range(3)]
    assert stat.S_IMODE(lines.stat().st_mode) == 0o600
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/kb.db")
    told = CliRunner().invoke(app, ["restore", "--from", str(copy)])
    assert (told.exit_code, told.output) == (0, f"{tmp_path}/elsewhere/kb.db: restored, checked\n")
    assert subjects(tmp_path / "elsewhere/kb.db") == ["Payout 0", "Payout 1", "Payout 2"]
