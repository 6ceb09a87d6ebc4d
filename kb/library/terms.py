"""The terms of a support policy as data: hours, channels, promises, topics, escalation, plans.

The front matter of a policy version is validated here once; the support engine then relies on it. No clock, no tickets.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PositiveInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from kb.viewer import STAFF, Plan, Role, Visibility


class Weekday(StrEnum):
    """The days in the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Channel(StrEnum):
    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    WEB = "web"


class Availability(StrEnum):
    ALWAYS = "always"
    BUSINESS_HOURS = "business_hours"


class Clock(StrEnum):
    """What counts towards a promise: every minute, minutes of opening hours, or whole business days."""

    ELAPSED = "elapsed"
    BUSINESS_HOURS = "business_hours"
    BUSINESS_DAYS = "business_days"


class TargetKind(StrEnum):
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    TECHNICAL_REVIEW = "technical_review"
    ESCALATION_REVIEW = "escalation_review"
    ESCALATION_UPDATE = "escalation_update"


class Severity(StrEnum):
    CRITICAL = "critical"
    NORMAL = "normal"


class Topic(StrEnum):
    ACCOUNT = "account"
    PAYMENTS = "payments"
    APP_ERROR = "app_error"
    PRODUCTS_AND_STORE = "products_and_store"
    INTEGRATIONS = "integrations"
    REFUND = "refund"
    CANCELLATION = "cancellation"
    SERVICE_OUTAGE = "service_outage"
    CONDUCT = "conduct"
    PRIVACY = "privacy"
    OTHER = "other"


class EscalationLevel(StrEnum):
    FIRST = "first"
    SECOND = "second"
    FINAL = "final"


def _existing_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, malformed, a folder of zones
        raise ValueError(f"no time zone is called {name!r}") from error
    return name


def _hours_and_minutes(value: object) -> object:
    # YAML 1.1 reads an unquoted 10:00 as the number 600, which pydantic would take for ten minutes past midnight.
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value, re.ASCII):
        return value
    raise ValueError('write the time with two digits each and in quotes, as in "09:30"')


