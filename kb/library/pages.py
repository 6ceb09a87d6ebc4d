"""The values of the library: what a reader can open, each in one locale. Immutable; made by `kb.library.build`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePosixPath

from kb.library.markdown import Outline, Section
from kb.library.terms import Terms
from kb.viewer import Audience, Plan, Viewer, Visibility

WORDS_A_MINUTE = 220  # silent reading of English prose: 238 for non-fiction (Brysbaert 2019), a little less for steps


class PageType(StrEnum):
    """What slugs are unique within."""

    ARTICLE = "article"
    TUTORIAL = "tutorial"
    POLICY = "policy"


class PageKind(StrEnum):
    """What readers filter by."""

    ARTICLE = "article"
    GUIDE = "guide"
    FAQ = "faq"
    TUTORIAL = "tutorial"
    POLICY = "policy"


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"  # opens by its link, is in no list and no search


class TutorialLevel(StrEnum):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What articles, tutorials and policies share.

    `updated_at` is in UTC. `revision` is a hash of what a reader sees: votes and citations are pinned to it.
    `audiences`
    empty means everybody. `related` holds the page ids that the writer chose, in order.
    """

    type: PageType
    slug: str
    locale: str
    available_locales: tuple[str, ...]
    path: PurePosixPath
    title: str
    summary: str
    updated_at: datetime
    revision: str
    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    audiences: frozenset[Audience] = frozenset()
    plans: tuple[Plan, ...] = ()
    status: Status = Status.PUBLISHED
    order: int = 0
    category: str | None = None
    related: tuple[str, ...] = ()
    markdown: str
    outline: Outline

    @property
    def id(self) -> str:
        """Shared by all translations; stored in references, so it holds type and slug and nothing else."""
        return f"{self.type}:{self.slug}"

    @property
    def key(self) -> str:
        """Unique among pages and locales: the id of its search document."""
        return f"{self.id}:{self.locale}"

    @property
    def kind(self) -> PageKind:
        return PageKind(self.type.value)

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.outline.sections

    @property
    def listed(self) -> bool:
        return self.status is Status.PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Page):
    article_kind: PageKind = PageKind.ARTICLE
    review_due_on: date | None = None

    @property
    def kind(self) -> PageKind:
        return self.article_kind

    @property
    def reading_minutes(self) -> int:
        """At least one."""
        return max(1, round(len(self.outline.text.split()) / WORDS_A_MINUTE))


@dataclass(frozen=True, slots=True)
class Video:
    """`file` values are paths below the media folder; `url` is set instead where the video lives elsewhere."""

    duration_seconds: int
    file: str | None = None
    url: str | None = None
    captions: str | None = None
    thumbnail: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A chapter of a tutorial: `anchor` is the heading of its text, None where the body has none of this title."""

    title: str
    starts_at_seconds: int
    anchor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tutorial(Page):
    level: TutorialLevel = TutorialLevel.BEGINNER
    video: Video
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Page):
    """One version. `effective_on` is a day in the time zone of its terms, UTC where it has none."""

    effective_on: date
    announced_at: datetime | None = None
    changes: str | None = None
    sample: bool = False
    terms: Terms | None = None

    @property
    def id(self) -> str:
        return f"{self.type}:{self.slug}@{self.version}"

    @property
    def version(self) -> str:
        return self.effective_on.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A folder of articles; `slug` is its path, `payments/payouts`. Titles and summaries by locale."""

    slug: str
    parent: str | None
    order: int
    titles: Mapping[str, str]
    summaries: Mapping[str, str]

    @property
    def id(self) -> str:
        return f"category:{self.slug}"


def visible(page: Page, viewer: Viewer) -> bool:
    """The one rule of who may open a page. Lists, search and `node` all end here."""
    if page.visibility not in viewer.visibilities or page.status is Status.DRAFT:
        return False
    return viewer.audience is None or not page.audiences or viewer.audience in page.audiences


def labels(page: Page) -> frozenset[str]:
    """The same rule for search engines: `visible` holds exactly where `allowed` of the viewer has one of these."""
    return frozenset(f"{page.visibility}:{audience}" for audience in page.audiences or Audience)


def allowed(viewer: Viewer, audience: Audience | None = None) -> frozenset[str]:
    """The labels that a viewer may see, of those for `audience` where it is given."""
    audiences = {each for each in Audience if viewer.audience in (None, each) and audience in (None, each)}
    return frozenset(f"{visibility}:{each}" for visibility in viewer.visibilities for each in audiences)
