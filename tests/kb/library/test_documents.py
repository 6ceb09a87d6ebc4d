from datetime import date

from kb.library.documents import documents, next_policy_change
from kb.library.pages import labels

TODAY = date(2026, 6, 1)

FILES = {
    "articles/pay/a.md": "---\ntitle: Payouts\nsummary: When\ntags: [upi]\nvisibility: internal\naudience: merchant\n---\nIntro.\n\n## Days\n\nTwo *days*.",
    "articles/pay/a.hi.md": "---\ntitle: भुगतान\n---\nपाठ।",
    "articles/pay/draft.md": "---\ntitle: D\nstatus: draft\n---\n",
    "articles/pay/old.md": "---\ntitle: O\nstatus: archived\n---\n",
    "policies/refund/2026-01-01.md": "---\ntitle: First\n---\nText.",
    "policies/refund/2026-06-01.md": "---\ntitle: Second\n---\nText.",
    "policies/refund/2026-12-01.md": "---\ntitle: Third\n---\nText.",
}


def by_id(library, on=TODAY):
    return {document.id: document for document in documents(library, on=on)}


def test_what_readers_read_is_what_is_searched(load):
    found = by_id(load(FILES))
    assert set(found) == {"article:a:en", "article:a:hi", "policy:refund@2026-06-01:en"}
    document = found["article:a:en"]
    assert (document.page_id, document.locale, document.kind, document.title) == (
        "article:a",
        "en",
        "article",
        "Payouts",
    )
    assert (document.headings, document.summary, document.body) == (("Days",), "When", "Intro.\nTwo days.")
    assert (document.categories, document.tags, document.labels) == (("pay",), ("upi",), {"internal:merchant"})
    assert found["article:a:hi"].labels == {"internal:merchant"}


def test_labels_of_a_page_for_everybody_are_all(load):
    assert labels(load({"articles/b.md": "# B"}).pages["article:b"]["en"]) == {"public:merchant", "public:shopper"}


def test_of_each_policy_the_version_in_force_is_searched(load):
    library = load(FILES)
    assert {day: sorted(set(by_id(library, date.fromisoformat(day))) - {"article:a:en", "article:a:hi"}) for day in ("2025-01-01", "2026-05-31", "2027-01-01")} == {
        "2025-01-01": [], "2026-05-31": ["policy:refund@2026-01-01:en"], "2027-01-01": ["policy:refund@2026-12-01:en"],
    }  # fmt: skip
    assert [next_policy_change(library, after=date.fromisoformat(day)) for day in ("2025-01-01", "2026-06-01", "2026-12-01")] == [
        date(2026, 1, 1), date(2026, 12, 1), None,
    ]  # fmt: skip


def test_a_revision_changes_with_whatever_is_searched_and_with_nothing_else(load):
    revisions = {by_id(load(FILES))["article:a:en"].revision}
    text = FILES["articles/pay/a.md"]
    same = by_id(load({"articles/pay/a.md": text + "\n\n", "articles/pay/b.md": "# B"}))["article:a:en"].revision
    assert same in revisions
    for old, new in (
        ("Payouts", "Payout"),
        ("When", "How"),
        ("upi", "card"),
        ("internal", "public"),
        ("merchant", "shopper"),
        ("Days", "Day"),
        ("Two", "Three"),
    ):
        revisions.add(by_id(load({"articles/pay/a.md": text.replace(old, new)}))["article:a:en"].revision)
    assert len(revisions) == 8
