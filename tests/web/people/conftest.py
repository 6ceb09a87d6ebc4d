"""People with a browser without scripts, at the service with the support policy of the sample content."""

import pytest

from tests.schema.desk.asking import FILES
from tests.support import write
from tests.web.people.browsing import Browser

TRANSLATED = {"articles/payments/payouts.hi.md": "---\ntitle: पेआउट कब आता है\n---\nदो दिन में।\n"}


@pytest.fixture(scope="session")
def service(open_client, tmp_path_factory):
    """One service for all, each test at its own tickets."""
    return open_client(write(tmp_path_factory.mktemp("people") / "content", FILES | TRANSLATED))


@pytest.fixture
def browser(service):
    """Opens another browser, with cookies of its own."""
    return lambda: Browser(service)


@pytest.fixture
def fresh_service(serve, tmp_path):
    """A service of its own with its folder, and what opens a browser at it: for tests that read mail."""
    client = serve(FILES)
    return client, tmp_path / "var", lambda: Browser(client)
