"""`Accept-Language`: the locale of ours that a reader's browser likes best (RFC 9110, section 12.5.4)."""

from collections.abc import Sequence
from functools import lru_cache


@lru_cache(maxsize=1024)
def accepted(header: str, locales: Sequence[str]) -> str | None:
    """The first of the accepted languages that is one of `locales`, itself or by its language; None where none is."""
    for tag in _by_quality(header[:500]):
        for locale in locales:
            if tag == locale.lower() or tag.partition("-")[0] == locale.lower().partition("-")[0]:
                return locale
    return None


def _by_quality(header: str) -> list[str]:
    ranked: list[tuple[float, int, str]] = []
    for index, part in enumerate(header.split(",")):
        tag, _, parameter = part.strip().partition(";")
        quality = _quality(parameter.strip())
        if tag and quality > 0:
            ranked.append((-quality, index, tag.strip().lower()))
    return [tag for _, _, tag in sorted(ranked)]


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
