"""A help center from elsewhere, put into the content folder as it is."""

import shutil

import pytest

import server
from tests.support import settings_for


@pytest.fixture(scope="module")
def adobe(test_data, tmp_path_factory):
    root = tmp_path_factory.mktemp("adobe")
    shutil.copytree(test_data / "corpora" / "adobe-commerce-kb", root / "content" / "articles")
    return root


def test_a_foreign_help_center_is_served_unedited(adobe, open_client):
    client = open_client(adobe / "content", var=adobe / "var")
    answer = client.ask(
        '{articles(first:1){totalCount} category(slug:"help/troubleshooting"){articleCount children{slug}}'
        ' search(query:"checkout stuck authorize.net"){nodes{title} edges{url}}}'
    )
    assert answer["articles"]["totalCount"] == 211
    assert answer["category"]["articleCount"] > 100
    assert answer["search"]["nodes"][0]["title"].startswith("Checkout is stuck when Authorize.net")
    foreign = [problem for problem in client.live.library.problems if problem.key == "exl-id"]
    assert len(foreign) == 208
    assert all(problem.line > 1 for problem in foreign)


def test_a_second_start_indexes_nothing_again(adobe):
    settings = settings_for(adobe / "content", adobe / "second")
    first = server.open_library(settings).refresh()
    second = server.open_library(settings).refresh()
    assert (first.written, first.kept) == (211, 0)
    assert (second.written, second.removed, second.kept) == (0, 0, 211)
