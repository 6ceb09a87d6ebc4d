"""Markdown that was made to run scripts, as articles: whole files of fixtures, and the input of each fixture."""


def articles(test_data):
    """Files by path."""
    texts = []
    for path in sorted((test_data / "bad/markdown").glob("*.md")):
        whole = path.read_text(encoding="utf-8", errors="replace")
        texts += [whole, *whole.split("\n.\n")[1::3]]  # a title, the input, the output, each ended by a line of one dot
    return {
        f"articles/bad/page-{number}.md": f"---\ntitle: Page {number}\n---\n{text}" for number, text in enumerate(texts)
    }


def paths(files):
    return [f"/articles/{name.rpartition('/')[2].removesuffix('.md')}" for name in files]
