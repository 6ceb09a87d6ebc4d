"""How a person stands with support: in good standing, warned or suspended (policy, section 11)."""

from dataclasses import dataclass
from datetime import datetime

from kb.support.tables import ConductStatus, Person


@dataclass(frozen=True, slots=True)
class Standing:
    """`until` is None for a suspension without an end, and for all else."""

    status: ConductStatus
    until: datetime | None = None
    reason: str | None = None


GOOD = Standing(ConductStatus.GOOD)


def standing(person: Person, *, at: datetime) -> Standing:
    """How a person stands at a moment. A suspension past its end is over, without anybody's doing."""
    over = person.conduct_until is not None and person.conduct_until <= at
    if person.conduct is ConductStatus.GOOD or (person.conduct is ConductStatus.SUSPENDED and over):
        return GOOD
    return Standing(person.conduct, person.conduct_until, person.conduct_reason)
