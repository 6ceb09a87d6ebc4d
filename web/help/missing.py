"""What is not here: led on where an old name says where it went, else searched for by the words of its address."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from web.help.page import Page
from web.help.visit import Data, Missing, Moved, Visit

DOCUMENTS = (("HelpArticle", "article"), ("HelpTutorial", "tutorial"), ("HelpPolicy", "policy"))
FOLDERS = frozenset({"articles", "tutorials", "policies", "categories"})
FIRST = 5
_FILE = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LONGEST = 200  # characters of an address that are looked at


async def missing(visit: Visit) -> Page:
    """The page that says so. Raises `Moved` where a page says that it was here before."""
    path = visit.path[:_LONGEST]
    await _moved(visit, path)
    query = words_of(path)
    found = (await visit.ask("HelpSearch", query=query, first=FIRST))["search"] if worth_a_search(path) else None
    return Page(
        template="help/missing.html",
        title=visit.words("missing_title"),
        values={"edges": found["edges"] if found else []},
        indexed=False,
        status=404,
        query=query,
    )


async def _moved(visit: Visit, path: str) -> None:
    """Pages know their old addresses, whole or as folder and slug."""
    for slug in _names(path):
        if (now := await _found(visit, slug)) and now != visit.addresses.path(path):
            raise Moved(now)


async def _found(visit: Visit, slug: str) -> str | None:
    """Where the page of a name is, in the reader's language."""
    for name, key in DOCUMENTS:
        page: Data | None = (await visit.ask(name, slug=slug))[key]
        if page:
            return visit.addresses.here(page["url"]).partition("?")[0]
    return None


def _names(path: str) -> Iterator[str]:
    yield path
    if path.count("/") > 1 and path.split("/")[1] in FOLDERS:
        yield path[1:]


def words_of(path: str) -> str:
    """What the last part of an address seems to be about."""
    last = _FILE.sub("", path.rstrip("/").rpartition("/")[2])
    return " ".join(_WORDS.findall(unquote(last).replace("-", " ").replace("_", " ")))


def worth_a_search(path: str) -> bool:
    """Readers follow links to pages. What asks for /wp-login.php or /admin is no reader, and is not to be logged."""
    parts = path.strip("/").split("/")
    if _FILE.search(parts[-1]) or not words_of(path):
        return False
    return parts[0] in FOLDERS or len(words_of(path).split()) > 1


async def nowhere(visit: Visit, path: str) -> Page:
    """The handler of every path that is no page's. Old addresses may begin with what looks like a language."""
    if visit.wanted is not None:
        whole = f"/{visit.wanted}{visit.path}"[:_LONGEST]
        bare = replace(visit, wanted=None, path=whole, answers=visit.answers)
        bare.addresses = replace(visit.addresses, prefix="")
        now = await _found(bare, whole)
        visit.locales = bare.locales
        if now and visit.wanted in visit.locales[1:]:
            raise Moved(visit.addresses.here(visit.addresses.absolute(now)))
        if now:
            raise Moved(now)
        visit.framed({"locales": visit.locales})
    raise Missing
