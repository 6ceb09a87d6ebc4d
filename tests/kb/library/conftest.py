"""Content written into a folder and read by the real loader."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kb.library.library import Library
from kb.library.load import Loader


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "articles").mkdir(parents=True)
    return folder


@pytest.fixture
def load(content: Path) -> Callable[..., Library]:
    """Writes files given as {path: text or bytes} and answers the library of all files there are."""

    def load_(files: Mapping[str, str | bytes] = {}, **options: object) -> Library:
        for name, text in files.items():
            path = content / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Loader(content, base_url="http://kb.test", default_locale="en", **options).load()

    return load_


@pytest.fixture
def told() -> Callable[[Library], list[str]]:
    """The problems of a library as `kb check` prints them."""
    return lambda library: [str(problem) for problem in library.problems]
