"""The keys that front matter may have, as pydantic models. `kb.library.validate` turns their errors into problems."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, BeforeValidator, ConfigDict, Field

from kb.library.pages import PageKind, Status, TutorialLevel
from kb.library.terms import Terms
from kb.viewer import Audience, Plan, Visibility

MAX_TITLE = 200
FIRST_YEAR, LAST_YEAR = 1970, 2200
_PERIOD = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})")


def _listed(value: Any) -> Any:
    """A single value where a list is meant; text with commas is several. Blank ones are none."""
    if isinstance(value, str):
        value = value.split(",")
    given = value if isinstance(value, list) else [value]
    return [item for each in given if (item := each.strip() if isinstance(each, str) else each) != ""]


def lowered(value: Any) -> Any:
    return value.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(value, str) else value


def _lowered_list(value: Any) -> Any:
    return [lowered(item) for item in _listed(value)]


def _worded(value: Any) -> Any:
    """Tags are words: a number or a date is read as it is written."""
    return [_word(item) if isinstance(item, int | float | date) else item for item in _listed(value)]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment(value: Any) -> Any:
    """A day is its first moment in UTC, and so is a time without zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip())
    if isinstance(value, datetime):
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
        return value.astimezone(UTC) if _near(value) else value
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    raise ValueError("expected a day such as 2026-01-31")  # pydantic takes a number for seconds since 1970


def _near(value: date) -> date:
    """Years that calendars can be counted on in, whatever the time zone."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip())
    if not isinstance(value, date):
        raise ValueError("expected a day such as 2026-01-31")
    return value.date() if isinstance(value, datetime) else value


def _period(value: Any) -> Any:
    """Days; "6 months" and the like are read too."""
    match = _PERIOD.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match:
        return int(match.group(1)) * _DAYS[match.group(2)]
    if isinstance(value, str) and not value.strip().isdecimal():
        raise ValueError("expected a period such as '6 months', '90 days' or '1 year'")
    return value


def _seconds(value: Any) -> Any:
    """Seconds; "1:15" and "1:02:30" are read too."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        if seconds > 59 or (match.group(1) and minutes > 59):
            raise ValueError("expected a time such as 1:15 or 1:02:30")
        return hours * 3600 + minutes * 60 + seconds
    return value


Words = Annotated[list[str], BeforeValidator(_worded)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_near)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_near)]
Order = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Days = Annotated[int, BeforeValidator(_period), Field(ge=1, le=3660)]
Seconds = Annotated[int, BeforeValidator(_seconds), Field(ge=0, le=86_400)]


class Meta(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageMeta(Meta):
    """Keys of every page. `title` has a fall-back and so is not required here."""

    title: str | None = Field(default=None, min_length=1, max_length=MAX_TITLE)
    summary: str | None = Field(default=None, max_length=500)
    tags: Words = []
    audience: Annotated[list[Audience], BeforeValidator(_lowered_list)] = []
    visibility: Annotated[Visibility, BeforeValidator(lowered)] = Visibility.PUBLIC
    plans: Annotated[list[Plan], BeforeValidator(_lowered_list)] = []
    status: Annotated[Status, BeforeValidator(lowered)] = Status.PUBLISHED
    updated: Moment | None = None
    reviewed: Day | None = None
    review_every: Days | None = None
    redirect_from: Words = []
    related: Words = []
    order: Order = 0


class ArticleMeta(PageMeta):
    kind: Annotated[PageKind, BeforeValidator(lowered)] = PageKind.ARTICLE


class VideoMeta(Meta):
    file: str | None = None
    url: AnyHttpUrl | None = None
    duration: Seconds
    captions: str | None = None
    thumbnail: str | None = None


class StepMeta(Meta):
    title: str = Field(min_length=1, max_length=MAX_TITLE)
    start: Seconds


class TutorialMeta(PageMeta):
    category: str | None = None
    level: Annotated[TutorialLevel, BeforeValidator(lowered)] = TutorialLevel.BEGINNER
    video: VideoMeta | None = None
    steps: list[StepMeta] = []


class PolicyMeta(PageMeta):
    announced: Moment | None = None
    changes: str | None = None
    sample: bool = False
    terms: Terms | None = None


class CategoryMeta(Meta):
    """`visibility` is the least that every page below the folder has."""

    visibility: Annotated[Visibility, BeforeValidator(lowered)] = Visibility.PUBLIC
    title: str | None = Field(default=None, min_length=1, max_length=MAX_TITLE)
    summary: str | None = Field(default=None, max_length=500)
    order: Order = 0
