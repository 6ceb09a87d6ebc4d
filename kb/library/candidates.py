"""Sources with their front matter validated and their slugs settled: the step between files and pages."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import PurePosixPath

from kb.library.locations import GENERAL, HOUSEKEEPING, Location, locate, slugify
from kb.library.meta import ArticleMeta, PageMeta, PolicyMeta, TutorialMeta
from kb.library.pages import PageType, Status
from kb.library.problems import Problem, Severity
from kb.library.sources import Source, held_back
from kb.library.validate import validate

MODELS: dict[PageType, type[PageMeta]] = {
    PageType.ARTICLE: ArticleMeta,
    PageType.TUTORIAL: TutorialMeta,
    PageType.POLICY: PolicyMeta,
}
OWN_KEYS = (
    *("visibility", "plans", "audience", "order", "related", "redirect_from"),
    *("kind", "category", "level", "video", "terms", "sample"),
)
NO_ORIGINAL = "No original '{stem}.md' is served beside this translation, which is held back with it."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that will be a page, in one locale."""

    source: Source
    location: Location
    meta: PageMeta

    @property
    def path(self) -> PurePosixPath:
        return self.location.path

    def problem(self, message: str, key: str | None = None, severity: Severity = Severity.ERROR) -> Problem:
        line = self.source.front.line(key) if key else 0
        return Problem(self.path, line, message, key, severity)


@dataclass(slots=True)
class Group:
    """A page to be: its translations by locale, the one in the default locale first where there is one."""

    type: PageType
    slug: str
    folder: str
    candidates: dict[str, Candidate] = field(default_factory=dict)

    @property
    def original(self) -> Candidate:
        return next(iter(self.candidates.values()))

    @property
    def id(self) -> str:
        version = f"@{self.original.location.stem}" if self.type is PageType.POLICY else ""
        return f"{self.type}:{self.slug}{version}"


def candidate_of(source: Source, locales: Sequence[str], default: str, problems: list[Problem]) -> Candidate | None:
    """Validate a source. Drafts and what must be held back are None, with a problem where it is one."""
    if _is_housekeeping(source):
        return None
    location = locate(source.path, locales, default)
    candidate = Candidate(source, location, validate(MODELS[location.type], source.front, source.path, problems))
    if held_back(source):
        problems.append(candidate.problem("The page is held back: its front matter may say who may read it."))
    elif not source.front.keys and not source.front.body.strip():
        problems.append(candidate.problem("The file is empty."))
    elif _belongs(candidate, problems) and candidate.meta.status is not Status.DRAFT:
        return candidate
    return None


def groups(found: Iterable[Candidate], default: str, problems: list[Problem]) -> list[Group]:
    """Translations brought together, each page with a slug of its own: of two, the page nearer the top keeps it.

    A translation without its original is held back: the original says who may read both, and may be a draft itself.
    """
    by_place: dict[tuple[PageType, str, str], list[Candidate]] = defaultdict(list)
    for candidate in sorted(found, key=lambda each: (len(each.path.parts), each.path)):
        by_place[candidate.location.type, candidate.location.folder, candidate.location.stem].append(candidate)
    taken: dict[tuple[PageType, str], Candidate] = {}
    result: list[Group] = []
    for (type_, folder, stem), members in by_place.items():
        unique = _by_locale(members, default, problems)
        if unique[0].location.locale != default:
            problems.extend(each.problem(NO_ORIGINAL.format(stem=stem)) for each in unique)
            continue
        slug = folder if type_ is PageType.POLICY else _free_slug(unique[0], taken, problems)
        result.append(Group(type_, slug, folder, {each.location.locale: each for each in unique}))
        _check_translations(result[-1], problems)
    return result


def _is_housekeeping(source: Source) -> bool:
    """A repository's own README, licence and the like, which come along when somebody's help center is copied here."""
    return not source.front.present and source.path.stem.lower().replace("-", "_") in HOUSEKEEPING


def _belongs(candidate: Candidate, problems: list[Problem]) -> bool:
    location = candidate.location
    if location.type is not PageType.POLICY:
        return True
    if location.effective_on is None or not location.folder or "/" in location.folder:
        where = "policies/<slug>/<effective date>.md, such as policies/refund/2026-01-31.md"
        problems.append(candidate.problem(f"A policy's version lies at {where}."))
        return False
    return True


def _by_locale(members: list[Candidate], default: str, problems: list[Problem]) -> list[Candidate]:
    """Two names may make one slug (`My page.md`, `my-page.md`): the first in order of path stays in this place."""
    first: dict[str, Candidate] = {}
    for candidate in members:
        holder = first.setdefault(candidate.location.locale, candidate)
        if holder is not candidate:
            problems.append(candidate.problem(f"This has the same slug as {holder.path}, and is left out. Rename one."))
    return sorted(first.values(), key=lambda each: (each.location.locale != default, each.location.locale))


def _free_slug(candidate: Candidate, taken: dict[tuple[PageType, str], Candidate], problems: list[Problem]) -> str:
    """The file's own name, or the name with its folders before it where another page has that already."""
    location = candidate.location
    folders = location.folder.split("/") if location.folder else [GENERAL]
    longer = (slugify("-".join([*folders[-depth:], location.stem])) for depth in range(1, len(folders) + 1))
    numbered = (f"{location.stem}-{number}" for number in count(2))
    slug = next(name for name in chain([location.stem], longer, numbered) if (location.type, name) not in taken)
    if slug != location.stem:
        holder = taken[location.type, location.stem].path
        problems.append(
            candidate.problem(f"The slug '{location.stem}' is that of {holder}. This page is served as '{slug}'.")
        )
    taken[location.type, slug] = candidate
    return slug


def _check_translations(group: Group, problems: list[Problem]) -> None:
    for candidate in list(group.candidates.values())[1:]:
        for key in OWN_KEYS:
            if key in candidate.source.front.keys:
                message = f"A translation has the '{key}' of its original, {group.original.path.name}. Remove the line."
                problems.append(candidate.problem(message, key, Severity.WARNING))
