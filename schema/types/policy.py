"""Policy: one version of a policy, with the day it takes effect."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from kb.library import pages
from schema import make
from schema.caching import personal, public, public_type
from schema.context import Context, Info
from schema.pages import weight
from schema.types.node import Node
from schema.types.page import HTML_OBJECTS, Page, Section, sections
from schema.types.scalars import HTML

POLICY_SECONDS = 60  # which version is in force changes with the day


@public_type()
@strawberry.type(description="One version of a policy, with the day it takes effect and what changed.")
class Policy(Page, Node):
    page: strawberry.Private[pages.Policy]

    @strawberry.field(description="The version's name: its effective date.")
    def version(self) -> str:
        return self.page.version

    @strawberry.field(description="The first day on which it holds.")
    def effective_on(self) -> date:
        return self.page.effective_on

    @strawberry.field(description="Whether it is the version in force today.", metadata=public(POLICY_SECONDS))
    def in_force(self, info: Info) -> bool:
        return in_force_today(self.page, info.context)

    @strawberry.field(description="What this version changed, in the words that users are notified with.")
    def changes(self) -> str | None:
        return self.page.changes

    @strawberry.field(
        description="The text as sanitised HTML; headings have the anchors of `sections`.",
        metadata=weight(HTML_OBJECTS),
    )
    def body_html(self, info: Info) -> HTML:
        return HTML(info.context.library.renderer.html(self.page))

    @strawberry.field(description="The headings, in order.")
    def sections(self, info: Info) -> list[Section]:
        return sections(self.page, info.context.library)

    @strawberry.field(description="All versions, the newest first.", metadata=public(POLICY_SECONDS))
    def versions(self, info: Info) -> list[Annotated["Policy", strawberry.lazy("schema.types.policy")]]:
        context = info.context
        versions = context.library.policy_versions(self.page.slug, context.viewer, self.page.locale)
        return [
            make.policy(each, context.library, in_force=in_force_today(each, context)) for each in reversed(versions)
        ]

    @strawberry.field(description="When it was announced; null for a first version.")
    def announced_at(self) -> datetime | None:
        return self.page.announced_at

    @strawberry.field(description="Whether the viewer has acknowledged it; null for visitors.", metadata=personal())
    async def acknowledged_by_viewer(self, info: Info) -> bool | None:
        context = info.context
        return await context.loaders.acknowledged.load(self.page.id) if context.viewer.signed_in else None

    @strawberry.field(
        description="Whether the viewer is mailed each new version; null for visitors.", metadata=personal()
    )
    async def followed_by_viewer(self, info: Info) -> bool | None:
        context = info.context
        return await context.loaders.followed.load(self.page.slug) if context.viewer.signed_in else None


def in_force_today(page: pages.Policy, context: Context) -> bool:
    """Whether this is the version that holds on the viewer's today."""
    current = context.library.policy(page.slug, context.viewer, page.locale, on=context.today)
    return current is not None and current.id == page.id
