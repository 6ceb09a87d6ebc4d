"""`kb gaps` and `kb migrate`, as a writer and an operator see them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from kb.cli import app
from kb.store.database import Database
from kb.store.migrate import HEAD, current, migrate
from tests.kb.insights.making import asked, put


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The embedded database in a folder that is not there yet."""
    monkeypatch.setenv("KB_DATABASE_URL", "sqlite:///var/kb.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kb(*arguments):
    return CliRunner().invoke(app, list(arguments))


def fill(folder):
    database = Database(f"sqlite:///{folder}/var/kb.db")
    migrate(database)
    now = datetime.now(UTC)
    put(database, *(asked("etsy import", None, now, total=0) for _ in range(3)), asked("payout fees", None, now))
    put(database, asked("long ago", None, now - timedelta(days=31), total=0))
    database.close()


def test_gaps_are_a_table(here):
    fill(here)
    assert kb("gaps").stdout.splitlines() == [
        "query        searches  found nothing  not opened  ticket after",
        "etsy import         3              3           0             0",
        "payout fees         1              0           1             0",
    ]
    assert "long ago" in kb("gaps", "--days", "40").stdout
    assert len(kb("gaps", "--first", "1").stdout.splitlines()) == 2


def test_gaps_are_json_with_the_names_of_the_schema(here):
    fill(here)
    found = json.loads(kb("gaps", "--json").stdout)
    assert found[0] == {"query": "etsy import", "searches": 3, "withoutResult": 3, "withoutClick": 0, "ticketsAfter": 0}


def test_no_gaps_are_told(here):
    assert kb("gaps", "--days", "7").stdout == "No gaps in the searches of the last 7 days.\n"
    assert json.loads(kb("gaps", "--json").stdout) == []


def test_migrate_says_from_where_to_where(here):
    assert kb("migrate").stdout == f"from nothing to {HEAD}\n"
    assert kb("migrate").stdout == f"at {HEAD} already\n"
    assert (here / "var").stat().st_mode & 0o777 == 0o700


def test_migrate_brings_postgresql_up_too(empty, url, monkeypatch):
    monkeypatch.setenv("KB_DATABASE_URL", url)
    assert kb("migrate").stdout == f"from nothing to {HEAD}\n"
    assert current(empty) == HEAD


@pytest.mark.parametrize("command", ["gaps", "migrate"])
def test_a_database_that_is_away_is_one_clear_line(here, command):
    (here / "var" / "kb.db").mkdir(parents=True)
    result = kb(command)
    assert result.exit_code == 2
    assert result.stderr == "kb: KB_DATABASE_URL: The database is not available at the moment. Please try again.\n"
