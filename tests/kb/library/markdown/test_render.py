import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kb.library.markdown import outline, to_html

MEDIA = "http://kb.test/media/"
GOLDEN = Path(__file__).with_name("golden.md")


def resolve(target, image):
    """Pictures below ../media are there, everything else is left as it is written."""
    if image:
        return MEDIA + target.removeprefix("../media/") if target.startswith("../media/") else None
    return target


def html(text, **options):
    return to_html(text, locale="en", resolve=resolve, media_prefix=MEDIA, **options)


def read_golden():
    """(title, Markdown, HTML): the parts of each case stand between lines with a dot."""
    lines = GOLDEN.read_text(encoding="utf-8").split("\n")
    dots = [number for number, line in enumerate(lines) if line == "."]
    for first, second, third in zip(dots[::3], dots[1::3], dots[2::3], strict=True):
        yield pytest.param(
            "\n".join(lines[first + 1 : second]), "\n".join(lines[second + 1 : third]), id=lines[first - 1]
        )


GOLDEN_CASES = list(read_golden())


@pytest.mark.parametrize(("text", "expected"), GOLDEN_CASES)
def test_writers_get_what_the_golden_file_shows(text, expected):
    assert html(text).rstrip() == expected


@pytest.mark.parametrize(("text", "_"), GOLDEN_CASES)
def test_the_outline_of_a_text_has_the_anchors_of_its_html(text, _):
    rendered = html(text)
    for section in outline(text).sections:
        assert f'<h{section.level} id="{section.anchor}">' in rendered


def test_a_title_is_kept_where_it_is_asked_for():
    assert html("# Payouts\n\nText", keep_title=True) == '<h2 id="s-payouts">Payouts</h2>\n<p>Text</p>\n'


def test_alerts_are_titled_in_the_language_of_the_page():
    text = "> [!TIP]\n> सुझाव"
    assert '<p class="alert-title">सुझाव</p>' in to_html(text, locale="hi", resolve=resolve)
    assert '<p class="alert-title">Tip</p>' in to_html(text, locale="ta", resolve=resolve)


def test_a_link_that_leads_nowhere_is_words():
    nowhere = to_html(
        "See [the *page*](gone.md) and ![a **map**](m.png).", locale="en", resolve=lambda target, image: None
    )
    assert nowhere == "<p>See the <em>page</em> and a map.</p>\n"


@pytest.mark.parametrize(
    "content", ["\t\n" * 2_000, "(" * 4_000, "/*" * 2_000, '"\\' * 2_000, " " * 4_000, "x" * 100_000]
)
@pytest.mark.parametrize(
    "language", ["python", "javascript", "json", "php", "sql", "bash", "html", "make", "autohotkey"]
)
def test_code_is_shown_whole_whatever_is_in_it(content, language):
    parser = Elements()
    parser.feed(html(f"```{language}\n{content}\n```"))
    assert parser.text.rstrip() == content.rstrip()


class Elements(HTMLParser):
    """What a browser would make of a text: elements with attributes, and the text."""

    def __init__(self):
        super().__init__()
        self.elements, self.text, self.others = [], "", []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


ELEMENTS = set(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "var",
    ]
)
SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
ATTRIBUTES = set(
    [
        "href",
        "title",
        "id",
        "class",
        "rel",
        "role",
        "src",
        "alt",
        "loading",
        "width",
        "height",
        "colspan",
        "rowspan",
        "scope",
        "start",
    ]
)


def assert_harmless(rendered):
    parser = Elements()
    parser.feed(rendered)
    parser.close()
    assert parser.others == []
    for tag, attributes in parser.elements:
        assert tag in ELEMENTS
        assert set(attributes) <= ATTRIBUTES
        assert attributes.get("role") in (None, "note")
        assert attributes.get("rel") in (None, "noopener noreferrer")
        if "href" in attributes:
            scheme = SCHEME.match("".join(attributes["href"].split()))
            assert scheme is None or scheme.group(1).lower() in ("http", "https", "mailto", "tel"), attributes
        if tag == "img":
            assert attributes.get("src", MEDIA).startswith(MEDIA), attributes
        assert attributes.get("id") is None or attributes["id"].startswith(("s-", "fn")), attributes


