"""Insights: numbers, plots made here, tables."""

import re
from uuid import uuid4

import pytest

from tests.schema.desk.asking import ASHA
from web.desk import plots
from web.desk.insights import share


def test_days_can_be_chosen_and_each_has_its_numbers(signed_in, open_ticket):
    open_ticket()
    browser = signed_in(ASHA)
    for path, days in (("/desk/insights", 30), ("/desk/insights?days=7", 7), ("/desk/insights?days=x", 30)):
        page = browser.get(path)
        [numbers] = [each for each in page.all("table", class_="numbers") if "Day" in each.text]
        assert len(re.findall(r"\d+ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", numbers.text)) == days
        assert page.one("a", aria_current="true").text == f"{days} days"
        assert len(page.all("svg", class_="plot", role="img")) == 3
        assert len(page.all("p", class_="unknown")) == path.endswith("x")


def test_a_search_is_counted(service, signed_in):
    service.ask('{ search(query: "payout") { totalCount } }')
    service.insights.log.flush()
    page = signed_in(ASHA).get("/desk/insights?days=7")
    assert "Searches0" not in "".join(page.one("dl", class_="figures").text.split())
    assert page.all("rect", class_="good")


def test_a_ticket_that_follows_a_page_of_results_is_counted_with_its_search(service, signed_in):
    reader = signed_in()
    reader.headers = {"cookie": f"kb-visitor={uuid4()}"}
    page = reader.get("/search?q=lost+payout+of+friday")
    [contact] = {each.attributes["href"] for each in page.all("a") if "/contact?search=" in each.attributes["href"]}
    search = reader.get(contact).one("input", name="search").attributes["value"]
    given = {"subject": "Lost", "body": "Where?", "topic": "PAYMENTS", "email": "m@home.example", "search": search}
    assert "/tickets/" in reader.send("/contact", **given, key=str(uuid4()))
    service.insights.log.flush()
    rows = [each.text for each in signed_in(ASHA).get("/desk/insights?days=7").all("tr")]
    told = [each for each in rows if "lost payout of friday" in each]
    assert told == ["lost payout of friday1011"] * 2  # once without a click, then a ticket: a gap, and a usual one


@pytest.mark.parametrize(
    ("most", "end"),
    [(0, 2), (1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 20), (34, 40), (41, 60), (99, 100), (101, 200)],
)
def test_a_scale_ends_at_a_round_number(most, end):
    assert plots.nice(most) == end


def test_bars_stand_upon_each_other_within_the_plot():
    plot = plots.stacked(["a", "b"], [("good", [3, 0]), ("bad", [1, 0])])
    good, bad = plot.bars
    assert (good.part, bad.part) == ("good", "bad")
    assert round(bad.y + bad.height, 1) == good.y
    assert round(good.y + good.height, 1) == plots.HEIGHT - plots.BOTTOM
    assert bad.y == plots.TOP


def test_days_without_a_share_are_passed_over():
    assert len(plots.line(["a", "b", "c"], [0.5, None, 1.0]).points.split()) == 2


def test_no_days_draw_nothing():
    assert plots.stacked([], [("good", []), ("bad", [])]).bars == []
    assert plots.line([], []).points == ""


def test_a_share_of_nothing_is_none():
    assert (share(1, 3), share(0, 0)) == ("33 %", "–")
