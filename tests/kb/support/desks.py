"""A desk for tests: a small library read by the real loader, people, and moments."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from kb.library.load import Loader
from kb.support.desk import Actor, Desk
from kb.viewer import Plan, Role, Viewer
from tests.kb.support.given import POLICY
from tests.support import write

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""A Monday, 11:30 in the policy's time zone; the day after is a public holiday."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ARTICLE = "---\ntitle: {}\nvisibility: {}\n---\nText.\n"
REFUND = "---\ntitle: Refunds\nupdated: 2024-10-30\n{}---\nText.\n"
FILES = {
    "articles/payments/payout.md": ARTICLE.format("Payouts", "public"),
    "articles/app-troubleshooting/error-500.md": ARTICLE.format("Error 500", "public"),
    "articles/inside.md": ARTICLE.format("For agents", "internal"),
    "articles/members.md": ARTICLE.format("For members", "signed_in"),
    "articles/welcome.md": ARTICLE.format("Welcome", "public") + "More.\n",
    "policies/customer-support/2024-10-30.md": POLICY.read_text(encoding="utf-8"),
    "policies/refund/2024-10-30.md": REFUND.format("redirect_from: [money-back]\n"),
}
SECOND_REFUND = REFUND.format("announced: 2026-11-25T10:00:00+05:30\nchanges: Refunds take five days.\n")


def make_desk(folder: Path, more: dict[str, str] | None = None) -> Desk:
    write(folder, FILES | (more or {}))
    library = Loader(folder, base_url="http://kb.test", default_locale="en").load()
    assert {problem.key for problem in library.problems} == {"terms.topics"}  # most of their categories are not here
    return Desk(library=library, secret=b"s" * 32)


def customer(number: int = 1, **more: object) -> Actor:
    given = {"name": "Ravi Negi", "email": f"ravi{number}@shop.example", "plan": Plan.STARTUP} | more
    return Actor(viewer=Viewer(role=Role.CUSTOMER, subject=f"merchant-{number}", **given))


def staff(role: Role, *teams: str, number: int = 1) -> Actor:
    name = f"{role.replace('_', ' ').title()} {number}"
    email = f"{role}{number}@ooulet.example"
    return Actor(viewer=Viewer(role=role, subject=f"{role}-{number}", name=name, email=email, teams=teams))


def visitor(number: int = 1) -> Actor:
    return Actor(visitor=str(UUID(int=number)))


AGENT, SENIOR, MANAGER = staff(Role.AGENT), staff(Role.SENIOR_AGENT), staff(Role.MANAGER)
NOBODY = Actor()
