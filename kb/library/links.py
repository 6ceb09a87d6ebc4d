"""Links between pages as writers write them, paths to Markdown files, resolved to the URLs that readers follow."""

import posixpath
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urlsplit

from kb.library.markdown import LinkResolver
from kb.library.markdown.anchors import PREFIX, anchor
from kb.library.markdown.sanitise import SCHEMES
from kb.library.pages import Page
from kb.library.problems import Problem, Severity, did_you_mean
from kb.library.urls import Urls

PageAt = Callable[[PurePosixPath, str], Page | None]
"""(path of a Markdown file, locale) → the page made of it, in the best locale."""


def resolver(page: Page, *, page_at: PageAt, urls: Urls, media: Mapping[str, object]) -> LinkResolver:
    """How the links of one page are resolved. What leads nowhere is None: shown as words, not as a dead link."""

    def resolve(target: str, image: bool) -> str | None:
        parts = _split(target)
        if parts is None:
            return None
        if image:
            file = _media_file(page.path, parts.path) if not parts.scheme and not parts.netloc else None
            return urls.media(file) if file is not None and file in media else None
        if parts.scheme or parts.netloc:
            return target if parts.scheme in SCHEMES else None
        if not parts.path:
            return target if target.startswith("#fn") else f"#{_anchor(page, parts.fragment)}"
        media_file = _media_file(page.path, parts.path)
        if media_file in media:
            return urls.media(str(media_file))
        other = find_page(page.path, parts.path, page.locale, page_at)
        return urls.page(other, anchor=_anchor(other, parts.fragment) or None) if other else _site_path(target)

    return resolve


def find_page(source: PurePosixPath, target: str, locale: str, page_at: PageAt) -> Page | None:
    """The page that a path in a link means: beside its file, else from the top of the content, else of the articles."""
    path = unquote(target)
    if not path.lower().endswith((".md", ".markdown")):
        return None
    for base in ("articles", "") if path.startswith("/") else (source.parent.as_posix(),):
        joined = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
        page = None if joined.startswith("..") else page_at(PurePosixPath(joined), locale)
        if page:
            return page
    return None


def check_links(
    page: Page, first_line: int, *, page_at: PageAt, media: Mapping[str, object], hint: Callable[[str], str]
) -> list[Problem]:
    """The links of a page that lead nowhere: unknown files, headings and pictures. `hint` says what page was meant."""
    problems: list[Problem] = []
    for link in page.outline.links:
        message = _dead(page, link.target, link.image, page_at, media, hint)
        if message:
            problems.append(Problem(page.path, first_line + link.line - 1, message, None, Severity.WARNING))
    return problems


def _dead(
    page: Page, target: str, image: bool, page_at: PageAt, media: Mapping[str, object], hint: Callable[[str], str]
) -> str | None:
    parts = _split(target)
    if parts is None:
        return f"'{_short(target)}' is not a URL."
    if image:
        ours = not parts.scheme and not parts.netloc
        return (
            None
            if ours and _media_file(page.path, parts.path) in media
            else f"The picture '{_short(target)}' is not in the media folder."
        )
    if parts.scheme or parts.netloc:
        return None if parts.scheme in SCHEMES else f"Links of the kind '{parts.scheme}:' are not shown."
    if not parts.path:
        return _dead_anchor(page, parts.fragment)
    if _media_file(page.path, parts.path) in media or not parts.path.lower().endswith((".md", ".markdown")):
        return None
    other = find_page(page.path, parts.path, page.locale, page_at)
    if other is None:
        stem = PurePosixPath(unquote(parts.path)).stem
        return f"There is no page '{_short(parts.path)}'.{hint(stem)}"
    return _dead_anchor(other, parts.fragment)


def _dead_anchor(page: Page, fragment: str) -> str | None:
    wanted = _anchor(page, fragment)
    anchors = {section.anchor for section in page.sections}
    if not wanted or wanted in anchors or fragment.startswith("fn"):
        return None
    return f"{page.path.name} has no heading '#{_short(unquote(fragment))}'.{did_you_mean(wanted, anchors)}"


def _anchor(page: Page, fragment: str) -> str:
    """Writers name a heading as other tools do, without our prefix, or as our URLs do, with it."""
    name = unquote(fragment)
    if not name:
        return ""
    prefixed = PREFIX + anchor(name)
    ours = name.startswith(PREFIX) and prefixed not in {section.anchor for section in page.sections}
    return name if ours else prefixed


def _media_file(source: PurePosixPath, target: str) -> str | None:
    """The path below `media/` that a link means, None where it means something else."""
    path = unquote(target)
    joined = posixpath.normpath(
        path.lstrip("/") if path.startswith("/") else posixpath.join(source.parent.as_posix(), path)
    )
    return joined.removeprefix("media/") if joined.startswith("media/") else None


def _site_path(target: str) -> str | None:
    """A path on the site itself, such as /contact; a path to a file that is no page leads nowhere."""
    path = urlsplit(target).path
    return target if path.startswith("/") and not PurePosixPath(path).suffix and not path.startswith("//") else None


def _split(target: str) -> SplitResult | None:
    try:
        parts = urlsplit(target)
        return parts if "%" not in parts.netloc and parts.port != 0 else None
    except ValueError:  # brackets that do not match, a port that is no number
        return None


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
