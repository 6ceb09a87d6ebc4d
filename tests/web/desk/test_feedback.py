"""Feedback is sorted and answered."""

import pytest

from tests.schema.desk.asking import ASHA, RAVI

SUBMIT = "mutation($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { feedback { id reference } userErrors { message } } }"


@pytest.fixture
def asha(signed_in):
    return signed_in(ASHA)


@pytest.fixture
def given(service):
    """Gives feedback; its id and reference."""

    def give(text="A dark mode, please.", kind="SUGGESTION"):
        answer = service.ask(SUBMIT, viewer=RAVI, input={"text": text, "kind": kind})["submitFeedback"]
        return answer["feedback"]["id"], answer["feedback"]["reference"]

    return give


def test_it_is_listed_by_status_and_kind(asha, given):
    _, reference = given()
    row = asha.get("/desk/feedback").one("li", id=reference)
    for words in ("Suggestion", "Received", "Ravi Negi", "product", "A dark mode, please."):
        assert words in row.text
    assert asha.get("/desk/feedback?status=RECEIVED&kind=SUGGESTION").all("li", id=reference)
    assert not asha.get("/desk/feedback?status=DONE").all("li", id=reference)
    assert not asha.get("/desk/feedback?kind=PRAISE").all("li", id=reference)


def test_it_is_moved_on_with_an_answer(asha, given):
    feedback_id, reference = given()
    asha.get("/desk/feedback")
    there = asha.send("/desk/feedback", id=feedback_id, status="PLANNED", response="In the spring.")
    assert there == "/desk/feedback"
    row = asha.get(there).one("li", id=reference)
    assert "Planned" in row.text
    assert "In the spring." in row.text


def test_its_words_are_drawn_as_those_of_tickets(asha, given):
    feedback_id, reference = given(
        "Under *Fees* it says <b>0</b>.\n\n- [here](https://help.example/fees)\n- [not](/here)"
    )
    asha.get("/desk/feedback")
    asha.send("/desk/feedback", id=feedback_id, status="PLANNED", response="**Soon**, <script>alert(1)</script>")
    page = asha.get("/desk/feedback")
    row = page.one("li", id=reference)
    assert "Under Fees it says 0." in row.text
    assert page.one("em").text == "Fees"
    assert page.one("a", href="https://help.example/fees").text == "here"
    assert not page.all("a", href="/here")
    assert "Soon" in [each.text for each in page.all("strong")]


def test_a_move_without_an_answer_is_refused_where_it_was_made(asha, given):
    feedback_id, reference = given()
    asha.get("/desk/feedback")
    page = asha.send("/desk/feedback", 422, id=feedback_id, status="DECLINED", response="")
    assert "Tell the author why" in page.one("li", id=reference).text
    assert "Tell the author why" in page.one("p", role="alert").text


def test_what_was_typed_comes_back(asha, given):
    feedback_id, reference = given()
    asha.get("/desk/feedback")
    asha.send("/desk/feedback", id=feedback_id, status="DONE", response="It is there.")
    page = asha.send("/desk/feedback", 422, id=feedback_id, status="RECEIVED", response="Again <b>")
    assert page.one("textarea", id=f"answer-{reference}").text == "Again <b>"


def test_saving_leads_on_to_the_next_note_of_the_same_list(asha, given):
    (_, second), (feedback_id, first) = given("One"), given("Two")
    page = asha.get("/desk/feedback?status=RECEIVED")
    rows = [each.attributes["data-row"] for each in page.all("li", data_row=True)]
    following = page.all("input", name="following")[rows.index(first)].attributes["value"]
    assert following == second
    path = page.all("form", class_="stack")[0].attributes["action"]
    there = asha.send(path, id=feedback_id, status="DONE", response="It is.", following=following)
    assert there == f"/desk/feedback?status=RECEIVED#answer-to-{second}"
    page = asha.get(there.partition("#")[0])
    assert page.one("summary", id=f"answer-to-{second}")
    assert not page.all("li", id=first)


def test_a_status_that_is_none_is_told_of(asha):
    assert "There is no “ODD”" in asha.get("/desk/feedback?status=ODD").one("p", class_="unknown").text
    assert "There is no “ODD”" in asha.get("/desk/feedback?kind=ODD&status=DONE").one("p", class_="unknown").text


def test_a_place_that_is_none_leads_to_the_beginning(asha):
    assert asha.leads("/desk/feedback?after=nonsense&status=DONE") == "/desk/feedback?status=DONE"
