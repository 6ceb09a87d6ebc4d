"""Tutorial: a video with steps, each at its second, and the words that are spoken."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.library import pages
from kb.library.locations import GENERAL
from kb.library.pages import TutorialLevel
from schema import make
from schema.caching import public, public_type
from schema.connections import PageInfo
from schema.context import Info
from schema.pages import weight
from schema.types.article import RELATED, Few
from schema.types.node import Node
from schema.types.page import HTML_OBJECTS, Helpfulness, Page, helpfulness_of
from schema.types.scalars import HTML, URL

if TYPE_CHECKING:
    from schema.types.category import Category

PROVIDERS = {"youtube": ("youtube.com", "youtu.be"), "vimeo": ("vimeo.com",)}


@public_type()
@strawberry.type(description="The film of a tutorial.")
class Video:
    url: URL = strawberry.field(description="Where the film is.")
    thumbnail_url: URL | None = strawberry.field(description="A still picture of it, null where there is none.")
    duration_seconds: int = strawberry.field(description="Its length in seconds.")
    captions_url: URL | None = strawberry.field(description="Captions in WebVTT, null where there are none.")
    provider: str = strawberry.field(description="Who serves it: `self`, `youtube`, `vimeo`, or `other`.")


@public_type()
@strawberry.type(description="A chapter of a tutorial.")
class TutorialStep:
    title: str = strawberry.field(description="What is done in it.")
    starts_at_seconds: int = strawberry.field(description="The second of the film at which it begins.")
    url: URL = strawberry.field(description="A link that opens the tutorial at this second.")
    text_html: HTML = strawberry.field(description="What is said in it, as sanitised HTML.")


@public_type()
@strawberry.type(description="A video with steps and a transcript.")
class Tutorial(Page, Node):
    page: strawberry.Private[pages.Tutorial]

    @strawberry.field(description="The category that it belongs to.")
    def category(self, info: Info) -> Annotated["Category", strawberry.lazy("schema.types.category")]:
        return make.category(self.page.category or GENERAL, self.page.locale, info.context.library)

    @strawberry.field(description="The writers' labels.")
    def tags(self) -> list[str]:
        return list(self.page.tags)

    @strawberry.field(description="How much it expects.")
    def level(self) -> TutorialLevel:
        return self.page.level

    @strawberry.field(description="The film.")
    def video(self, info: Info) -> Video:
        video, urls = self.page.video, info.context.library.urls
        return Video(
            url=URL(urls.media(video.file) if video.file else video.url or ""),
            thumbnail_url=URL(urls.media(video.thumbnail)) if video.thumbnail else None,
            duration_seconds=video.duration_seconds,
            captions_url=URL(urls.media(video.captions)) if video.captions else None,
            provider=_provider(video),
        )

    @strawberry.field(description="The steps, in the order of the film.")
    def steps(self, info: Info) -> list[TutorialStep]:
        library = info.context.library
        return [
            TutorialStep(
                title=step.title,
                starts_at_seconds=step.starts_at_seconds,
                url=URL(library.urls.page(self.page, seconds=step.starts_at_seconds)),
                text_html=HTML(library.renderer.part(self.page, step.anchor)),
            )
            for step in self.page.steps
        ]

    @strawberry.field(
        description="All that is said, as sanitised HTML with a heading for each step.",
        metadata=weight(HTML_OBJECTS),
    )
    def transcript_html(self, info: Info) -> HTML:
        return HTML(info.context.library.renderer.html(self.page))

    @strawberry.field(description="Pages to read next, the nearest first.")
    def related(self, info: Info, first: Few = RELATED) -> list[Page]:
        return make.related(self.page, info.context, RELATED if first is None else first)

    @strawberry.field(description="What readers say of it; null while votes cannot be read.", metadata=public(60))
    async def helpfulness(self, info: Info) -> Helpfulness | None:
        return await helpfulness_of(self.page.id, info.context)


@public_type()
@strawberry.type(description="A tutorial's place in a list.")
class TutorialEdge:
    cursor: str = strawberry.field(description="Names the place, for `after` and `before`.")
    node: Tutorial = strawberry.field(description="The tutorial.")


@public_type()
@strawberry.type(description="A page of a list of tutorials.")
class TutorialConnection:
    edges: list[TutorialEdge] = strawberry.field(description="The tutorials with their cursors.")
    nodes: list[Tutorial] = strawberry.field(description="The tutorials.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How many tutorials the whole list has.")


def _provider(video: pages.Video) -> str:
    if video.file:
        return "self"
    hosts = ((name, host) for name, names in PROVIDERS.items() for host in names)
    return next((name for name, host in hosts if host in (video.url or "")), "other")
