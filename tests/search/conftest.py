"""The engines that must pass the contract, each empty, and documents to fill them with."""

from collections.abc import Callable, Iterator
from hashlib import blake2b

import pytest

from search.engine import WhooshEngine
from search.protocol import Document, SearchEngine
from tests.search.oracle import Oracle


@pytest.fixture(params=["whoosh", "oracle"])
def engine(request, tmp_path) -> Iterator[SearchEngine]:
    engine = WhooshEngine(tmp_path / "index") if request.param == "whoosh" else Oracle()
    yield engine
    engine.close()


@pytest.fixture
def document() -> Callable[..., Document]:
    return make_document


def make_document(id_: str, title: str = "", body: str = "", **others) -> Document:
    """A public English article; its revision is a hash of the rest."""
    defaults = {"page_id": id_, "locale": "en", "kind": "article", "labels": frozenset({"public"})}
    fields = {"id": id_, "title": title, "body": body, **defaults, **others}
    digest = blake2b(repr(sorted(fields.items(), key=lambda one: one[0])).encode(), digest_size=8)
    return Document(revision=digest.hexdigest(), **fields)
