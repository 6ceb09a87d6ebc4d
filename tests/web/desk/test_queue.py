"""The queue: what is due next, views and filters as links, pages by cursor."""

import pytest

from tests.schema.desk.asking import ASHA, LATA, SENIOR
from web.desk.queue import FIRST


def references(page):
    return [each.attributes["data-row"] for each in page.all("tr", data_row=True)]


@pytest.fixture
def asha(signed_in):
    return signed_in(ASHA)


def test_what_is_critical_and_due_first_is_on_top(asha, open_ticket):
    normal, critical = open_ticket(), open_ticket(topic="PAYMENTS")
    page = asha.get("/desk")
    rows = references(page)
    assert rows.index(critical) < rows.index(normal)
    row = page.one("tr", data_row=critical)
    assert row.attributes["class"] == "critical"
    for words in ("in 1 h 59 min", "Resolution", "Critical", "Ravi Negi", "Startup", "New", "payments", "Nobody"):
        assert words in row.text
    assert page.one("a", href=f"/desk/tickets/{critical}").text == "Where is my payout?"


def test_views_narrow_it_down(asha, open_ticket):
    mine, others = open_ticket(), open_ticket()
    asha.get(f"/desk/tickets/{mine}")
    asha.send(f"/desk/tickets/{mine}/assignment")
    assert mine in references(asha.get("/desk?view=mine"))
    assert others not in references(asha.get("/desk?view=mine"))
    assert others in references(asha.get("/desk?view=unassigned"))
    page = asha.get("/desk?view=mine")
    assert page.all("a", href="/desk?view=mine")[0].attributes["aria-current"] == "true"
    assert int(page.one("span", data_count="mine").text) == len(references(page))


def test_escalations_wait_for_who_reviews_them(signed_in, escalated):
    reference = escalated()
    assert reference in references(signed_in(SENIOR).get("/desk?view=review"))
    assert reference not in references(signed_in(ASHA).get("/desk?view=review"))
    row = signed_in(ASHA).get("/desk?view=escalated").one("tr", data_row=reference)
    assert "1st stage · Requested" in row.text


def test_topics_and_words_are_looked_for(asha, open_ticket):
    reference = open_ticket(LATA, subject="The 100% lamp_is dark", topic="APP_ERROR")
    assert reference in references(asha.get("/desk?topic=APP_ERROR"))
    assert reference not in references(asha.get("/desk?topic=REFUND"))
    assert references(asha.get("/desk?view=all&q=100%25+lamp_is")) == [reference]
    assert references(asha.get(f"/desk?view=all&q={reference.lower()}")) == [reference]
    page = asha.get("/desk?q=xyzzyqwv")
    assert "No ticket has these words" in page.text
    assert page.one("input", id="q").attributes["value"] == "xyzzyqwv"


def test_pages_go_by_cursor_there_and_back(asha, open_ticket):
    made = {open_ticket(subject="One of many sarees") for _ in range(FIRST + 3)}
    first = asha.get("/desk?view=all&q=many+sarees")
    second = asha.get(first.one("a", rel="next").attributes["href"])
    assert len(references(first)) == FIRST
    assert {*references(first), *references(second)} == made
    assert not second.all("a", rel="next")
    back = asha.get(second.one("a", rel="prev").attributes["href"])
    assert references(back) == references(first)


@pytest.mark.parametrize("path", ["/desk?after=nonsense", "/desk?topic=NONE", "/desk?before=%00"])
def test_what_is_no_place_in_it_leads_to_its_beginning(asha, path):
    assert asha.leads(path) == "/desk"


def test_an_unknown_view_is_told_of_and_the_usual_one_shown(asha):
    page = asha.get("/desk?view=%3Cscript%3E")
    assert page.one("h1").text.startswith("To do")
    assert page.one("p", class_="unknown").text.startswith("There is no “<script>” to choose here")
    assert not asha.get("/desk?view=all").all("p", class_="unknown")
