"""The last step of every HTML: only the elements, attributes and classes named here leave the house."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import nh3
from pygments.token import STANDARD_TYPES

_TAGS = """
    a abbr b blockquote br caption cite code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark
    ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead tr ul var
"""
TAGS = set(_TAGS.split())
ATTRIBUTES = {
    "a": {"href", "title", "id", "class"},
    "abbr": {"title"},
    "code": {"class"},
    "div": {"class", "role"},
    "h1": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
    "hr": {"class"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "p": {"class"},
    "section": {"class"},
    "span": {"class"},
    "sup": {"class"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"colspan", "rowspan", "scope", "class"},
    "ul": {"class"},
}  # fmt: skip
_CLASSES = """
    alert alert-note alert-tip alert-important alert-warning alert-caution alert-title align-left align-center
    align-right contains-task-list task-list-item footnotes footnotes-list footnote-item footnote-ref
    footnote-backref footnotes-sep
"""
CLASSES = frozenset(STANDARD_TYPES.values()) | frozenset(_CLASSES.split())
SCHEMES = {"http", "https", "mailto", "tel"}
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,30}")
_FOOTNOTE_ID = re.compile(r"fn(ref)?\d{1,4}(:\d{1,4})?")


def sanitise(html: str, *, ids: frozenset[str] = frozenset(), image_prefix: str | None = None) -> str:
    """Clean a fragment of HTML. Of ids, those given and footnotes' are kept; images only from below `image_prefix`."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filter(ids, image_prefix),
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _stays(url: str) -> bool:
    """Browsers resolve `..` before they ask, encoded or not."""
    return not {"..", ".", ""} & set(unquote(url.partition("://")[2]).replace("\\", "/").split("/")[1:])


def _filter(ids: frozenset[str], image_prefix: str | None) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id":
            return value if value in ids or _FOOTNOTE_ID.fullmatch(value) else None
        if attribute == "class":
            return " ".join(name for name in value.split() if name in CLASSES or _LANGUAGE.fullmatch(name)) or None
        if attribute == "src":
            return value if image_prefix is not None and value.startswith(image_prefix) and _stays(value) else None
        if attribute == "role":
            return value if value == "note" else None
        return value

    return keep
