"""The one Markdown parser: CommonMark, tables, strikethrough, autolinks, footnotes, definitions, tasks, alerts."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from kb.library.markdown.alerts import alerts
from kb.library.markdown.anchors import anchors
from kb.library.markdown.bounds import bounded_inline, bounded_raw_html, bounded_table
from kb.library.markdown.tasks import tasks


def parse(markdown: str, env: dict[str, Any] | None = None) -> list[Token]:
    """The block tokens of a text. Raw HTML stays in them: it is only safe once `sanitise` has seen the result."""
    return parser().parse(markdown, env)


def walk(tokens: list[Token]) -> Iterator[Token]:
    """Every token, block and inline, in reading order."""
    for token in tokens:
        yield token
        if token.children:
            yield from walk(token.children)


@cache
def parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": 20})
    md.enable(["table", "strikethrough"])
    md.block.ruler.at("table", bounded_table, {"alt": ["paragraph", "reference"]})
    md.use(gfm_autolink_plugin).use(footnote_plugin).use(deflist_plugin)
    md.use(attrs_plugin, allowed=("id",))
    md.core.ruler.at("inline", bounded_inline)
    md.core.ruler.after("inline", "bounded_raw_html", bounded_raw_html)
    md.core.ruler.push("tasks", tasks)
    md.core.ruler.push("alerts", alerts)
    md.core.ruler.push("anchors", anchors)
    return md
