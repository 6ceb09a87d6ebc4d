"""A file of judged queries, read against the library: what is wrong in it is a problem with its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kb.library.library import Library
from kb.library.pages import PageType, visible
from kb.library.problems import Problem, did_you_mean
from kb.library.references import redirect_key
from kb.viewer import Audience, Role, Viewer

WITHIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuery:
    """What somebody types, and the pages that answer it as `type:slug`: one is to be in the first `within` hits."""

    text: str
    pages: tuple[str, ...]
    within: int
    locale: str
    audience: Audience | None
    viewer: Viewer
    line: int


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    query: Annotated[str, Field(min_length=1)]
    pages: Annotated[
        list[str], Field(min_length=1), BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
    ]
    within: Annotated[int, Field(ge=1, le=100)] = WITHIN
    locale: str | None = None
    audience: Audience | None = None
    role: Role = Role.VISITOR
    note: str | None = None


def read_queries(path: Path, library: Library, problems: list[Problem]) -> list[JudgedQuery]:
    """The queries of a YAML list. Entries with a mistake are left out and told. Raises OSError."""
    place = PurePosixPath(path.as_posix())
    try:
        text = path.read_text(encoding="utf-8-sig")
        entries = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = error.problem if isinstance(error, MarkedYAMLError) else str(error).partition("\n")[0]
        problems.append(Problem(place, mark.line + 1 if mark else 1, f"This is not valid YAML: {reason}."))
        return []
    if not isinstance(entries, list) or not entries:
        problems.append(Problem(place, 1, "Expected a list of queries, each with 'query' and 'pages'."))
        return []
    reader = _Reader(place, library, problems)
    read = [reader.read(entry, line) for entry, line in zip(entries, _lines(text), strict=True)]
    return [query for query in read if query]


@dataclass(frozen=True, slots=True)
class _Reader:
    path: PurePosixPath
    library: Library
    problems: list[Problem]

    def read(self, value: Any, line: int) -> JudgedQuery | None:
        try:
            entry = _Entry.model_validate(value)
        except ValidationError as error:
            self._tell(line, *_messages(error))
            return None
        viewer = Viewer(role=entry.role, audience=entry.audience)
        locale = self.library.locale(entry.locale)
        found = [self._page(name, viewer, locale, line) for name in entry.pages]
        if entry.locale and entry.locale not in self.library.locales:
            hint = did_you_mean(entry.locale, self.library.locales)
            self._tell(line, f"locale: The content has no locale '{entry.locale}'.{hint}")
        pages = tuple(dict.fromkeys(page for page in found if page))
        if not pages:
            return None
        return JudgedQuery(
            text=entry.query,
            pages=pages,
            within=entry.within,
            locale=locale,
            audience=entry.audience,
            viewer=Viewer(role=entry.role),
            line=line,
        )

    def _page(self, name: str, viewer: Viewer, locale: str, line: int) -> str | None:
        """A page by slug, `type:slug` or an old name; it must be one that this reader can find."""
        found = {self._named(reading) for reading in _readings(name)} - {None}
        if not found:
            slugs = {page_id.partition(":")[2].partition("@")[0] for page_id in self.library.pages}
            hint = did_you_mean(name.rpartition(":")[2], slugs)
            self._tell(line, f"pages: There is no page '{name}'.{hint}")
            return None
        if len(found) > 1:
            self._tell(
                line,
                f"pages: '{name}' is the slug of {len(found)} pages. Write {' or '.join(sorted(map(str, found)))}.",
            )
            return None
        reference = str(found.pop())
        if not any(
            visible(page, viewer) and page.listed
            for page_id, translations in self.library.pages.items()
            if page_id.partition("@")[0] == reference
            for page in translations.values()
        ):
            self._tell(
                line, f"pages: This reader cannot find '{name}': check role and audience, and the page's status."
            )
            return None
        return reference

    def _named(self, reference: str) -> str | None:
        type_, _, slug = reference.partition(":")
        known = self.library.redirects.get(redirect_key(slug, PageType(type_)), reference)
        ids = {page_id.partition("@")[0] for page_id in self.library.pages}
        return next((each.partition("@")[0] for each in (reference, known) if each.partition("@")[0] in ids), None)

    def _tell(self, line: int, *messages: str) -> None:
        self.problems.extend(Problem(self.path, line, message) for message in messages)


def _lines(text: str) -> list[int]:
    """The line that each entry begins on, from 1."""
    return [node.start_mark.line + 1 for node in YAML(typ="safe", pure=True).compose(text).value]


def _readings(name: str) -> list[str]:
    type_, separator, _ = name.partition(":")
    if separator and type_ in set(PageType):
        return [name]
    return [f"{each}:{name}" for each in PageType]


def _messages(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        key = ".".join(map(str, detail["loc"]))
        if detail["type"] == "extra_forbidden":
            yield f"There is no key '{key}'.{did_you_mean(key, _Entry.model_fields)}"
        else:
            yield f"{key}: {detail['msg']}." if key else f"{detail['msg']}."
