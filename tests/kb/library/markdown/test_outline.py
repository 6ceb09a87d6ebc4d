from hypothesis import given, settings
from hypothesis import strategies as st

from kb.library.markdown import Link, Section, SectionText, outline, to_html
from kb.library.markdown.anchors import anchor


def test_a_body_is_read_into_sections_with_their_text():
    made = outline(
        "# Payouts\n\nFirst *words*.\n\n## Days {#days}\n\n- Two\n- `T+2`\n\n### Holidays\n\nNone.\n\n# Fees\n"
    )
    assert made.heading == "Payouts"
    assert made.first_paragraph == "First words."
    assert made.parts == (
        SectionText(None, "First words."),
        SectionText(Section("s-days", "Days", 2), "Two\nT+2"),
        SectionText(Section("s-holidays", "Holidays", 3), "None."),
        SectionText(Section("s-fees", "Fees", 2), ""),
    )
    assert [section.anchor for section in made.sections] == ["s-days", "s-holidays", "s-fees"]
    assert made.text == "First words.\nTwo\nT+2\nNone."


def test_a_heading_that_does_not_open_the_body_is_a_section():
    made = outline("Text.\n\n# Later")
    assert (made.heading, [section.title for section in made.sections]) == (None, ["Later"])


def test_the_first_paragraph_is_words_and_no_picture():
    assert outline("![Only a picture](a.png)\n\n> A quotation.\n\nThe words.").first_paragraph == "The words."
    assert outline("## Heading\n\n- list").first_paragraph == ""


def test_text_of_tables_code_html_and_alerts_is_text():
    text = "| A | B |\n|---|---|\n| 1 | 2 |\n\n```json\n{}\n```\n\n<div>x &amp; <b>y</b></div>\n\n> [!TIP]\n> Tip.\n\n- [x] Done"
    assert outline(text).text == "A · B\n1 · 2\n{}\nx & y\nTip.\n☑ Done"


def test_links_have_the_line_that_their_block_begins_at():
    made = outline("[a](a.md)\n\nText\n[b](b.md#c) ![p](p.png)\n\n| [c](c.md) |\n|---|\n")
    assert made.links == (Link("a.md", 1), Link("b.md#c", 3), Link("p.png", 3, image=True), Link("c.md", 6))


def test_what_is_too_long_is_told_with_its_line():
    made = outline("Fine.\n\n" + "*a " * 3_000)
    assert made.oddities == ((3, "A paragraph of more than 5,000 characters is shown as it is written. Divide it."),)
    assert len(outline("a " * 2_400).oddities) == 0


def test_anchors_are_words_of_any_script():
    assert [anchor(text) for text in ("How long?", "Über uns", "தமிழ் மொழி", "a_b - c", "!?", "C++ & C#", "İ")] == [
        "how-long", "über-uns", "தமிழ்-மொழி", "a-b-c", "section", "c-c", "i̇",
    ]  # fmt: skip


def test_an_own_anchor_is_only_what_ends_a_heading():
    made = outline(
        "# T\n\n## A {#one}\n\n## B {#two} c\n\n## C `{#three}`\n\n## D \\{#four}\n\n## E &#123;#five}\n\n## F {#one}"
    )
    anchors = [section.anchor for section in made.sections]
    assert anchors[0] == "s-one"
    assert anchors[1] == "s-b-two-c"
    assert anchors[2] == "s-c-three"
    assert anchors[4] == "s-e-five"
    assert anchors[5] == "s-one-2"
    assert len(set(anchors)) == 6


TITLES = st.lists(st.text(st.sampled_from("ab-2 #{}_*`अ"), max_size=8), max_size=12)


@settings(max_examples=300, deadline=None)
@given(TITLES)
def test_anchors_are_unique_and_the_same_in_the_html(titles):
    text = "Text.\n\n" + "\n\n".join(f"## {title}" for title in titles)
    anchors = [section.anchor for section in outline(text).sections]
    assert len(set(anchors)) == len(anchors)
    rendered = to_html(text, locale="en", resolve=lambda target, image: target)
    places = [rendered.find(f' id="{each}">') for each in anchors]
    assert -1 not in places
    assert places == sorted(places)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("a #*_`~[](){}<>!|-+:.\n\t&;\"'\\/=^1@ww%अ☃")))
def test_any_text_has_an_outline_and_html(text):
    outline(text)
    to_html(text, locale="hi", resolve=lambda target, image: target)


def test_a_name_is_numbered_in_one_go():
    anchors = [section.anchor for section in outline("## a\n\n## a 2\n\n" + "## a\n\n" * 5_000).sections]
    assert anchors[:4] == ["s-a", "s-a-2", "s-a-3", "s-a-4"]
    assert len(set(anchors)) == 5_002
