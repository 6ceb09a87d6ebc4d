"""A content folder made into a `Library`: scan, read, validate, build, check links. No file can make it fail."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath

from kb.errors import SetupError
from kb.library.build import MEDIA, PageBuilder, tutorial_category
from kb.library.candidates import Group, candidates, groups
from kb.library.categories import build_categories, floors, lineage, read_metas
from kb.library.files import Entry, scan
from kb.library.library import Library
from kb.library.links import check_links
from kb.library.locations import FOLDERS, GENERAL, locales
from kb.library.pages import Page, PageType
from kb.library.problems import Problem
from kb.library.references import Names
from kb.library.sources import Progress, Source, SourceReader
from kb.library.storefronts import read_storefronts
from kb.library.synonyms import FILE as SYNONYMS
from kb.library.synonyms import read_synonyms
from kb.library.urls import Urls

HINTS = 100  # dead links that get a "did you mean": a foreign help center has thousands, at 3 ms each
MARKDOWN = frozenset({".md", ".markdown"})
YAML = frozenset({".yml", ".yaml"})
MEDIA_TYPES = frozenset({".webm", ".mp4", ".vtt", ".webp", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".avif", ".pdf"})

WATCHED = MARKDOWN | YAML | MEDIA_TYPES


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
        self._seen: frozenset[Entry] = frozenset()
        self._reader = SourceReader(self._root, cache_path, version=code_version())

    def is_stale(self) -> bool:
        """Whether a file has come, gone or changed since the last load."""
        return self._seen != self._files([])

    def load(self, progress: Progress | None = None) -> Library:
        """The library as the files are now. Raises `SetupError` where the folder is gone, which is no empty library."""
        self._require_root()
        problems: list[Problem] = []
        self._seen = self._files([])
        found_files = [entry for folder in FOLDERS for entry in scan(self._root, folder, MARKDOWN | YAML, problems)]
        entries = [entry for entry in found_files if entry.path.suffix.lower() in MARKDOWN]
        yaml = [
            each.path for each in found_files if each.path.suffix.lower() in YAML and each.path.parts[0] == "articles"
        ]
        films = scan(self._root, MEDIA, MEDIA_TYPES, problems, max_bytes=None)
        media = {_below_media(entry): entry.signature[0] for entry in films}
        if not any((self._root / folder).is_dir() for folder in FOLDERS):
            problems.append(
                Problem(PurePosixPath("articles"), 0, "There is no such folder: this content has no pages.")
            )
        sources = self._reader.read(entries, problems, progress)
        known = locales([*(source.path for source in sources), *yaml], self._default)
        found = groups(candidates(sources, known, self._default, problems), self._default, problems)
        metas = read_metas(self._root, yaml, self._default, problems)
        categories = build_categories(_folders(found, {slug for slug, _ in metas}), metas, known)
        names = Names(found, problems)
        policies = frozenset(group.slug for group in found if group.type is PageType.POLICY)
        builder = PageBuilder(media, frozenset(categories), policies, problems, floors(metas, self._default))
        pages = {group.id: builder.build(group, names.related(group, problems)) for group in found}
        library = Library(
            generation="",
            locales=known,
            pages={page_id: translations for page_id, translations in pages.items() if translations},
            categories=categories,
            redirects=_to_latest_policies(names.redirects, found),
            problems=(),
            media=media,
            urls=self._urls,
            synonyms=read_synonyms(self._root, problems),
            storefronts=read_storefronts(self._storefronts, problems),
        )
        problems.extend(_links(library, sources))
        return replace(library, generation=_generation(library, sources), problems=tuple(sorted(problems, key=_place)))

    def _require_root(self) -> None:
        if not self._root.is_dir():
            raise SetupError(f"KB_CONTENT: there is no folder '{self._root}'.")

    def _files(self, problems: list[Problem]) -> frozenset[Entry]:
        folders = (*FOLDERS, MEDIA)
        scans = (scan(self._root, folder, WATCHED, problems, max_bytes=None) for folder in folders)
        return frozenset(entry for entries in (*scans, self._single_files()) for entry in entries)

    def _single_files(self) -> Iterator[Entry]:
        for path in (self._root / SYNONYMS, self._storefronts):
            with suppress(OSError):
                status = path.lstat()
                yield Entry(PurePosixPath(path.name), (status.st_size, status.st_mtime_ns, status.st_ino))


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


def _links(library: Library, sources: Iterable[Source]) -> list[Problem]:
    first_lines = {source.path: source.front.body_line for source in sources}
    slugs = sorted({page_id.partition(":")[2] for page_id in library.pages})
    problems: list[Problem] = []
    for translations in library.pages.values():
        for page in translations.values():
            known = slugs if len(problems) < HINTS else ()
            line = first_lines[page.path]
            problems += check_links(page, line, page_at=library.page_at, media=library.media, known=known)
    return problems


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


def _below_media(entry: Entry) -> str:
    return entry.path.relative_to(MEDIA).as_posix()


def _place(problem: Problem) -> tuple[str, int, str]:
    return str(problem.path), problem.line, problem.message


def find_pages(library: Library) -> Iterable[Page]:
    """Every page in every locale, drafts left out."""
    return (page for translations in library.pages.values() for page in translations.values())
