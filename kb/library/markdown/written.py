"""What people write to each other, as HTML: a ticket's messages, feedback and its answer."""

from kb.library.markdown.render import to_html
from kb.library.markdown.sanitise import SCHEMES


def written_html(text: str, *, locale: str) -> str:
    """Sanitised. Links are absolute, what is relative leads nowhere; pictures are told by their words."""
    return to_html(text, locale=locale, resolve=_as_written, keep_title=True)


def _as_written(target: str, image: bool) -> str | None:
    if image:
        return None
    scheme, _, rest = target.partition(":")
    return target if rest and scheme.lower() in SCHEMES else None
