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
from tests.support import TOP, Client, settings_for, write


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Before each test: a command that was run in process leaves its own log style behind."""
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.ReturnLoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )


def opened(stack: ExitStack, content: Path, var: Path, **more: Any) -> Client:
    """The service over a content folder, stopped with the stack: each one watches its folder."""
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
