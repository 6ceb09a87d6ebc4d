"""The dead links of all pages. A page is checked again where it, or the answer to something it asked, is another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb.library.library import Library
from kb.library.links import PageAt, check_links
from kb.library.pages import Page
from kb.library.problems import Problem, did_you_mean

HINTS = 100  # dead links that get a "did you mean": a foreign help center has thousands, at 3 ms each

Hint = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Check:
    """The problems of one page, and all that was asked to find them. A page is immutable: the same asks the same."""

    page: Page
    targets: Mapping[PurePosixPath, Page | None]
    hints: Mapping[str, str]
    problems: tuple[Problem, ...]

    def holds(self, page: Page, page_at: PageAt, hint: Hint) -> bool:
        return (
            page is self.page
            and all(page_at(path, page.locale) is target for path, target in self.targets.items())
            and all(hint(name) == answer for name, answer in self.hints.items())
        )


class DeadLinks:
    """Finds them in one library after another. `media` stand around all pages: where they change, all are checked."""

    def __init__(self) -> None:
        self._checks: dict[PurePosixPath, Check] = {}
        self._media: Mapping[str, int] = {}

    def find(self, library: Library, first_lines: Mapping[PurePosixPath, int]) -> list[Problem]:
        """The problems of all pages, whose bodies begin at `first_lines`."""
        before = self._checks if library.media == self._media else {}
        self._checks, self._media = {}, library.media
        slugs = tuple(sorted({page_id.partition(":")[2] for page_id in library.pages}))
        problems: list[Problem] = []
        for page in library.every_page():
            known = slugs if len(problems) < HINTS else ()
            hint = _hints(known)
            check = before.get(page.path)
            if check is None or not check.holds(page, library.page_at, hint):
                check = _check(page, first_lines[page.path], library, hint)
            self._checks[page.path] = check
            problems += check.problems
        return problems


def _hints(known: tuple[str, ...]) -> Hint:
    return lambda name: did_you_mean(name, known)


def _check(page: Page, first_line: int, library: Library, hint: Hint) -> Check:
    targets: dict[PurePosixPath, Page | None] = {}
    hints: dict[str, str] = {}

    def page_at(path: PurePosixPath, locale: str) -> Page | None:
        return targets.setdefault(path, library.page_at(path, locale))

    def remembered(name: str) -> str:
        return hints.setdefault(name, hint(name))

    problems = check_links(page, first_line, page_at=page_at, media=library.media, hint=remembered)
    return Check(page, targets, hints, tuple(problems))
