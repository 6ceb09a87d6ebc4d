import pytest

from kb.library.markdown.sanitise import sanitise

MEDIA = "https://kb.example/media/"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("<p>Text</p>", "<p>Text</p>"),
        ("<script>alert(1)</script>after", "after"),
        ("<style>*{}</style>after", "after"),
        ("<unknown>inside</unknown>", "inside"),
        ("<!-- a remark -->after", "after"),
        ('<p style="color:red" onclick="x()" data-x="1">Text</p>', "<p>Text</p>"),
        ('<a href="javascript:x()">Text</a>', '<a rel="noopener noreferrer">Text</a>'),
        ('<a href="/contact" target="_blank">Text</a>', '<a href="/contact" rel="noopener noreferrer">Text</a>'),
        ('<div role="note">Text</div>', '<div role="note">Text</div>'),
        ('<div role="dialog">Text</div>', "<div>Text</div>"),
        ('<span class="kn evil alert-tip">x</span>', '<span class="kn alert-tip">x</span>'),
        ('<code class="language-json language-<b>">x</code>', '<code class="language-json">x</code>'),
        ('<h2 id="s-a">A</h2>', '<h2 id="s-a">A</h2>'),
        ('<h2 id="s-b">B</h2>', "<h2>B</h2>"),
        ('<li id="fn12">x</li>', '<li id="fn12">x</li>'),
        ('<li id="fnord">x</li>', "<li>x</li>"),
        (f'<img src="{MEDIA}a.png" alt="A">', f'<img src="{MEDIA}a.png" alt="A">'),
        (f'<img src="{MEDIA}a/../../x">', "<img>"),
        (f'<img src="{MEDIA}%2e%2e/x">', "<img>"),
        (f'<img src="{MEDIA}..\\x">', "<img>"),
        ('<img src="https://kb.example.evil/media/a.png">', "<img>"),
        ("<b>open", "<b>open</b>"),
    ],
)
def test_only_what_is_named_is_left(given, left):
    assert sanitise(given, ids=frozenset({"s-a"}), image_prefix=MEDIA) == left


def test_without_a_prefix_there_are_no_pictures():
    assert sanitise(f'<img src="{MEDIA}a.png" alt="A">') == '<img alt="A">'
