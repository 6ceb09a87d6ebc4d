"""Markdown that was made to run scripts, as articles: whole files of fixtures, and the input of each fixture."""


def texts(test_data):
    found = []
    for path in sorted((test_data / "bad/markdown").glob("*.md")):
        whole = path.read_text(encoding="utf-8", errors="replace")
        found += [whole, *whole.split("\n.\n")[1::3]]  # a title, the input, the output, each ended by a line of one dot
    return found


def articles(test_data):
    """Files by path."""
    return {
        f"articles/bad/page-{number}.md": f"---\ntitle: Page {number}\n---\n{text}"
        for number, text in enumerate(texts(test_data))
    }


def messages(test_data, *, most=15_000):
    """The same as few long texts."""
    found = [""]
    for text in texts(test_data):
        if len(found[-1]) + len(text) > most:
            found.append("")
        found[-1] += text[:most] + "\n\n"
    return found


def paths(files):
    return [f"/articles/{name.rpartition('/')[2].removesuffix('.md')}" for name in files]
