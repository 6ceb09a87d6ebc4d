import logging
import re
from datetime import UTC, datetime

import pytest
import structlog
from typer.testing import CliRunner

from kb.cli import app
from kb.identity import Verifier, secret_keys
from kb.viewer import Plan, Role
from tests.support import TOP

SECRET = "a-secret-of-the-host-app-0123456789-abc"


@pytest.fixture
def _logs_as_they_were():
    """Commands set up logs for their process, which here is that of all tests."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**kept)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def kb(monkeypatch, tmp_path, _logs_as_they_were):
    """Runs `kb` in a folder of its own and answers (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KB_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("KB_SEARCH_URL", f"whoosh:///{tmp_path}/index")
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{tmp_path}/kb.db")
    (tmp_path / "content/articles/pay").mkdir(parents=True)
    (tmp_path / "content/articles/pay/payouts.md").write_text(
        "# When payouts arrive\n\n## Late\n\nIf money is not received in your bank.\n"
    )
    (tmp_path / "content/articles/pay/staff.md").write_text(
        "---\ntitle: Money for agents\nvisibility: internal\n---\nMoney.\n"
    )

    def run(*arguments, **environment):
        with monkeypatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            result = CliRunner().invoke(app, list(arguments))
        return result.exit_code, result.stdout, result.stderr

    return run


COMMANDS = ["serve", "check", "index", "search", "token"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_helps_with_an_example(kb, command):
    code, out, _ = kb(command, "--help", COLUMNS="200", NO_COLOR="1")
    assert code == 0
    assert "Example: " in out
    assert f"kb {command}" in out


def test_alone_it_lists_its_commands(kb):
    _, out, err = kb(COLUMNS="200", NO_COLOR="1")
    assert all(command in out + err for command in COMMANDS)


def test_a_check_of_good_content_is_one_line(kb):
    assert kb("check") == (0, "2 pages in 1 locales, 0 problems\n", "")


def test_a_check_lists_every_problem_and_fails(kb, tmp_path):
    (tmp_path / "content/articles/bad.md").write_text("---\ntitle: A\ntgas: [x]\nkind: guid\n---\n[x](gone.md)\n")
    (tmp_path / "content/articles/worse.md").write_bytes(b"\xff")
    code, out, _ = kb("check")
    assert code == 1
    assert out.splitlines() == [
        "articles/bad.md:3: warning: tgas: The key 'tgas' is not known. Did you mean 'tags'?",
        "articles/bad.md:4: error: kind: Expected 'article', 'guide', 'faq', 'tutorial' or 'policy', found 'guid'. Did you mean 'guide'?",
        "articles/bad.md:6: warning: There is no page 'gone.md'.",
        "articles/worse.md:1: error: The file is not valid UTF-8: byte 0xff. Save it as UTF-8.",
        "3 pages in 1 locales, 4 problems",
    ]


def test_a_check_prints_nothing_that_a_terminal_obeys(kb, tmp_path):
    (tmp_path / "content/articles/bad.md").write_text('---\ntitle: A\nkind: "\\e[31m[red]x[/red]\\n\\u202e"\n---\n')
    code, out, _ = kb("check")
    assert code == 1
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[red]" in out
    assert len(out.splitlines()) == 2


def test_another_folder_can_be_checked(kb, tmp_path):
    assert kb("check", "--content", str(TOP / "content"))[0] == 0
    code, out, err = kb("check", "--content", str(tmp_path / "gone"))
    assert (code, out) == (2, "")
    assert err == f"kb: KB_CONTENT: there is no folder '{tmp_path / 'gone'}'.\n"


def test_a_check_leaves_nothing_behind(kb, tmp_path):
    kb("check")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content"]


@pytest.mark.parametrize("arguments", [("check",), ("index",), ("search", "money"), ("token",)])
def test_a_bad_setting_is_one_clear_line(kb, arguments):
    code, out, err = kb(*arguments, KB_PORT="eighty")
    assert (code, out) == (2, "")
    assert err.startswith("kb: KB_PORT: ")
    assert err.count("\n") == 1


def test_the_index_is_written_once(kb):
    assert kb("index")[:2] == (0, "2 added, 0 updated, 0 removed, 0 unchanged\n")
    assert kb("index")[:2] == (0, "0 added, 0 updated, 0 removed, 2 unchanged\n")


def test_a_search_shows_what_a_reader_would_find(kb):
    code, out, _ = kb("search", "money not received in bank")
    assert code == 0
    assert out.startswith("1 hits (")
    assert "When payouts arrive" in out
    assert "http://127.0.0.1:8000/articles/payouts#s-late" in out
    assert "*money* is not *received* in your *bank*" in out


def test_an_internal_page_is_found_by_agents_alone(kb):
    assert "Money for agents" not in kb("search", "money")[1]
    assert kb("search", "agents")[1].startswith("0 hits")
    assert "Money for agents" in kb("search", "money", "--role", "agent")[1]


@pytest.mark.parametrize("query", ["", " ", "'", "\\", "(" * 500, "x" * 2_000, "पैसा कब आएगा", "[red]", "* OR *"])
def test_any_query_is_answered(kb, query):
    code, out, _ = kb("search", "--", query)
    assert code == 0
    assert re.match(r"\d+ hits \(", out)


def viewer_of(text, secret):
    return Verifier(secret_keys([secret]), "ooulet", "kb").viewer(text.strip(), now=datetime.now(UTC))


def test_a_token_is_one_that_this_machine_accepts(kb, tmp_path):
    code, out, err = kb(
        "token",
        "--role",
        "specialist",
        "--name",
        "Asha",
        "--subject",
        "a-1",
        "--email",
        "a@b.example",
        "--plan",
        "startup",
        "--team",
        "x",
        "--team",
        "y",
        "--minutes",
        "5",
    )
    assert (code, err, out.count("\n")) == (0, "", 1)
    viewer = viewer_of(out, (tmp_path / "var/jwt-secret").read_text())
    assert (viewer.role, viewer.subject, viewer.name, viewer.email) == (Role.SPECIALIST, "a-1", "Asha", "a@b.example")
    assert (viewer.plan, viewer.teams) == (Plan.STARTUP, ("x", "y"))


def test_a_token_is_signed_with_the_first_of_two_secrets(kb):
    assert viewer_of(kb("token", KB_JWT_SECRET=f"{SECRET}, other-{SECRET}")[1], SECRET).role is Role.CUSTOMER


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (
            (),
            {"KB_ENV": "production", "KB_SECRET": SECRET, "KB_JWT_SECRET": SECRET, "KB_BASE_URL": "https://kb.example"},
            "kb: KB_ENV: in production the host app makes tokens.\n",
        ),
        ((), {"KB_JWT_JWKS": "jwks.json"}, "kb: KB_JWT_JWKS: only the host app has the private key.\n"),
        ((), {"KB_JWT_SECRET": "short"}, "kb: KB_JWT_SECRET: a secret needs at least 32 bytes.\n"),
        (("--role", "visitor"), {}, "kb: --role: a visitor has no token.\n"),
    ],
)
def test_a_token_is_refused_where_it_would_not_count(kb, arguments, environment, message):
    assert kb("token", *arguments, **environment) == (2, "", message)
