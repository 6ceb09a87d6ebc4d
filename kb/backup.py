"""The embedded database copied while it runs, and put back: SQLite's online backup, checked before it counts."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

from kb.errors import SetupError
from kb.store.database import Database

PAGES = 256  # a step: 1 MB; writers wait for it
Progress = Callable[[int, int], None]


def backup(database: Database, target: Path, progress: Progress | None = None) -> None:
    """Copy the database to a new file. Raises `SetupError` where that cannot be, and leaves nothing then."""
    source = _file(database)
    with new_file(target, "--to"):
        try:
            _copy(source, target, progress)
        except sqlite3.Error as error:
            raise SetupError(f"'{source}' cannot be copied to '{target}': {error}.") from None
        check(target)


def restore(source: Path, database: Database, progress: Progress | None = None) -> None:
    """Put a copy where the database belongs, which must be empty: a service that runs would write into both."""
    target = _file(database)
    if not source.is_file():
        raise SetupError(f"--from: there is no file '{source}'.")
    check(source)
    if target.stat().st_size or target.with_name(f"{target.name}-wal").exists():
        raise SetupError(f"KB_DATABASE_URL: '{target}' holds a database. Stop the service and move it away first.")
    try:
        _copy(source, target, progress)
    except sqlite3.Error as error:
        os.truncate(target, 0)
        raise SetupError(f"'{source}' cannot be copied to '{target}': {error}.") from None
    check(target)


@contextmanager
def new_file(target: Path, option: str) -> Iterator[TextIO]:
    """For nobody else to read; removed again where something fails. Raises `SetupError` where there is one."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SetupError(f"{option}: '{target}' exists, and is not overwritten.") from None
    except OSError as error:
        raise SetupError(f"{option}: '{target}' cannot be made: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
    except BaseException as error:
        target.unlink()
        if isinstance(error, OSError):  # such as a full disk
            raise SetupError(f"{option}: '{target}' cannot be written: {error.strerror}.") from None
        raise


def check(file: Path) -> None:
    """Raises `SetupError` where the file is no database of ours, or damaged."""
    try:
        with closing(sqlite3.connect(f"file:{_quoted(file)}?mode=ro", uri=True)) as opened:
            (told,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
            if told == "ok" and not opened.execute("PRAGMA foreign_key_check").fetchall():
                opened.execute("SELECT version_num FROM alembic_version").fetchone()
                return
    except sqlite3.Error as error:
        raise SetupError(f"'{file}' is no database of this service, or damaged: {error}.") from None
    raise SetupError(f"'{file}' is damaged: {told}.")


def _copy(source: Path, target: Path, progress: Progress | None) -> None:
    told = (lambda _, left, total: progress(total - left, total)) if progress else None
    with (
        closing(sqlite3.connect(f"file:{_quoted(source)}?mode=rw", uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy, pages=PAGES, progress=told, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three


def _file(database: Database) -> Path:
    if database.file is None:
        raise SetupError("KB_DATABASE_URL: this is for SQLite; PostgreSQL has pg_dump and pg_restore.")
    return database.file


def _quoted(file: Path) -> str:
    return str(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