def _duration(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if not value or not value.keys() <= {"hours", "minutes", "seconds"}:
        raise ValueError("give hours, minutes or seconds")
    if any(type(amount) is not int for amount in value.values()):
        raise ValueError("give whole numbers")
    try:
        return timedelta(**value)
    except OverflowError as error:
        raise ValueError("that is longer than time can be counted") from error


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Team = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
TimeZone = Annotated[str, AfterValidator(_existing_zone)]
LocalTime = Annotated[
    time, BeforeValidator(_hours_and_minutes), PlainSerializer(lambda at: at.isoformat("minutes"), return_type=str)
]
Duration = Annotated[timedelta, Field(gt=timedelta(0)), BeforeValidator(_duration)]


class Model(BaseModel):
    """Immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OpeningHours(Model):
    """One day of the week, in local time."""

    weekday: Weekday
    opens: LocalTime
    closes: LocalTime

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"{self.weekday} closes before it opens")
        return self


class Limited(Model):
    """The days on which only some channels are answered."""

    weekdays: tuple[Weekday, ...]
    public_holidays: bool
    channels: tuple[Channel, ...]


class Holiday(Model):
    date: date
    name: Text


class Holidays(Model):
    """Dates a person reviewed; country (ISO 3166-1) and subdivision are where `kb holidays` takes new ones from."""

    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    subdivision: str | None = None
    dates: tuple[Holiday, ...]

    @field_validator("dates")
    @classmethod
    def _sorted_and_unique(cls, dates: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
        for earlier, later in pairwise(dates):
            if earlier.date >= later.date:
                raise ValueError(f"{later.date} comes after {earlier.date}: each date once, in order")
        return dates


class SupportChannel(Model):
    """A way to reach support; `visible_to` says who is shown the address."""

    channel: Channel
    availability: Availability
    address: Text | None = None
    visible_to: Visibility = Visibility.PUBLIC
    recommended_when_busy: bool = False
    expected_response: Text


class Promise(Model):
    """How long something may take, by which clock, in the words of the policy."""

    clock: Clock
    amount: Duration | None = None
    business_days: PositiveInt | None = None
    text: Text

    @model_validator(mode="after")
    def _measured_as_its_clock_counts(self) -> Self:
        wanted = "business_days" if self.clock is Clock.BUSINESS_DAYS else "amount"
        if [name for name in ("amount", "business_days") if getattr(self, name) is not None] != [wanted]:
            raise ValueError(f"the clock {self.clock} wants {wanted} alone")
        return self

    @property
    def amount_seconds(self) -> int | None:
        return None if self.amount is None else int(self.amount.total_seconds())


class Target(Promise):
    """A promise on tickets. A key left out means any; of those that fit a ticket, the one with the most keys holds."""

    kind: TargetKind
    channel: Channel | None = None
    severity: Severity | None = None
    plan: Plan | None = None

    @property
    def conditions(self) -> tuple[str, ...]:
        return tuple(word for word in (self.kind, self.channel, self.severity, self.plan) if word)

    @field_validator("kind")
    @classmethod
    def _of_a_ticket(cls, kind: TargetKind) -> TargetKind:
        if kind in (TargetKind.ESCALATION_REVIEW, TargetKind.ESCALATION_UPDATE):
            raise ValueError(f"{kind} belongs to a stage under `escalation`")
        return kind


class SupportTopic(Model):
    """What a ticket can be about; category and policy are slugs of the library."""

    topic: Topic
    title: Text
    summary: Text
    critical: bool
    team: Team
    technical_team: Team | None = None
    category: Text | None = None
    policy: Text | None = None


class EscalationStage(Model):
    level: EscalationLevel
    title: Text
    summary: Text
    reviewed_by: Role
    review: Promise
    update: Promise

    @field_validator("reviewed_by")
    @classmethod
    def _by_staff(cls, role: Role) -> Role:
        if role not in STAFF:
            raise ValueError(f"a {role} reviews no escalation")
        return role


class PlanBenefits(Model):
    plan: Plan
    priority_support: bool
    account_manager: bool
    summary: Text


class Terms(Model):
    """Everything the support engine takes from one version of the policy. Hashable; survives JSON unchanged."""

    time_zone: TimeZone
    hours: Annotated[tuple[OpeningHours, ...], Field(min_length=1)]
    limited: Limited
    holidays: Holidays
    busy: bool = False
    channels: tuple[SupportChannel, ...]
    targets: tuple[Target, ...]
    topics: tuple[SupportTopic, ...]
    escalation: tuple[EscalationStage, ...]
    plans: tuple[PlanBenefits, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _each_once("channels", [entry.channel for entry in self.channels], Channel)
        _each_once("topics", [entry.topic for entry in self.topics], Topic)
        _each_once("plans", [entry.plan for entry in self.plans], Plan)
        _each_once("escalation", [stage.level for stage in self.escalation], EscalationLevel)
        if [stage.level for stage in self.escalation] != list(EscalationLevel):
            raise ValueError("escalation: stages in the order first, second, final")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _no_repeat("hours", [day.weekday for day in self.hours])
        _no_repeat("targets", [" ".join(t.conditions) for t in self.targets])
        for day in self.hours:
            if day.weekday in self.limited.weekdays:
                raise ValueError(f"{day.weekday} is limited and has opening hours")
        for entry in self.channels:
            if entry.channel in self.limited.channels and entry.availability is not Availability.ALWAYS:
                raise ValueError(f"{entry.channel} is open on limited days, so its availability is always")
        return self


def _each_once(where: str, given: Sequence[StrEnum], members: Iterable[StrEnum]) -> None:
    _no_repeat(where, given)
    if missing := [str(member) for member in members if member not in given]:
        raise ValueError(f"{where}: {', '.join(missing)} missing")


def _no_repeat(where: str, given: Sequence[str]) -> None:
    for index, name in enumerate(given):
        if name in given[:index]:
            raise ValueError(f"{where}: {name} is given twice")
