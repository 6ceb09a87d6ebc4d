"""Words that customers read in several places: moments in the policy's time zone, and who a team is."""

from datetime import datetime

from kb.library.terms import Terms


def day_and_time(terms: Terms, moment: datetime) -> str:
    """Such as "Monday, 23 November 2026, 16:30 IST"."""
    local = moment.astimezone(terms.zone)
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M %Z}"


def team_words(team: str) -> str:
    """Such as "the payments team"."""
    return f"the {team.replace('-', ' ')} team"
