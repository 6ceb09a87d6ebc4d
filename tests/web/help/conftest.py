"""Opens pages of the help center as a browser does, redirects left to the test."""

import pytest

from tests.web.help.reading import read


@pytest.fixture(scope="session")
def get(sample):
    """The answer to a GET of a path of the sample content."""
    return lambda path, **headers: sample.http.get(
        path, headers={name.replace("_", "-"): value for name, value in headers.items()}, follow_redirects=False
    )


@pytest.fixture(scope="session")
def page(get):
    """A page of the sample content that must be there, read."""

    def page_(path, status=200):
        answer = get(path)
        assert answer.status_code == status, answer.text[:500]
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return read(answer.text)

    return page_
