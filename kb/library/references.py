"""What pages say of each other by name: related pages, and the old names that still lead somewhere."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from kb.library.candidates import Group
from kb.library.locations import FOLDERS
from kb.library.pages import PageType
from kb.library.problems import Problem, Severity, did_you_mean


class Names:
    """Every name a page can be called by: its id, and what its `redirect_from` lists."""

    def __init__(self, groups: Sequence[Group], problems: list[Problem]) -> None:
        self._ids = {group.id for group in groups} | {f"{group.type}:{group.slug}" for group in groups}
        self._slugs = {group.slug for group in groups}
        self.redirects = self._redirects(groups, problems)

    def find(self, name: str, *, prefer: PageType) -> str | None:
        """The id of the page of that name: a slug, `tutorials/slug`, an id, an old slug."""
        for candidate in _readings(name, prefer):
            if candidate in self._ids:
                return candidate
            if candidate in self.redirects:
                return self.redirects[candidate]
        return None

    def related(self, group: Group, problems: list[Problem]) -> tuple[str, ...]:
        """The pages that the writer of a page calls related; a name that is none is a problem."""
        found: list[str] = []
        for name in group.original.meta.related:
            page_id = self.find(name, prefer=group.type)
            if page_id is None:
                message = f"There is no page '{name}'.{did_you_mean(name, self._slugs)}"
                problems.append(group.original.problem(message, "related", Severity.WARNING))
            elif page_id != group.id:
                found.append(page_id)
        return tuple(dict.fromkeys(found))

    def _redirects(self, groups: Iterable[Group], problems: list[Problem]) -> Mapping[str, str]:
        redirects: dict[str, str] = {}
        for group in groups:
            for name in group.original.meta.redirect_from:
                old, new = redirect_key(name, group.type), f"{group.type}:{group.slug}"
                if old in self._ids or _page_of_path(old) in self._ids:
                    message = f"'{name}' is a page itself: it is not redirected. Rename or remove one of them."
                    problems.append(group.original.problem(message, "redirect_from"))
                elif redirects.setdefault(old, new) != new:
                    message = f"'{name}' is redirected to {redirects[old].partition(':')[2]} already."
                    problems.append(group.original.problem(message, "redirect_from"))
        return redirects


def redirect_key(name: str, type_: PageType) -> str:
    """An old name as it is looked up: the path of a URL, an id, or a slug made one by its page's type."""
    if "://" in name or name.startswith("/"):
        return unquote(_path(name)).rstrip("/") or "/"
    if name.partition(":")[0] in set(PageType):
        return name
    return _page_of_path(f"/{name}") or f"{type_}:{name}"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # such as http://[
        return url


def _page_of_path(path: str) -> str | None:
    """The id that one of our own paths means: `/articles/<slug>`."""
    _, folder, slug = path.split("/", 2) if path.count("/") > 1 and path.startswith("/") else ("", "", "")
    return f"{FOLDERS[folder]}:{slug}" if folder in FOLDERS else None


def _readings(name: str, prefer: PageType) -> list[str]:
    page_id = _page_of_path(f"/{name}")
    if page_id:
        return [page_id]
    if name.partition(":")[0] in set(PageType):
        return [name]
    return [f"{type_}:{name}" for type_ in sorted(PageType, key=lambda each: each is not prefer)]
