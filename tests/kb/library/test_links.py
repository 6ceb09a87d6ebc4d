import pytest

from kb.viewer import ANYONE


def article(title, body, **keys):
    lines = [f"title: {title}", *(f"{key}: {value}" for key, value in keys.items())]
    return "---\n" + "\n".join(lines) + f"\n---\n{body}"


PAGES = {
    "articles/payments/payouts.md": article("Payouts", "## When {#when}\n\n## How much?\n\n## S-corp"),
    "articles/payments/payouts.hi.md": article("भुगतान", "## कब {#when}"),
    "articles/fees & GST.md": article("Fees", "Text."),
    "tutorials/film.md": article("Film", "## One", video="{url: 'https://films.example/1', duration: 10}"),
    "policies/refund/2026-01-31.md": article("Refunds", "Text."),
    "media/list.webp": b"x",
    "media/deep/क.png": b"x",
}


def linked(load, target, *, locale="en", where="articles/payments/page", image=False):
    """The HTML of a link on a page, and the problems."""
    body = f"{'!' if image else ''}[x]({target})"
    name = where if locale == "en" else f"{where}.{locale}"
    files = PAGES | {f"{where}.md": article("Page", body if locale == "en" else "x")}
    library = load(files | ({} if locale == "en" else {f"{name}.md": article("Page", body)}))
    page = library.page("article:page", ANYONE, locale)
    html = library.renderer.html(page).strip().removeprefix("<p>").removesuffix("</p>")
    return html, [problem.message for problem in library.problems if str(problem.path) == f"{name}.md"]


def href(html):
    return html.removeprefix('<a href="').removesuffix('" rel="noopener noreferrer">x</a>')


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("payouts.md", "http://kb.test/articles/payouts"),
        ("./payouts.md#when", "http://kb.test/articles/payouts#s-when"),
        ("payouts.md#s-when", "http://kb.test/articles/payouts#s-when"),
        ("payouts.md#How-much", "http://kb.test/articles/payouts#s-how-much"),
        ("payouts.md#s-corp", "http://kb.test/articles/payouts#s-s-corp"),
        ("../payments/payouts.md", "http://kb.test/articles/payouts"),
        ("/payments/payouts.md", "http://kb.test/articles/payouts"),
        ("/articles/payments/payouts.md", "http://kb.test/articles/payouts"),
        ("../fees%20&%20GST.md", "http://kb.test/articles/fees-gst"),
        ("<../fees & GST.md>", "http://kb.test/articles/fees-gst"),
        ("../../tutorials/film.md", "http://kb.test/tutorials/film"),
        ("/tutorials/film.md#one", "http://kb.test/tutorials/film#s-one"),
        ("../../policies/refund/2026-01-31.md", "http://kb.test/policies/refund"),
        ("../../media/list.webp", "http://kb.test/media/list.webp"),
        ("/media/deep/क.png", "http://kb.test/media/deep/%E0%A4%95.png"),
        ("https://bank.example/a?b=c#d", "https://bank.example/a?b=c#d"),
        ("mailto:help@ooulet.example", "mailto:help@ooulet.example"),
        ("tel:+911352", "tel:+911352"),
        ("/contact", "/contact"),
    ],
)
def test_links_lead_where_writers_mean(load, target, url):
    html, problems = linked(load, target)
    assert (href(html), problems) == (url.replace("&", "&amp;"), [])


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("payout.md", "There is no page 'payout.md'. Did you mean 'payouts'?"),
        ("../payouts.md", "There is no page '../payouts.md'. Did you mean 'payouts'?"),
        ("../../../../etc/passwd.md", "There is no page '../../../../etc/passwd.md'."),
        ("ftp://files.example/a", "Links of the kind 'ftp:' are not shown."),
        ("//evil.example/a", "Links of the kind ':' are not shown."),
        ("http://[evil", "'http://%5Bevil' is not a URL."),
    ],
)
def test_a_link_that_leads_nowhere_is_words_and_a_problem(load, target, problem):
    html, problems = linked(load, target)
    assert html == "x"
    assert problems in ([problem], [problem.replace("%5B", "[")])


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("payouts.md#wen", "payouts.md has no heading '#wen'. Did you mean 's-when'?"),
        ("#nothing", "page.md has no heading '#nothing'."),
    ],
)
def test_a_link_to_a_heading_that_is_not_there_is_a_problem(load, target, problem):
    assert linked(load, target)[1] == [problem]


def test_links_stay_in_the_language_of_the_reader(load):
    assert href(linked(load, "payouts.md#when", locale="hi")[0]) == "http://kb.test/hi/articles/payouts#s-when"
    assert href(linked(load, "../fees%20&%20GST.md", locale="hi")[0]) == "http://kb.test/articles/fees-gst"


@pytest.mark.parametrize("target", ["../../media/list.webp", "/media/list.webp"])
def test_pictures_are_those_of_the_media_folder(load, target):
    assert linked(load, target, image=True) == ('<img src="http://kb.test/media/list.webp" alt="x" loading="lazy">', [])


@pytest.mark.parametrize(
    "target",
    [
        "list.webp",
        "../media/list.webp",
        "https://evil.example/p.gif",
        "//evil.example/p.gif",
        "/media/../articles/a.md",
        "data:image/png;base64,eA==",
    ],
)
def test_other_pictures_are_words_and_a_problem(load, target):
    html, problems = linked(load, target, image=True)
    assert "<img" not in html
    if not target.startswith("data:"):  # Markdown itself takes that for text
        assert problems == [f"The picture '{target}' is not in the media folder."]


def test_the_line_of_a_dead_link_is_that_of_its_paragraph_in_the_file(load, told):
    library = load({"articles/a.md": "\n---\ntitle: A\n---\n\nText.\n\nMore\ntext [x](gone.md).\n"})
    assert told(library) == ["articles/a.md:8: warning: There is no page 'gone.md'."]
