"""A content folder made into a `Library`: scan, read, validate, build, check links. No file can make it fail."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from kb.errors import SetupError
from kb.library.build import Around, build_pages, tutorial_category
from kb.library.candidates import Candidate, Group, candidate_of, groups
from kb.library.categories import build_categories, floors, lineage, read_metas
from kb.library.content import Content, look
from kb.library.dead_links import DeadLinks
from kb.library.kept import Kept
from kb.library.library import Library
from kb.library.locations import GENERAL, locales
from kb.library.pages import Page, PageType
from kb.library.problems import Problem
from kb.library.references import Names
from kb.library.sources import Progress, Source, SourceReader
from kb.library.storefronts import read_storefronts
from kb.library.synonyms import FILE as SYNONYMS
from kb.library.synonyms import read_synonyms
from kb.library.urls import Urls


class Loader:
    """Loads one content folder again and again; files that have not changed are not parsed again.

    `cache_path` is where parsed files are kept between starts, None for nowhere. `storefronts` defaults to
    `storefronts.yml` in the folder.
    """

    def __init__(
        self,
        root: Path,
        *,
        base_url: str,
        default_locale: str,
        cache_path: Path | None = None,
        storefronts: Path | None = None,
    ) -> None:
        self._root = root.resolve()
        self._require_root()
        self._urls = Urls(base_url.rstrip("/"), default_locale)
        self._default = default_locale
        if storefronts is not None and not storefronts.is_file():
            raise SetupError(f"KB_STOREFRONTS: there is no file '{storefronts}'.")
        self._storefronts = storefronts.resolve() if storefronts else self._root / "storefronts.yml"
        self._reader = SourceReader(self._root, cache_path, version=code_version())
        self._seen: Content | None = None
        self._candidates: Kept[Candidate | None] = Kept()
        self._pages: Kept[Mapping[str, Page]] = Kept()
        self._dead_links = DeadLinks()

    def is_stale(self) -> bool:
        """Whether a file has come, gone or changed since the last load."""
        return self._seen != self._look()

    def load(self, progress: Progress | None = None) -> Library:
        """The library as the files are now. Raises `SetupError` where the folder is gone, which is no empty library."""
        self._require_root()
        self._seen = content = self._look()
        problems = list(content.problems)
        sources = self._reader.read(content.pages, problems, progress)
        known = locales([*(source.path for source in sources), *content.category_files], self._default)
        found = groups(self._valid(sources, known, problems), self._default, problems)
        metas = read_metas(self._root, content.category_files, self._default, problems)
        categories = build_categories(_folders(found, {slug for slug, _ in metas}), metas, known)
        names = Names(found, problems)
        around = Around(
            content.media,
            frozenset(categories),
            frozenset(group.slug for group in found if group.type is PageType.POLICY),
            floors(metas, self._default),
        )
        library = Library(
            generation="",
            locales=known,
            pages=self._built(found, names, around, problems),
            categories=categories,
            redirects=_to_latest_policies(names.redirects, found),
            problems=(),
            media=content.media,
            urls=self._urls,
            synonyms=read_synonyms(self._root, problems),
            storefronts=read_storefronts(self._storefronts, problems),
        )
        problems += self._dead_links.find(library, {source.path: source.front.body_line for source in sources})
        return replace(library, generation=_generation(library, sources), problems=tuple(sorted(problems, key=_place)))

    def _valid(self, sources: Iterable[Source], known: tuple[str, ...], problems: list[Problem]) -> list[Candidate]:
        self._candidates.begin(known)

        def candidate(source: Source) -> Candidate | None:
            return self._candidates.get(
                source.path, source, lambda told: candidate_of(source, known, self._default, told), problems
            )

        return [each for each in map(candidate, sources) if each]

    def _built(
        self, found: Iterable[Group], names: Names, around: Around, problems: list[Problem]
    ) -> dict[str, Mapping[str, Page]]:
        """The pages of all groups, without those that cannot be served."""
        self._pages.begin(around)

        def build(group: Group) -> Mapping[str, Page]:
            related = names.related(group, problems)
            made_of = group, related
            return self._pages.get(group.id, made_of, lambda told: build_pages(group, related, around, told), problems)

        built = {group.id: build(group) for group in found}
        return {page_id: translations for page_id, translations in built.items() if translations}

    def _look(self) -> Content:
        return look(self._root, self._root / SYNONYMS, self._storefronts)

    def _require_root(self) -> None:
        if not self._root.is_dir():
            raise SetupError(f"KB_CONTENT: there is no folder '{self._root}'.")


def _folders(found: Iterable[Group], described: set[str]) -> set[str]:
    """The categories that pages lie in; a tutorial that names none, or none of them, is in `GENERAL`."""
    folders = {group.folder or GENERAL for group in found if group.type is PageType.ARTICLE}
    known = {slug for folder in folders | described for slug in lineage(folder)}
    named = {tutorial_category(group) for group in found if group.type is PageType.TUTORIAL}
    return folders | (set() if named <= known else {GENERAL})


def _to_latest_policies(redirects: Mapping[str, str], found: Iterable[Group]) -> dict[str, str]:
    """A policy called without a version is its latest here; which one is in force depends on the day."""
    latest: dict[str, str] = {}
    for group in sorted((group for group in found if group.type is PageType.POLICY), key=lambda group: group.id):
        latest[f"{group.type}:{group.slug}"] = group.id
    return latest | {old: latest.get(new, new) for old, new in redirects.items()}


def _generation(library: Library, sources: Iterable[Source]) -> str:
    """The same on every machine that has the same files and the same code."""
    digest = hashlib.sha256(code_version().encode())
    for source in sorted(sources, key=lambda source: source.path):
        digest.update(f"{source.path}:{source.digest}\n".encode())
    for part in (library.locales, library.urls, library.synonyms, sorted(library.media.items()), _categories(library)):
        digest.update(repr(part).encode())
    digest.update(
        repr(sorted((each.key, sorted(each.origins), each.audience) for each in library.storefronts.values())).encode()
    )
    return digest.hexdigest()[:16]


def _categories(library: Library) -> list[tuple[str, int, list[tuple[str, str]], list[tuple[str, str]]]]:
    return [
        (c.slug, c.order, sorted(c.titles.items()), sorted(c.summaries.items())) for c in library.categories.values()
    ]


@cache
def code_version() -> str:
    """A hash of the code that turns files into answers: a new version of it is a new generation."""
    top = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for folder in ("search", "kb", "schema"):
        for path in sorted((top / folder).rglob("*.py")):
            digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _place(problem: Problem) -> tuple[str, int, str]:
    return str(problem.path), problem.line, problem.message
