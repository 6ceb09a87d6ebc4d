"""Migrations: up from empty and down again, by any number of processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import kb.insights.tables
import kb.support.tables  # noqa: F401  their tables are compared
from kb.errors import Unavailable
from kb.store.database import Database
from kb.store.migrate import HEAD, MIGRATIONS, current, migrate
from kb.store.tables import Table


def tables(database):
    return set(database.connected(lambda connection: inspect(connection).get_table_names()))


def test_up_from_empty_and_down_again(empty):
    assert current(empty) is None
    assert migrate(empty) == (None, HEAD)
    assert tables(empty) == {"alembic_version"} | set(Table.metadata.tables)
    assert migrate(empty) == (HEAD, HEAD)
    assert migrate(empty, "base") == (HEAD, None)
    assert tables(empty) == {"alembic_version"}
    assert migrate(empty) == (None, HEAD)


def test_migrations_make_the_tables_that_the_code_has(database):
    differences = database.connected(
        lambda connection: compare_metadata(MigrationContext.configure(connection), Table.metadata)
    )
    assert differences == []


def test_the_newest_migration_is_the_one_that_the_code_expects():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_several_may_migrate_at_once(url):
    databases = [Database(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        reached = [after for _, after in pool.map(migrate, databases)]
    for each in databases:
        each.close()
    assert reached == [HEAD] * 4


def test_what_has_no_tables_yet_is_away(empty):
    from datetime import date

    from kb.insights.figures import totals
    from kb.insights.period import last_days

    with pytest.raises(Unavailable):
        empty.read(lambda session: totals(session, last_days(3, today=date(2026, 5, 1))))
