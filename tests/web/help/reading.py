"""What a browser without scripts makes of a page: its elements, its text, its data for search engines."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Html(HTMLParser):
    """Elements in order; `text` of an element is all that stands in it."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "track", "source", "col", "wbr"})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element.text += data

    def all(self, tag, **attributes):
        """The elements of a tag with these attributes, `True` for any value; `_` stands for a hyphen."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            each
            for each in self.elements
            if each.tag == tag
            and all(
                (name in each.attributes) if value is True else each.attributes.get(name) == value
                for name, value in wanted.items()
            )
        ]

    def one(self, tag, **attributes):
        [found] = self.all(tag, **attributes)
        return found

    @property
    def text(self):
        return " ".join(self.one("body").text.split())

    @property
    def structured(self):
        """JSON-LD objects by type."""
        found = [json.loads(each.text) for each in self.all("script", type="application/ld+json")]
        return {each["@type"]: each for each in found}


def read(html):
    parser = Html()
    HTMLParser.__init__(parser)
    parser.feed(html)
    parser.close()
    return parser
