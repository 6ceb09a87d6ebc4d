"""Markdown to sanitised HTML, sections with stable anchors, and plain text. `kb.library.links` resolves links."""

from kb.library.markdown.outline import Link, Outline, Section, SectionText, outline
from kb.library.markdown.render import LinkResolver, to_html
from kb.library.markdown.written import written_html

__all__ = ["Link", "LinkResolver", "Outline", "Section", "SectionText", "outline", "to_html", "written_html"]
