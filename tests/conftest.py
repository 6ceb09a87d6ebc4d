"""The real service, in process, over the sample content or over content that a test writes."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

import server
from schema.documents import Document, DocumentStore
from tests.databases import copy_migrated, database, empty, empty_postgres, migrated_postgres, postgres, url
from tests.support import TOP, Client, settings_for, write

__all__ = ["database", "empty", "empty_postgres", "migrated_postgres", "postgres", "url"]
LONGEST_FIRST = (
    "test_workers.py",  # with processes of its own: beside it, files that have none
    "kb/support/test_escalation_machine.py",
    "schema/endpoint/test_nothing_personal.py",
    "kb/support/test_ticket_machine.py",
    "schema/desk/test_access.py",
    "kb/test_demo.py",
    "schema/test_attacks.py",
    "test_soak.py",
    "web/help/test_delivery.py",
    "test_failures.py",
    "test_serve.py",
    "web/browser/test_lighthouse.py",
    "test_crashes.py",
    "schema/test_schemathesis.py",
    "test_replicas.py",
    "test_private_logs.py",
    "kb/delivery/test_processes.py",
    "web/browser/test_hostile_content.py",
    "web/desk/test_browser.py",
    "web/browser/test_people.py",
    "web/browser/test_widget.py",
    "web/browser/test_axe.py",
    "web/browser/test_find_and_read.py",
    "schema/desk/test_walk.py",
)
"""Files that take ten seconds and more. Left to the end, one of them would keep one process while others are idle."""


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # xdist begins with the files of most tests: those are the quick ones


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        places = {TOP / "tests" / file: place for place, file in enumerate(LONGEST_FIRST)}
        items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Before each test: a command that was run in process leaves its own log style behind."""
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.ReturnLoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )


@pytest.fixture(scope="session", autouse=True)
def _prepared_once() -> Iterator[None]:
    """The services of a process share the registered documents: to parse and validate them is half of a start."""
    prepare: Any = DocumentStore._prepare
    prepared: dict[Any, Document] = {}

    def prepare_once(store: Any, text: str, *, registered: bool = False) -> Document:
        if not registered:
            return prepare(store, text)
        key = (store._schema, store._limits, text)
        if key not in prepared:
            prepared[key] = prepare(store, text, registered=True)
        return prepared[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentStore, "_prepare", prepare_once)
        yield


def opened(stack: ExitStack, content: Path, var: Path, **more: Any) -> Client:
    """The service over a content folder, stopped with the stack: each one watches its folder."""
    if "database_url" not in more and not (var / "kb.db").exists():
        copy_migrated(var / "kb.db")
    app = server.create_app(settings_for(content, var, **more))
    app.state.live.refresh()
    return Client(app, stack.enter_context(TestClient(app)))


@pytest.fixture(scope="session")
def open_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Client]]:
    """Starts the service over a content folder, for the rest of the session."""
    with ExitStack() as stack:

        def open_(content: Path, *, var: Path | None = None, **more: Any) -> Client:
            return opened(stack, content, var or tmp_path_factory.mktemp("var"), **more)

        yield open_


@pytest.fixture(scope="session")
def sample(open_client: Callable[..., Client]) -> Client:
    """The service over the sample content of the project."""
    return open_client(TOP / "content")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """The service over files given as {path: text}, for one test."""
    with ExitStack() as stack:

        def serve_(files: Mapping[str, str], **more: Any) -> Client:
            write(tmp_path / "content", files)
            return opened(stack, tmp_path / "content", tmp_path / "var", **more)

        yield serve_


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real help centers, judged queries and hostile input: kept outside of the project."""
    folder = os.environ.get("KB_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("KB_TEST_DATA names no folder with the test data")
    return Path(folder)
