"""Feedback: who owns it, how it moves on, and what its author hears."""

from datetime import timedelta
from functools import partial
from itertools import product
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from kb.errors import Forbidden, InvalidInput, NotFound, Refused
from kb.support import feedback
from kb.support.feedback import MOVES, FeedbackFilter, NewFeedback
from kb.support.tables import Feedback, FeedbackKind, FeedbackStatus, Outbox, Person
from tests.kb.support.desks import AGENT, HOUR, NOBODY, NOW, customer

SUGGESTION, CONTENT = FeedbackKind.SUGGESTION, FeedbackKind.CONTENT
RECEIVED, UNDER_REVIEW, PLANNED = FeedbackStatus.RECEIVED, FeedbackStatus.UNDER_REVIEW, FeedbackStatus.PLANNED
DONE = FeedbackStatus.DONE


def submit(database, desk, by=NOBODY, *, at=NOW, **given):
    new = NewFeedback(**({"kind": SUGGESTION, "text": "Show the order number."} | given))
    return database.write(partial(feedback.submit, desk=desk, given=new, by=by, at=at))


def review(database, desk, row, status, response=None, *, by=AGENT, at=NOW + HOUR):
    def work(session):
        return feedback.review(session, desk, row.id, status, response, by=by, at=at)

    return database.write(work)


def sent(database):
    return database.read(lambda session: sorted((row.kind.value, row.name) for row in session.scalars(select(Outbox))))


def test_feedback_of_an_account_is_taken_in(database, desk):
    row = submit(database, desk, customer(), name="Somebody else", email="else@shop.example")
    assert (row.status, row.team, row.text, row.response) == (RECEIVED, "product", "Show the order number.", None)
    assert (row.author.name, row.author.email) == ("Ravi Negi", "ravi1@shop.example")
    assert (row.created_at, row.updated_at, row.locale) == (NOW, NOW, "en")
    assert row.reference.startswith("F")
    assert sent(database) == [("webhook", "feedback.received")]


def test_a_visitor_may_stay_unknown(database, desk):
    assert submit(database, desk).author_id is None
    known = submit(database, desk, name="Meera", email="meera@shop.example")
    assert (known.author.name, known.author.email, known.author.key) == ("Meera", "meera@shop.example", None)


@pytest.mark.parametrize(
    ("kind", "page_id", "team"),
    [
        ("suggestion", None, "product"),
        ("complaint", None, "support"),
        ("praise", None, "support"),
        ("content", None, "content"),
        ("suggestion", "article:payout", "payments"),
        ("complaint", "article:error-500", "support"),  # of two topics the one that is not critical
        ("suggestion", "article:welcome", "product"),  # of no topic
        ("content", "article:payout", "content"),  # the words of a page are the writers'
    ],
)
def test_feedback_goes_to_the_team_that_owns_it(database, desk, kind, page_id, team):
    row = submit(database, desk, kind=FeedbackKind(kind), page_id=page_id)
    assert (row.team, row.page_id) == (team, page_id)


def test_a_page_that_is_hidden_answers_as_one_that_is_not_there(database, desk):
    for page_id in ("article:none", "article:inside", "article:members"):
        with pytest.raises(Refused) as refused:
            submit(database, desk, page_id=page_id)
        assert (refused.value.reason, refused.value.field) == ("NOT_FOUND", ("page",))
    assert submit(database, desk, customer(), page_id="article:members").page_id == "article:members"


@pytest.mark.parametrize(
    ("given", "reason", "field"),
    [
        ({"text": " "}, "REQUIRED", "text"),
        ({"text": "x" * 5_001}, "TOO_LONG", "text"),
        ({"name": "x" * 201}, "TOO_LONG", "name"),
        ({"email": "nobody"}, "INVALID", "email"),
        ({"idempotency_key": "not random"}, "INVALID", "idempotencyKey"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(database, desk, given, reason, field):
    with pytest.raises(Refused) as refused:
        submit(database, desk, **given)
    assert (refused.value.reason, refused.value.field) == (reason, (field,))
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Feedback))) == 0


def test_a_retry_answers_the_first_result(database, desk):
    key = str(uuid4())
    first = submit(database, desk, idempotency_key=key, name="Meera")
    assert submit(database, desk, idempotency_key=key, name="Meera", at=NOW + HOUR).id == first.id
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Person))) == 1
    with pytest.raises(Refused) as refused:
        submit(database, desk, idempotency_key=key, name="Meera", text="Something else.")
    assert refused.value.reason == "IDEMPOTENCY_CONFLICT"


def test_an_answer_is_kept_and_mailed_where_there_is_an_address(database, desk):
    row = submit(database, desk, customer())
    done = review(database, desk, row, DONE, "It is there since today.")
    assert (done.status, done.response, done.updated_at) == (DONE, "It is there since today.", NOW + HOUR)
    assert sent(database) == [
        ("mail", "feedback_answered"),
        ("webhook", "feedback.received"),
        ("webhook", "feedback.reviewed"),
    ]
    review(database, desk, submit(database, desk), DONE, "It is there since today.")
    assert [name for _, name in sent(database)].count("feedback_answered") == 1


