"""`kb serve` as a process, for tests that need a real one."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import copy_migrated
from tests.support import TOP

PATIENCE = 60  # seconds for a start on a busy machine; nothing is measured


def environment(var: Path, **more: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("KB_")}
    own = {
        "KB_VAR": str(var),
        "KB_SEARCH_URL": f"whoosh:///{var}/index",
        "KB_DATABASE_URL": f"sqlite:///{var}/kb.db",
        "KB_PORT": "0",
        "KB_CONTENT": str(TOP / "content"),
    }
    return inherited | own | more


@contextmanager
def serving(
    var: Path, command: tuple[str, ...] = ("-m", "kb.cli", "serve"), **more: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running service and its URL, ended when the test is. Its database has its tables, unless one is named."""
    if "KB_DATABASE_URL" not in more and not (var / "kb.db").exists():
        copy_migrated(var / "kb.db")
    with (
        open(var.parent / "output", "w+") as output,
        subprocess.Popen(
            [sys.executable, *command], cwd=TOP, env=environment(var, **more), stderr=output, text=True
        ) as process,
    ):
        try:
            yield process, _url(process, Path(output.name))
        finally:
            process.kill()


def _url(process: subprocess.Popen[str], output: Path) -> str:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        match = re.search(r"GraphQL +(http://\S+)/graphql", output.read_text())
        if match:
            return match.group(1)
        time.sleep(0.05)
    pytest.fail(f"the service did not start:\n{output.read_text()}")