XSS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<a href=\"javascript:alert(1)\">x</a>", "<a href=\" java\tscript:alert(1)\">x</a>", "<a href=&#106;avascript:alert(1)>x</a>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)",
    "[x](&#x6A;avascript:alert(1))", "[x](<javascript:alert(1)>)", "<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))", "![x](x \"\" onerror=alert(1))", "![x\" onerror=\"alert(1)](../media/a.png)",
    "![x](../media/a.png\"onerror=\"alert(1))", "`<script>`{#x onclick=alert(1)}", "[x](http://a){onclick=alert(1) #location}",
    "# x {#location}", "# <script>alert(1)</script>", "# x {#\"onclick=alert(1)}", "<h2 id=location>x</h2>", "<a id=cookie name=cookie>x</a>",
    "```<script>\nx\n```", "```json\"onclick=\"alert(1)\nx\n```", "```html\n<script>alert(1)</script>\n```", "<style>*{display:none}</style>",
    "<div style=\"position:fixed\">x</div>", "<link rel=stylesheet href=//evil>", "<meta http-equiv=refresh content=0>", "<base href=//evil>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=x>", "<embed src=x>", "<video src=x onerror=alert(1)>", "<form action=//evil>",
    "<button formaction=javascript:alert(1)>", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<marquee onstart=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>", "<!DOCTYPE html>", "<template><script>alert(1)</script></template>", "<xmp><script>alert(1)</script></xmp>",
    f"<img src=\"{MEDIA}../graphql?query=x\">", f"<img src=\"{MEDIA}%2e%2e/graphql\">", f"<img src=\"{MEDIA}..\\graphql\">",
    f"<img src=\"{MEDIA}a.png\" srcset=\"//evil 2x\" onload=alert(1)>", "<img src=//evil/p.gif>", "<a href=x target=_blank ping=//evil>x</a>",
    "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |", "> [!<script>alert(1)</script>]\n> x", "> [!NOTE]<img src=x onerror=alert(1)>\n> x",
    "x[^1]\n\n[^1]: <script>alert(1)</script>", "[^<script>]\n\n[^<script>]: x", "term\n: <svg onload=alert(1)>", "- [ ] <img src=x onerror=alert(1)>",
    "http://a\"onclick=alert(1)", "www.x.com/<script>", "a@b.c\"onclick=alert(1)", "<a href=\"tel:1\" onclick=\"x\">t</a>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<b\nonclick\n=\nalert(1)>", "<b/onclick=alert(1)>", "<a\x00href=javascript:alert(1)>", "\x00<script\x00>", "<scr<script>ipt>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("text", XSS)
def test_no_script_style_handler_or_foreign_picture_leaves_the_house(text):
    assert_harmless(html(text))
    assert_harmless(html(f"# Title\n\n> - {text}\n\n{text} and\n{text}", keep_title=True))


def test_pictures_are_ours_alone():
    pictures = [
        ("../media/a.png", 1), (f"{MEDIA}b.png", 0), ("//evil/p.gif", 0), ("data:image/png;base64,x", 0), ("a.png", 0),
    ]  # fmt: skip
    for target, count in pictures:
        parser = Elements()
        parser.feed(html(f"![x]({target})"))
        assert sum("src" in attributes for _, attributes in parser.elements) == count, target
    parser = Elements()
    parser.feed(
        html(
            f'<img src="{MEDIA}../graphql"> <img src="{MEDIA}%2e%2E/x"> <img src="{MEDIA}.\\x"> <img src="{MEDIA}a/b.png">'
        )
    )
    assert [attributes.get("src") for _, attributes in parser.elements if attributes.get("src")] == [f"{MEDIA}a/b.png"]


def test_ids_are_those_of_headings_and_footnotes():
    parser = Elements()
    parser.feed(
        html(
            "# A\n\n## A\n\n<h2 id='s-b'>B</h2>\n\n<a id='fn9999999' href='#'>x</a> `c`{#location} x[^1]\n\n[^1]: y",
            keep_title=True,
        )
    )
    assert [attributes["id"] for _, attributes in parser.elements if "id" in attributes] == [
        "s-a",
        "s-a-2",
        "fnref1",
        "fn1",
    ]


def cases(path):
    """The Markdown of each case of a file in markdown-it's format."""
    parts = path.read_text(encoding="utf-8").split("\n.\n")
    return [part for part in parts if part.strip()]


@pytest.mark.parametrize(
    "file",
    ["markdown-it-py_xss.md", "markdown-it-py_fatal.md", "markdown-it-py_commonmark_extras.md", "cmark_regression.txt"],
)
def test_the_fixtures_of_other_parsers_are_harmless(test_data, file):
    path = test_data / "bad/markdown" / file
    for text in [*cases(path), path.read_text(encoding="utf-8")]:
        assert_harmless(html(text))
        outline(text)


def test_every_example_of_commonmark_is_harmless(test_data):
    examples = json.loads((test_data / "bad/markdown/commonmark_spec.json").read_text(encoding="utf-8"))
    assert len(examples) == 652
    for example in examples:
        assert_harmless(html(example["markdown"], keep_title=True))
        assert_harmless(html(example["html"], keep_title=True))


def test_naughty_strings_are_harmless(test_data):
    strings = json.loads((test_data / "bad/blns/blns.json").read_text(encoding="utf-8"))
    for text in strings:
        assert_harmless(html(text))
        assert_harmless(html(f"# {text}\n\n[{text}]({text})\n\n<b {text}>", keep_title=True))
