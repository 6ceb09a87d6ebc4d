"""What people see of a command: progress in a terminal, silence in a pipe, one clear line where a setting is wrong."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kb.errors import SetupError

SETUP_FAILED = 2
err = Console(stderr=True, highlight=False)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that `(done, total)` moves on; nothing where standard error is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


@contextmanager
def failing_clearly() -> Iterator[None]:
    """A setting that is wrong ends the process with what to mend, and exit code 2."""
    try:
        yield
    except SetupError as error:
        print(f"kb: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(SETUP_FAILED)
