"""What a content file is, told by where it lies: type, folder, slug, locale, the day a policy takes effect."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from kb.library.markdown.anchors import in_words
from kb.library.pages import PageType

FOLDERS = {"articles": PageType.ARTICLE, "tutorials": PageType.TUTORIAL, "policies": PageType.POLICY}
GENERAL = "general"
HOUSEKEEPING = frozenset({"readme", "license", "licence", "contributing", "code_of_conduct", "changelog", "security"})
_LANGUAGES = """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja
    jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb
    nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""  # ISO 639-1
LANGUAGES = frozenset(_LANGUAGES.split())
_LOCALE = re.compile(r"(?P<language>[a-z]{2})(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_HYPHENS = re.compile(r"-{2,}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CATEGORY = re.compile(r"_category(?:\.(?P<locale>[A-Za-z-]+))?\.ya?ml")


@dataclass(frozen=True, slots=True)
class Location:
    """`folder` is the category's slug, empty at the top; for a policy it is the policy's slug."""

    path: PurePosixPath
    type: PageType
    folder: str
    stem: str
    locale: str

    @property
    def effective_on(self) -> date | None:
        try:
            return date.fromisoformat(self.stem) if _DAY.fullmatch(self.stem) else None
        except ValueError:
            return None


def locales(paths: Iterable[PurePosixPath], default: str) -> tuple[str, ...]:
    """The locales of some content, the default first: those that a page beside its original is written in."""
    known = set(paths)
    found = {default}
    for path in known:
        category = _CATEGORY.fullmatch(path.name)
        suffix = (category.group("locale") or "") if category else path.stem.rpartition(".")[2]
        if is_locale(suffix) and (category or path.with_name(path.stem.rpartition(".")[0] + path.suffix) in known):
            found.add(suffix)
    return (default, *sorted(found - {default}))


def locate(path: PurePosixPath, known_locales: Iterable[str], default: str) -> Location:
    """Where a page belongs. `release-2.4.md` is a slug, `payouts.hi.md` a translation where Hindi is a locale."""
    top, *folders = path.parts[:-1]
    stem, _, suffix = path.stem.rpartition(".")
    translated = bool(stem) and suffix in set(known_locales)
    folder = "/".join(slugify(name) for name in folders)
    return Location(
        path, FOLDERS[top], folder, slugify(stem if translated else path.stem), suffix if translated else default
    )


def slugify(name: str) -> str:
    """A file or folder name as it stands in a URL: lower case, letters of any script, digits, dots and hyphens."""
    chars = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())
    kept = (char if char == "." or in_words(char) else "-" for char in chars if unicodedata.category(char) != "Cf")
    return _HYPHENS.sub("-", "".join(kept)).strip("-.") or "page"


def is_locale(text: str) -> bool:
    match = _LOCALE.fullmatch(text)
    return match is not None and match.group("language") in LANGUAGES


def category_file(path: PurePosixPath, default: str) -> tuple[str, str] | None:
    """(category slug, locale) of a `_category.yml`, None for any other file."""
    match = _CATEGORY.fullmatch(path.name)
    if match is None or path.parts[0] != "articles":
        return None
    return "/".join(slugify(name) for name in path.parts[1:-1]) or GENERAL, match.group("locale") or default