def test_the_same_review_again_changes_nothing(database, desk):
    row = submit(database, desk, customer())
    review(database, desk, row, PLANNED, "Next month.")
    before = sent(database)
    again = review(database, desk, row, PLANNED, "Next month.", at=NOW + 2 * HOUR)
    assert (again.updated_at, sent(database)) == (NOW + HOUR, before)
    assert review(database, desk, row, PLANNED, at=NOW + 2 * HOUR).updated_at == NOW + HOUR


def test_another_answer_is_mailed_again(database, desk):
    row = submit(database, desk, customer())
    review(database, desk, row, PLANNED, "Next month.")
    assert review(database, desk, row, PLANNED, "Next week.").response == "Next week."
    assert sent(database).count(("mail", "feedback_answered")) == 2
    review(database, desk, row, DONE, "Next week.")
    assert sent(database).count(("mail", "feedback_answered")) == 3


def test_only_moves_of_the_table_are_made(database, desk):
    for start, end in product(FeedbackStatus, FeedbackStatus):
        row = submit(database, desk)
        database.write(lambda session, row=row, start=start: setattr(session.get(Feedback, row.id), "status", start))
        if start is end or end in MOVES[start]:
            assert review(database, desk, row, end, "Because.").status is end
            continue
        with pytest.raises(Refused) as refused:
            review(database, desk, row, end, "Because.")
        assert (refused.value.reason, refused.value.field) == ("INVALID_STATE", ("status",))


def test_what_was_said_is_named_in_words(database, desk):
    row = submit(database, desk)
    review(database, desk, row, UNDER_REVIEW)
    with pytest.raises(Refused, match=r"^Feedback that is under review cannot become received\.$"):
        review(database, desk, row, RECEIVED)


def test_an_author_is_told_why(database, desk):
    row = submit(database, desk)
    assert review(database, desk, row, UNDER_REVIEW).response is None
    for status in (PLANNED, DONE, FeedbackStatus.DECLINED):
        with pytest.raises(Refused) as refused:
            review(database, desk, row, status)
        assert (refused.value.reason, refused.value.field) == ("REQUIRED", ("response",))


def test_staff_alone_review(database, desk):
    row = submit(database, desk, customer())
    for by in (NOBODY, customer()):
        with pytest.raises(Forbidden):
            review(database, desk, row, DONE, "Mine.", by=by)
    with pytest.raises(NotFound):
        review(database, desk, Feedback(id=UUID(int=7)), DONE, "None.")


@pytest.fixture
def seven(database, desk):
    """Six of one moment, one later; the newest first."""
    rows = [submit(database, desk, at=NOW) for _ in range(6)] + [submit(database, desk, at=NOW + HOUR)]
    return [row.id for row in sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)]


def page(database, filter=None, **given):
    found = filter or FeedbackFilter()
    return database.read(lambda session: feedback.page_of_feedback(session, found, **given))


def test_pages_follow_each_other_without_gaps(database, seven):
    found, after = [], None
    for expected in ((3, True, False), (3, True, True), (1, False, True)):
        part = page(database, first=3, after_key=after)
        assert (len(part.items), part.has_next, part.has_previous) == expected
        assert part.total == 7
        found += [row.id for row in part.items]
        after = part.keys[-1]
    assert found == seven


def test_pages_are_read_backwards_too(database, seven):
    last = page(database, last=3)
    assert [row.id for row in last.items] == seven[4:]
    assert (last.has_next, last.has_previous) == (False, True)
    before = page(database, last=3, before_key=last.keys[0])
    assert [row.id for row in before.items] == seven[1:4]
    assert (before.has_next, before.has_previous) == (True, True)
    between = page(database, first=9, after_key=last.keys[0], before_key=last.keys[2])
    assert [row.id for row in between.items] == [seven[5]]


def test_a_page_past_the_end_is_empty(database, seven):
    end = page(database, first=5, after_key=page(database, last=1).keys[0])
    assert (end.items, end.keys, end.total, end.has_next) == ([], [], 7, False)


def test_a_list_without_a_size_has_twenty(database, seven):
    assert len(page(database).items) == 7


@pytest.mark.parametrize("key", [("x", "y"), (NOW.isoformat(),), (NOW.isoformat()[:19], UUID(int=1).hex), (1, 2)])
def test_a_key_of_another_list_is_refused(database, key):
    with pytest.raises(InvalidInput):
        page(database, first=5, after_key=key)


def test_lists_are_filtered(database, desk):
    payout = submit(database, desk, kind=CONTENT, page_id="article:payout")
    mine = submit(database, desk, customer(), at=NOW + timedelta(minutes=1))
    review(database, desk, mine, UNDER_REVIEW)

    def ids(filter=None, **given):
        part = page(database, filter, **given)
        assert part.total == len(part.items)
        return [row.id for row in part.items]

    assert ids() == [mine.id, payout.id]
    assert ids(FeedbackFilter(kinds=(CONTENT,))) == ids(FeedbackFilter(page_id="article:payout")) == [payout.id]
    assert ids(FeedbackFilter(statuses=(UNDER_REVIEW,))) == ids(author_id=mine.author_id) == [mine.id]
    assert ids(FeedbackFilter(page_id="a\0b")) == []
    assert ids(FeedbackFilter(kinds=())) == ids(FeedbackFilter(kinds=(CONTENT,), statuses=(UNDER_REVIEW,))) == []
