from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.library.markdown import outline
from kb.library.pages import Article, PageType, Status, allowed, labels, visible
from kb.viewer import ANYONE, STAFF, AccountManager, Audience, Role, Viewer, Visibility

VIEWERS = st.builds(Viewer, role=st.sampled_from(Role), audience=st.sampled_from([None, *Audience]))
EMPTY = outline("")


def page(visibility, audiences, status):
    return Article(
        type=PageType.ARTICLE, slug="a", locale="en", available_locales=("en",), path=PurePosixPath("articles/a.md"), title="A", summary="",
        updated_at=datetime(2026, 1, 1, tzinfo=UTC), revision="0", markdown="", outline=EMPTY, visibility=visibility, audiences=audiences, status=status,
    )  # fmt: skip


PAGES = st.builds(page, st.sampled_from(Visibility), st.frozensets(st.sampled_from(Audience)), st.sampled_from(Status))


@given(PAGES, VIEWERS)
def test_the_labels_that_engines_filter_by_are_the_rule_itself(page, viewer):
    assert visible(page, viewer) == (page.status is not Status.DRAFT and bool(labels(page) & allowed(viewer)))


@given(PAGES, VIEWERS, st.sampled_from(Audience))
def test_asking_for_an_audience_narrows_and_never_widens(page, viewer, audience):
    narrowed = allowed(viewer, audience)
    assert narrowed <= allowed(viewer)
    assert bool(labels(page) & narrowed) == (
        bool(labels(page) & allowed(viewer))
        and (viewer.audience in (None, audience))
        and (not page.audiences or audience in page.audiences)
    )


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.VISITOR, 1),
        (Role.CUSTOMER, 2),
        (Role.AGENT, 3),
        (Role.SENIOR_AGENT, 3),
        (Role.SPECIALIST, 3),
        (Role.MANAGER, 3),
    ],
)
def test_each_role_sees_so_much(role, seen):
    viewer = Viewer(role=role)
    assert viewer.visibilities == set(list(Visibility)[:seen])
    assert (viewer.signed_in, viewer.staff) == (seen > 1, seen > 2)
    assert viewer.staff == (role in STAFF)


def test_anyone_is_a_visitor():
    assert (ANYONE.role, ANYONE.subject, ANYONE.audience) == (Role.VISITOR, None, None)


def test_a_viewer_in_a_log_has_no_address():
    viewer = Viewer(
        role=Role.CUSTOMER, email="ravi@shop.example", account_manager=AccountManager("Asha", "asha@ooulet.example")
    )
    assert "@" not in repr(viewer)
