from kb.library.related import related
from kb.viewer import ANYONE, Audience, Role, Viewer

AGENT = Viewer(role=Role.AGENT)


def article(title, **keys):
    return (
        "---\n" + "\n".join([f"title: {title}", *(f"{key}: {value}" for key, value in keys.items())]) + "\n---\nText."
    )


FILES = {
    "articles/pay/payouts.md": article("When payouts arrive", tags="[upi]", related="[refunds, staff]"),
    "articles/pay/late.md": article("Late payouts", tags="[upi]"),
    "articles/pay/staff.md": article("Payouts for agents", visibility="internal", tags="[upi]"),
    "articles/pay/old.md": article("Old payouts", status="archived", tags="[upi]"),
    "articles/shop/refunds.md": article("Refunds"),
    "articles/shop/late.md": article("Shoppers' late orders", audience="shopper"),
    "policies/refund/2026-01-01.md": article("Payouts policy", tags="[upi]"),
}


def slugs(library, viewer, first=10):
    return [page.slug for page in related(library, library.pages["article:payouts"]["en"], viewer, first=first)]


def test_the_writers_choice_comes_first_then_what_is_most_alike(load):
    assert slugs(load(FILES), ANYONE)[:2] == ["refunds", "late"]


def test_what_the_viewer_may_not_open_is_not_offered(load):
    library = load(FILES)
    assert "staff" not in slugs(library, ANYONE)
    assert slugs(library, AGENT)[:2] == ["refunds", "staff"]
    assert "shop-late" not in slugs(library, Viewer(audience=Audience.MERCHANT))


def test_pages_alike_are_for_the_same_readers_unless_the_writer_chose_them(load):
    files = {
        "articles/contact.md": article("Contact a customer", audience="merchant"),
        "articles/ask.md": article("Contact the store", audience="shopper"),
        "articles/both.md": article("Contact us"),
        "articles/when.md": article("When do I get a contact", audience="merchant"),
        "articles/how.md": article("When do I get paid", audience="merchant", related="ask"),
    }
    library = load(files)
    found = {
        slug: {each.slug for each in related(library, library.pages[f"article:{slug}"]["en"], ANYONE, first=9)}
        for slug in ("contact", "how")
    }
    assert "ask" not in found["contact"]
    assert {"both", "when"} <= found["contact"]
    assert "ask" in found["how"]


def test_words_that_say_nothing_make_no_two_pages_alike(load):
    library = load(
        {"articles/a/when.md": article("When do I get paid"), "articles/b/how.md": article("When do I get alerts")}
    )
    assert related(library, library.pages["article:when"]["en"], ANYONE, first=9) == []


def test_a_page_itself_archived_pages_and_policies_are_not_offered(load):
    assert not {"payouts", "old", "refund"} & set(slugs(load(FILES), AGENT))


def test_no_more_than_asked_for_is_offered(load):
    library = load(FILES)
    assert slugs(library, AGENT, first=1) == ["refunds"]
    assert slugs(library, AGENT, first=0) == []


def test_related_pages_come_in_the_language_of_the_page(load):
    library = load(
        FILES
        | {
            "articles/pay/payouts.hi.md": "---\ntitle: भुगतान\n---\n",
            "articles/shop/refunds.hi.md": "---\ntitle: वापसी\n---\n",
        }
    )
    page = library.pages["article:payouts"]["hi"]
    assert [each.locale for each in related(library, page, ANYONE, first=2)] == ["hi", "en"]
