"""A month that is made up: every state is in it, it is told by its seed, and nobody is written to about it."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

import server
from kb.cli import app
from kb.delivery.work import Work, do, find_due
from kb.demo import already_there, fill, month
from kb.demo.readers import Found
from kb.demo.texts import ANSWERS, QUESTIONS, SAID
from kb.insights.figures import content_gaps, top_queries
from kb.insights.period import last_days
from kb.store.database import Database
from kb.store.migrate import migrate
from kb.support.desk import Desk
from kb.support.tables import (
    Citation,
    ConductStatus,
    Escalation,
    EscalationState,
    FeedbackStatus,
    Outbox,
    OutboxKind,
    Person,
    Ticket,
    TicketStatus,
)
from kb.support.tables import Feedback as FeedbackRow
from kb.viewer import Role, Viewer
from tests.support import TOP, settings_for

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FOUND = Found("all_terms", 4, ("article:when-payouts-arrive", "article:refund-order"))
WRITER = Viewer(role=Role.MANAGER, subject="writer")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    live = server.open_library(settings_for(TOP / "content", tmp_path_factory.mktemp("library")))
    live.refresh()
    return live.library


@pytest.fixture(scope="module")
def lived(library, tmp_path_factory):
    """A database after its month, and what was told of it."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('demo')}/kb.db")
    migrate(database)
    advanced = []
    told = fill(
        database, Desk(library, b"s" * 40), lambda _text: FOUND, now=NOW, advance=lambda *each: advanced.append(each)
    )
    yield database, told, advanced
    database.close()


def count(database, column):
    return Counter(
        dict(database.read(lambda session: session.execute(select(column, func.count()).group_by(column)).all()))
    )


def test_what_is_told_is_there(lived):
    database, told, advanced = lived
    assert (told.tickets, told.votes, told.feedback) == (60, 140, len(SAID))
    assert told.searches > 500
    assert database.read(already_there) == 60
    assert advanced[-1][0] == advanced[-1][1]
    assert [done for done, _ in advanced] == sorted(done for done, _ in advanced)
    assert len({done for done, _ in advanced[-6:]}) > 4  # the readers at the end are shown too


def test_every_state_is_in_it(lived):
    database, _, _ = lived
    assert set(count(database, Ticket.status)) == set(TicketStatus)
    assert count(database, Ticket.breached)[True] >= 5
    assert set(count(database, Escalation.state)) == set(EscalationState)
    assert set(count(database, FeedbackRow.status)) == set(FeedbackStatus)
    assert set(count(database, Person.conduct)) == set(ConductStatus)
    stages = database.read(lambda session: set(map(tuple, session.execute(select(Escalation.level, Escalation.state)))))
    assert len(stages) >= 8


def test_all_of_it_lies_in_the_month_before(lived):
    database, _, _ = lived
    first, last = database.read(
        lambda session: session.execute(select(func.min(Ticket.created_at), func.max(Ticket.updated_at))).one()
    )
    assert NOW - timedelta(days=30) < first < last <= NOW + timedelta(seconds=1)


def test_nobody_is_written_to(lived):
    database, _, _ = lived
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Outbox))) == 0


def test_a_service_that_runs_beside_it_neither_disturbs_it_nor_writes_to_anybody(library, tmp_path, lived):
    """Twice over: the second month begins with the addresses of the first, and with its own work alone."""
    url = f"sqlite:///{tmp_path}/kb.db"
    database, beside = Database(url), Database(url)
    migrate(database)
    desk, seen, over = Desk(library, b"s" * 40), Counter(), threading.Event()

    def serve():
        service = Work(beside, lambda: desk)
        while not over.is_set():
            seen["mails"] += beside.read(lambda session: session.scalar(select(func.count()).select_from(Outbox)))
            seen["addresses"] += beside.read(lambda session: session.scalar(select(func.count(Person.email))))
            seen["done"] += service.round(NOW)
            seen["rounds"] += 1

    running = threading.Thread(target=serve)
    running.start()
    try:
        first = fill(database, desk, lambda _text: FOUND, now=NOW)
        second = fill(database, desk, lambda _text: FOUND, now=NOW)
    finally:
        over.set()
        running.join()
        database.close()
        beside.close()
    assert first == lived[1]
    assert (second.tickets, second.escalations) == (2 * first.tickets, 2 * first.escalations)
    assert (seen["mails"], seen["addresses"], seen["done"]) == (0, 0, 0)
    assert seen["rounds"] > 10


