import os

from kb.library.content import look


def test_one_look_finds_what_is_read(content, load):
    load(
        {
            "articles/a/b.md": "x",
            "articles/a/_category.yml": "title: A",
            "articles/picture.png": b"x",
            "tutorials/odd.yml": "x",
            "media/films/a.webm": b"xyz",
            "media/readme.md": "x",
            "synonyms.yml": "- [a, b]",
        }
    )
    found = look(content, content / "synonyms.yml", content / "gone.yml")
    assert [str(entry.path) for entry in found.pages] == ["articles/a/b.md"]
    assert [str(path) for path in found.category_files] == ["articles/a/_category.yml"]
    assert found.media == {"films/a.webm": 3}
    assert [str(entry.path) for entry in found.others] == ["synonyms.yml"]


def test_looks_are_equal_while_nothing_changes(content, load):
    load({"articles/a.md": "x", "articles/long.md": "x" * 300_000})
    first = look(content)
    assert look(content) == first
    load({"articles/long.md": "x" * 300_001})
    assert look(content) != first
    os.symlink("nowhere", content / "articles/link.md")
    assert [problem.message.split(".")[0] for problem in look(content).problems] == [
        "Symbolic links are not followed",
        "The file has 300,001 bytes; at most 250,000 are read",
    ]
