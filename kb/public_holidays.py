"""Public holidays as lines for the terms of a policy: a proposal for a person to review, as some are announced late."""

from collections.abc import Iterator

from holidays import country_holidays

from kb.errors import SetupError


def holiday_lines(country: str, subdivision: str | None, year: int) -> Iterator[str]:
    """The public holidays of a year as `terms.holidays.dates` has them. Raises `SetupError` for an unknown place."""
    try:
        days = country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    except NotImplementedError as error:
        raise SetupError(f"--country, --subdivision: {error}") from None
    for day, name in sorted(days.items()):
        yield f'- {{date: {day.isoformat()}, name: "{name.replace(chr(34), chr(39))}"}}'