def test_nor_is_anybody_when_a_service_runs_over_it_for_weeks(library, lived):
    """Last, as it changes the month: what still falls due is done."""
    database, _, _ = lived
    for day in range(1, 30):
        at = NOW + timedelta(days=day)
        while due := database.read(lambda session, at=at: find_due(session, at=at)):
            for work_id in due:
                database.write(
                    lambda session, work_id=work_id, at=at: do(session, Desk(library, b"s" * 40), work_id, at=at)
                )
    mails = select(func.count()).select_from(Outbox).where(Outbox.kind == OutboxKind.MAIL)
    assert database.read(lambda session: session.scalar(mails)) == 0


def test_replies_cite_pages_and_searches_have_gaps(lived):
    database, _, _ = lived
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Citation))) > 30
    found = database.read(lambda session: content_gaps(session, last_days(30, today=NOW.date()), first=5))
    assert all(each.without_result for each in found)
    assert len(found) == 5
    usual = database.read(lambda session: top_queries(session, last_days(30, today=NOW.date()), first=10))
    assert sum(each.tickets_after > 0 for each in usual) >= 5


def test_the_pages_that_it_names_are_in_the_sample_content(library):
    for question in QUESTIONS:
        for page_id in question.pages:
            assert library.page(page_id, WRITER, "en"), page_id
    assert len({question.subject for question in QUESTIONS}) == len(QUESTIONS)
    assert all(ANSWERS)


def test_the_same_seed_tells_the_same_month():
    def moments(seed):
        return [at for at, _ in month.searches(Random(seed), lambda _text: FOUND, now=NOW)]

    assert moments(1) == moments(1)
    assert moments(1) != moments(2)


@pytest.fixture
def kb(monkeypatch, tmp_path):
    """Runs `kb demo` over a database of its own."""
    monkeypatch.setenv("KB_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("KB_CONTENT", str(tmp_path / "content"))
    monkeypatch.setenv("KB_SEARCH_URL", f"whoosh:///{tmp_path}/index")
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{tmp_path}/kb.db")
    folder = tmp_path / "content/policies/customer-support"
    folder.mkdir(parents=True)
    folder.joinpath("2024-10-30.md").write_text((TOP / "content/policies/customer-support/2024-10-30.md").read_text())
    return lambda *arguments: CliRunner().invoke(app, ["demo", *arguments])


def test_the_command_fills_a_database_once(kb, monkeypatch):
    monkeypatch.setattr("kb.demo.month.KINDS", month.KINDS[:2])
    first = kb()
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("12 tickets, 0 escalations, ")
    assert "/desk\n" in first.stdout
    assert 'kb token --role specialist --name "Om Bhatt" --subject demo-om --team technical' in first.stdout
    again = kb()
    assert again.exit_code == 2
    assert "it holds 12 tickets already; --again adds to them." in again.stderr
    assert kb("--again").stdout.startswith("24 tickets, ")


def test_production_is_left_alone(kb, monkeypatch):
    monkeypatch.setenv("KB_ENV", "production")
    monkeypatch.setenv("KB_SECRET", "s" * 40)
    monkeypatch.setenv("KB_JWT_SECRET", "j" * 40)
    monkeypatch.setenv("KB_BASE_URL", "https://help.example")
    refused = kb()
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "kb: KB_ENV: what is made up is not for production.\n"


def test_content_without_a_support_policy_cannot_have_one(kb, tmp_path):
    (tmp_path / "content/policies/customer-support/2024-10-30.md").unlink()
    refused = kb()
    assert refused.exit_code == 2
    assert refused.stderr.startswith("kb: KB_CONTENT: No support policy is in force")
