"""`kb eval`: a writer's file of queries against the engine."""

import json

import pytest
from typer.testing import CliRunner

from kb.cli import app
from kb.evaluation.outcome import evaluate
from kb.evaluation.queries import read_queries
from tests.support import write

CONTENT = {
    "articles/payments/payouts.md": "---\ntitle: When do payouts arrive\nredirect_from: [settlements]\n---\nAfter two days.\n",
    "articles/payments/refunds.md": "---\ntitle: Refund an order\n---\nTap Refund.\n",
    "articles/payments/credits.md": "---\ntitle: Goodwill credits\nvisibility: internal\n---\nUp to 500.\n",
    "articles/payments/tracking.md": "---\ntitle: Where is my parcel\naudience: shopper\n---\nOpen the link.\n",
    "articles/welcome.md": "---\ntitle: Welcome\n---\nHello.\n",
    "articles/welcome.hi.md": "---\ntitle: स्वागत\n---\nनमस्ते।\n",
    "policies/refunds/2026-01-01.md": "---\ntitle: Refund Policy\n---\nWe refund.\n",
}


@pytest.fixture(scope="module")
def live(open_client, tmp_path_factory):
    return open_client(write(tmp_path_factory.mktemp("kb") / "content", CONTENT)).live


def read(live, tmp_path, text):
    path, problems = tmp_path / "queries.yml", []
    path.write_text(text, encoding="utf-8")
    return read_queries(path, live.library, problems), [str(each).rpartition("queries.yml:")[2] for each in problems]


def test_the_figures_are_those_of_the_ranks(live, tmp_path):
    queries, problems = read(
        live,
        tmp_path,
        "- {query: payouts, pages: payouts}\n"
        "- {query: order refund, pages: ['policy:refunds'], within: 1}\n"
        "- {query: zebra, pages: [payouts]}\n",
    )
    assert problems == []
    evaluation = evaluate(queries, live)
    assert [each.rank for each in evaluation.outcomes] == [1, 2, None]
    assert [evaluation.success(1), evaluation.success(3), evaluation.mrr] == pytest.approx([1 / 3, 2 / 3, 0.5])
    assert [each.query.line for each in evaluation.lost] == [2, 3]
    assert evaluation.lost[0].found == ("article:refunds", "policy:refunds")


def test_readers_see_what_is_theirs(live, tmp_path):
    queries, problems = read(
        live,
        tmp_path,
        "- {query: goodwill credits, pages: credits, role: agent}\n"
        "- {query: parcel, pages: tracking, audience: shopper}\n"
        "- {query: स्वागत, pages: welcome, locale: hi}\n"
        "- {query: payouts, pages: settlements}\n",
    )
    assert problems == []
    assert [each.rank for each in evaluate(queries, live).outcomes] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{query: x, pages: [payuots]}", "There is no page 'payuots'. Did you mean 'payouts'?"),
        ("{query: x, pages: ['article:payuots']}", "There is no page 'article:payuots'. Did you mean 'payouts'?"),
        ("{query: x, pages: [refunds]}", "'refunds' is the slug of 2 pages. Write article:refunds or policy:refunds."),
        ("{query: x, pages: [credits]}", "This reader cannot find 'credits': check role and audience"),
        ("{query: x, pages: [tracking], audience: merchant}", "This reader cannot find 'tracking'"),
        ("{querry: x, pages: [payouts]}", "There is no key 'querry'. Did you mean 'query'?"),
        ("{query: x, pages: []}", "pages: "),
        ("{query: x, pages: [payouts], within: 0}", "within: "),
        ("{query: x, pages: [payouts], role: boss}", "role: "),
        ("{query: x, pages: [payouts], locale: hx}", "The content has no locale 'hx'."),
        ("just text", "valid dictionary"),
    ],
)
def test_a_mistake_is_told_with_its_line(live, tmp_path, entry, problem):
    queries, problems = read(live, tmp_path, f"# comment\n- {{query: ok, pages: [payouts]}}\n\n- {entry}\n")
    assert [query.text for query in queries][:1] == ["ok"]
    assert all(each.startswith("4: error: ") for each in problems)
    assert any(problem in each for each in problems)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: error: Expected a list of queries"),
        ("a: 1", "1: error: Expected a list of queries"),
        ("- a\n- [", "2: error: This is not valid YAML"),
    ],
)
def test_a_file_that_is_no_list_is_one_problem(live, tmp_path, text, problem):
    queries, problems = read(live, tmp_path, text)
    assert queries == []
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_the_command_names_what_is_lost_and_exits_1(tmp_path, monkeypatch):
    write(tmp_path / "content", CONTENT)
    for key, value in {"CONTENT": "content", "VAR": "var", "SEARCH_URL": "whoosh:///var/index"}.items():
        monkeypatch.setenv(f"KB_{key}", value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yml").write_text("- {query: payouts, pages: payouts}\n")
    (tmp_path / "bad.yml").write_text("- {query: payouts, pages: payouts}\n- {query: refund order, pages: payouts}\n")
    run = CliRunner().invoke
    good, bad, missing = (run(app, ["eval", f"{name}.yml"]) for name in ("good", "bad", "missing"))
    assert (good.exit_code, bad.exit_code, missing.exit_code) == (0, 1, 2)
    assert "1 queries: success@1 1.000, success@3 1.000, MRR 1.000; none lost" in good.output
    assert (
        "line 2: 'refund order': article:payouts not found, wanted in 3; found article:refunds, policy:refunds"
        in bad.output
    )
    figures = json.loads(run(app, ["eval", "bad.yml", "--json"]).stdout)
    assert (figures["queries"], figures["success@1"], figures["lost"][0]["query"]) == (2, 0.5, "refund order")


def test_a_search_is_explained(tmp_path, monkeypatch):
    write(tmp_path / "content", CONTENT)
    for key, value in {"CONTENT": "content", "VAR": "var", "SEARCH_URL": "whoosh:///var/index"}.items():
        monkeypatch.setenv(f"KB_{key}", value)
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, ["search", "refund order", "--first", "1", "--explain"]).output
    assert "stem  refund" in shown
    assert "neighbours  refund order" in shown
    assert "the query has 100% of the title" in shown
