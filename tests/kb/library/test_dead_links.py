import pytest

from kb.library import dead_links
from kb.library.load import Loader

PAGES = {
    "articles/a.md": "# A\n\n[b](b.md#days) [film](../media/film.webm)",
    "articles/b.md": "# B\n\n## Days",
    "articles/c.md": "# C\n\n[b](bee.md)",
    "media/film.webm": b"x",
}


@pytest.fixture
def checked(monkeypatch):
    """The names of the files whose links were checked."""
    names = []
    check_links = dead_links.check_links

    def counted(page, *args, **options):
        names.append(page.path.name)
        return check_links(page, *args, **options)

    monkeypatch.setattr(dead_links, "check_links", counted)
    return names


@pytest.fixture
def after(content, load, checked):
    """Loads `PAGES`, then the changes; answers what was checked again and what is wrong then."""

    def change(files):
        load(PAGES)
        loader = Loader(content, base_url="http://kb.test", default_locale="en")
        loader.load()
        for name, text in files.items():
            (content / name).write_bytes(text) if isinstance(text, bytes) else (content / name).write_text(text)
        checked.clear()
        return loader.load().problems, checked

    return change


def told(problems):
    return [str(problem) for problem in problems]


DEAD = "articles/c.md:3: warning: There is no page 'bee.md'."


def test_a_page_is_checked_once(after):
    problems, checked = after({})
    assert (told(problems), checked) == ([DEAD], [])


def test_a_page_is_checked_again_where_a_page_that_it_links_to_has_changed(after):
    problems, checked = after({"articles/b.md": "# B\n\n## Weeks"})
    assert told(problems) == ["articles/a.md:3: warning: b.md has no heading '#days'.", DEAD]
    assert checked == ["a.md", "b.md"]


def test_a_page_is_checked_again_where_one_that_it_missed_is_there(after):
    problems, checked = after({"articles/bee.md": "# Bee"})
    assert (told(problems), checked) == ([], ["bee.md", "c.md"])


def test_a_page_is_checked_again_where_another_page_may_have_been_meant(after):
    problems, checked = after({"articles/been.md": "# Been"})
    assert (told(problems), checked) == ([f"{DEAD} Did you mean 'been'?"], ["been.md", "c.md"])


def test_all_pages_are_checked_again_where_the_media_have_changed(after):
    problems, checked = after({"media/film.webm": b"longer"})
    assert (told(problems), checked) == ([DEAD], ["a.md", "b.md", "c.md"])


def test_the_first_dead_links_alone_are_told_what_was_meant(load, told):
    links = {f"articles/{number:03}.md": f"# {number}\n\n[x](bees.md)" for number in range(dead_links.HINTS + 5)}
    hinted = [line for line in told(load(links | {"articles/bee.md": "# Bee"})) if "Did you mean 'bee'?" in line]
    assert len(hinted) == dead_links.HINTS
