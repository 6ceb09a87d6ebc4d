"""Groups of candidates made into pages. What a page lacks has a fall-back and is told as a problem."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from kb.library.candidates import Candidate, Group
from kb.library.categories import lineage
from kb.library.locations import GENERAL
from kb.library.meta import ArticleMeta, PageMeta, PolicyMeta, TutorialMeta, VideoMeta
from kb.library.pages import Article, Page, PageType, Policy, Status, Step, Tutorial, Video
from kb.library.problems import Problem, Severity, did_you_mean
from kb.library.terms import Terms
from kb.viewer import Visibility

MAX_SUMMARY = 240  # characters of a first paragraph that stand in for a summary
MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Around:
    """What pages refer to: media files, slugs of categories and policies, the least visibility of folders."""

    media: Mapping[str, int]
    categories: frozenset[str]
    policies: frozenset[str]
    floors: Mapping[str, Visibility]


def build_pages(group: Group, related: tuple[str, ...], around: Around, problems: list[Problem]) -> dict[str, Page]:
    """The pages of a group by locale, without those that cannot be served. They depend on nothing else."""
    return PageBuilder(around, problems).build(group, related)


@dataclass(frozen=True, slots=True)
class PageBuilder:
    """Builds one group; what is wrong is added to `problems`."""

    around: Around
    problems: list[Problem]

    def _floors(self, group: Group) -> Iterator[Visibility]:
        """What the folders of a page, or the category of a tutorial, ask for at least."""
        if group.type is PageType.POLICY:
            return
        meta = group.original.meta
        named = meta.category if isinstance(meta, TutorialMeta) else None
        for slug in lineage(named or group.folder or GENERAL):
            yield self.around.floors.get(slug, Visibility.PUBLIC)

    def build(self, group: Group, related: tuple[str, ...]) -> dict[str, Page]:
        """The pages of a group by locale, without those that cannot be served."""
        make = {PageType.ARTICLE: self._article, PageType.TUTORIAL: self._tutorial, PageType.POLICY: self._policy}
        pages = {
            locale: make[group.type](group, candidate, self._common(group, candidate) | {"related": related})
            for locale, candidate in group.candidates.items()
        }
        return {locale: page for locale, page in pages.items() if page}

    def _common(self, group: Group, candidate: Candidate) -> dict[str, Any]:
        own, first = candidate.meta, group.original.meta
        outline, body = candidate.source.outline, candidate.source.front.body
        title = own.title or outline.heading or self._title_from_name(candidate)
        summary = own.summary or shortened(outline.first_paragraph, MAX_SUMMARY)
        return {
            "type": group.type,
            "slug": group.slug,
            "locale": candidate.location.locale,
            "available_locales": tuple(group.candidates),
            "path": candidate.path,
            "title": title,
            "summary": summary,
            "updated_at": own.updated or _modified(candidate),
            "revision": revision(title, summary, body),
            "tags": tuple(dict.fromkeys(own.tags or first.tags)),
            "visibility": strictest(first.visibility, own.visibility, *self._floors(group)),
            "audiences": frozenset(first.audience),
            "plans": tuple(dict.fromkeys(first.plans)),
            "status": own.status if first.status is Status.PUBLISHED else first.status,
            "order": first.order,
            "markdown": body,
            "outline": outline,
        }

    def _title_from_name(self, candidate: Candidate) -> str:
        title = candidate.location.stem.replace("-", " ").capitalize()
        self._report(candidate, f"A title is missing; the page is called '{title}'.", "title")
        return title

    def _article(self, group: Group, candidate: Candidate, common: dict[str, Any]) -> Article:
        meta = group.original.meta
        assert isinstance(meta, ArticleMeta)
        return Article(
            **common, category=group.folder or GENERAL, article_kind=meta.kind, review_due_on=review_due(candidate.meta)
        )

    def _tutorial(self, group: Group, candidate: Candidate, common: dict[str, Any]) -> Tutorial | None:
        meta, own = group.original.meta, candidate.meta
        assert isinstance(meta, TutorialMeta)
        assert isinstance(own, TutorialMeta)
        video = self._video(meta.video, group.original)
        if video is None:
            self._report(candidate, "A tutorial needs a video with a file or a url. The page is left out.", "video")
            return None
        steps = self._steps(own.steps or meta.steps, candidate, video)
        common["revision"] = revision(common["revision"], *(f"{step.title} {step.starts_at_seconds}" for step in steps))
        category = self._category(tutorial_category(group), group.original)
        return Tutorial(**common, category=category, level=meta.level, video=video, steps=steps)

    def _policy(self, group: Group, candidate: Candidate, common: dict[str, Any]) -> Policy:
        meta, own = group.original.meta, candidate.meta
        assert isinstance(meta, PolicyMeta)
        assert isinstance(own, PolicyMeta)
        effective_on = group.original.location.effective_on
        assert effective_on is not None
        if candidate is group.original and own.terms:
            self._check_topics(own.terms, candidate)
        return Policy(
            **common,
            effective_on=effective_on,
            announced_at=meta.announced,
            changes=own.changes or meta.changes,
            sample=meta.sample,
            terms=meta.terms,
        )

    def _check_topics(self, terms: Terms, candidate: Candidate) -> None:
        """What a ticket can be about leads to a category and a policy: they must exist."""
        for topic in terms.topics:
            for key, slug, known in (
                ("category", topic.category, self.around.categories),
                ("policy", topic.policy, self.around.policies),
            ):
                if slug is not None and slug not in known:
                    hint = did_you_mean(slug, known)
                    message = f"The topic '{topic.topic}' names a {key} '{slug}', which does not exist.{hint}"
                    self._report(candidate, message, "terms", of="topics")

    def _category(self, slug: str, candidate: Candidate) -> str:
        if slug in self.around.categories:
            return slug
        hint = did_you_mean(slug, self.around.categories)
        self._report(candidate, f"There is no category '{slug}'.{hint}", "category")
        return GENERAL

    def _video(self, meta: VideoMeta | None, candidate: Candidate) -> Video | None:
        if meta is None:
            return None
        names: Mapping[str, str | None] = {key: getattr(meta, key) for key in ("file", "captions", "thumbnail")}
        files = {key: self._media_file(name, key, candidate) for key, name in names.items()}
        if files["file"] is None and meta.url is None:
            return None
        url = str(meta.url) if meta.url and files["file"] is None else None
        return Video(meta.duration, files["file"], url, files["captions"], files["thumbnail"])

    def _media_file(self, name: str | None, key: str, candidate: Candidate) -> str | None:
        if name is None:
            return None
        file = posixpath.normpath(name.removeprefix(f"{MEDIA}/"))
        if file not in self.around.media:
            self._report(candidate, f"There is no file '{name[:80]}' in the media folder.", "video", of=key)
            return None
        return file

    def _steps(self, metas: list[Any], candidate: Candidate, video: Video) -> tuple[Step, ...]:
        anchors = {section.title.casefold(): section.anchor for section in reversed(candidate.source.outline.sections)}
        steps = [Step(step.title, step.start, anchors.get(step.title.casefold())) for step in metas]
        for step in steps:
            if step.anchor is None:
                self._warn(candidate, f"The body has no heading '{step.title}' with the text of this step.", "steps")
            if step.starts_at_seconds >= video.duration_seconds:
                self._warn(candidate, f"The step '{step.title}' starts after the end of the video.", "steps")
        return tuple(sorted(steps, key=lambda step: step.starts_at_seconds))

    def _report(self, candidate: Candidate, message: str, key: str, *, of: str | None = None) -> None:
        problem = candidate.problem(message, key)
        if of:
            problem = Problem(problem.path, problem.line, message, f"{key}.{of}")
        if problem not in self.problems:
            self.problems.append(problem)

    def _warn(self, candidate: Candidate, message: str, key: str) -> None:
        self.problems.append(candidate.problem(message, key, Severity.WARNING))


def tutorial_category(group: Group) -> str:
    """The category that a tutorial names, else its folder, else the general one."""
    meta = group.original.meta
    return (meta.category if isinstance(meta, TutorialMeta) else None) or group.folder or GENERAL


def revision(*texts: str) -> str:
    """A short hash of what a reader sees: 64 bits, in hexadecimal."""
    return sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def strictest(*visibilities: Visibility) -> Visibility:
    return max(visibilities, key=list(Visibility).index)


def review_due(meta: PageMeta) -> date | None:
    """`review_every` after the day a person last looked; None where no review was asked for."""
    last = meta.reviewed or (meta.updated.date() if meta.updated else None)
    return last + timedelta(days=meta.review_every) if last and meta.review_every else None


def shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def _modified(candidate: Candidate) -> datetime:
    """Some file systems hold times that no calendar does."""
    return datetime.fromtimestamp(min(max(candidate.source.entry.modified_ns // 10**9, 0), 2**32), UTC)
