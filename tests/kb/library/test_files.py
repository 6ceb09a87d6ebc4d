import os
import stat
import threading

import pytest

from kb.library.files import MAX_BYTES, MAX_FOLDERS, read_text, scan

MARKDOWN = frozenset({".md"})


def names(content, problems, **options):
    return [str(entry.path) for entry in scan(content, "articles", MARKDOWN, problems, **options)]


def test_files_come_in_a_fixed_order_and_hidden_ones_not_at_all(content, load, told):
    load({f"articles/{name}.md": "x" for name in ("b", "a/z", "a", ".hidden", ".git/config", "c/.x", "c/y")})
    problems = []
    assert names(content, problems) == ["articles/a/z.md", "articles/a.md", "articles/b.md", "articles/c/y.md"]
    assert problems == []


def test_line_ends_and_byte_order_mark_make_no_difference(load):
    text = "---\ntitle: Payouts\n---\nOne\ntwo\n"
    library = load(
        {
            "articles/unix.md": text,
            "articles/windows.md": "\ufeff" + text.replace("\n", "\r\n"),
            "articles/old.md": text.replace("\n", "\r"),
        }
    )
    assert {(page["en"].title, page["en"].markdown) for page in library.pages.values()} == {("Payouts", "One\ntwo\n")}
    assert len({page["en"].revision for page in library.pages.values()}) == 1
    assert library.problems == ()


def test_the_line_of_what_is_not_utf8_is_named(load, told):
    library = load({"articles/latin.md": b"---\ntitle: A\n---\nfine\ncaf\xe9\n", "articles/good.md": "# Fine"})
    assert told(library) == ["articles/latin.md:5: error: The file is not valid UTF-8: byte 0xe9. Save it as UTF-8."]
    assert list(library.pages) == ["article:good"]


@pytest.mark.parametrize("name", ["articles/a.md", "synonyms.yml", "storefronts.yml", "articles/_category.yml"])
def test_a_fifo_is_told_of_and_never_waited_for(content, load, told, name):
    os.mkfifo(content / name)
    done = []
    thread = threading.Thread(target=lambda: done.append(load({"articles/good.md": "# Fine"})), daemon=True)
    thread.start()
    thread.join(30)
    assert done, "the loader waits for the other end of a FIFO"
    assert told(done[0]) == [f"{name}: error: This is not a regular file."]


def test_a_file_that_becomes_a_fifo_or_folder_after_it_was_found_is_told_of(content):
    os.mkfifo(content / "pipe.md")
    (content / "folder.md").mkdir()
    problems = []
    assert read_text(content, "pipe.md", problems) is read_text(content, "folder.md", problems) is None
    assert [problem.message for problem in problems] == ["This is not a regular file."] * 2


def test_symbolic_links_are_not_followed(content, load, told, tmp_path):
    (tmp_path / "secret.md").write_text("visibility: a secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/page.md").write_text("A page.")
    os.symlink(tmp_path / "secret.md", content / "articles/out.md")
    os.symlink(tmp_path / "elsewhere", content / "articles/folder")
    os.symlink(tmp_path / "elsewhere", content / "tutorials")
    os.symlink("nowhere", content / "articles/dangling.md")
    os.symlink(tmp_path / "secret.md", content / "synonyms.yml")
    library = load({"articles/good.md": "# Fine"})
    assert list(library.pages) == ["article:good"]
    names = ["articles/dangling.md", "articles/folder", "articles/out.md", "synonyms.yml", "tutorials"]
    assert told(library) == [
        f"{name}: error: Symbolic links are not followed. Put the file itself here." for name in names
    ]


def test_a_text_of_ten_megabytes_is_told_of_and_a_film_of_ten_is_served(load, told):
    library = load(
        {"articles/long.md": b"x" * 10_000_000, "media/long.webm": b"x" * 10_000_000, "articles/good.md": "# Fine"}
    )
    assert told(library) == [f"articles/long.md: error: The file has 10,000,000 bytes; at most {MAX_BYTES:,} are read."]
    assert list(library.pages) == ["article:good"]
    assert library.media == {"long.webm": 10_000_000}


def test_folders_in_each_other_end_somewhere(content, load, told):
    folder = content / "articles" / "/".join(["a"] * 100)
    folder.mkdir(parents=True)
    (folder / "deep.md").write_text("# Deep")
    library = load({"articles/good.md": "# Fine"})
    assert list(library.pages) == ["article:good"]
    below = "articles" + "/a" * MAX_FOLDERS
    assert told(library) == [f"{below}: error: Folders are nested more than {MAX_FOLDERS} deep. This one is not read."]


ODD_NAMES = [
    "Über uns", "日本語", "العربية", "தமிழ்", "ภาษาไทย", "क्‍षमा", "भुगतान", "a b  c", "100% & more?", "semi;colon", "quote'd\"",
    "emoji 😀", "-rf", "~", "$HOME", "`id`", "con", "nul.txt", "a" * 200, "\u202etxt", "‏", "non\xa0breaking", "comma,", "#1", "{#1}",
    "[brackets](x)", "<b>", "back\\slash", "a..b", "release-2.4", "UPPER", "İstanbul", "ﬁne", "caf\u00e9", "cafe\u0301",
]  # fmt: skip


def test_names_in_any_script_are_pages_with_slugs_of_their_own(load):
    files = {f"articles/{name}.md": f"---\ntitle: Page {number}\n---\nText." for number, name in enumerate(ODD_NAMES)}
    library = load(files)
    pages = {page["en"].title: page["en"] for page in library.pages.values()}
    left_out = [str(problem) for problem in library.problems if "left out" in problem.message]
    assert len(left_out) == 3  # two spellings of café; "#1" and "{#1}"; "~" and an invisible mark
    assert len(pages) == len(ODD_NAMES) - 3
    slugs = {page.path.stem: page.slug for page in pages.values()}
    assert slugs["தமிழ்"] == "தமிழ்"
    assert slugs["ภาษาไทย"] == "ภาษาไทย"
    assert slugs["क्‍षमा"] == "क्षमा"
    assert slugs["release-2.4"] == "release-2.4"
    assert slugs["100% & more?"] == "100-more"
    assert slugs["Über uns"] == "über-uns"
    for page in pages.values():
        assert not set(page.slug) & set(" /\\?#%<>\"'`")
        url = library.urls.page(page)
        assert url.isascii()
        assert " " not in url


def test_names_that_no_url_or_terminal_can_hold_are_told_of(content, load, told):
    os.close(os.open(os.fsencode(content) + b"/articles/caf\xe9.md", os.O_CREAT))
    (content / "articles/bell\a\x1b[2J.md").write_text("Ring.")
    (content / "articles/two\nlines.md").write_text("Ring.")
    library = load()
    assert library.pages == {}
    assert told(library) == [
        r"articles/bell\x07\x1b[2J.md: error: The name of the file or of its folder holds a control character.",
        r"articles/caf\udce9.md: error: The name of the file or of its folder is not valid UTF-8.",
        r"articles/two\nlines.md: error: The name of the file or of its folder holds a control character.",
    ]


@pytest.mark.parametrize("seconds", [-(10**9), 0, 10**11])
def test_a_time_of_change_that_no_calendar_has_is_no_failure(content, load, seconds):
    load({"articles/a.md": "Text."})
    try:
        os.utime(content / "articles/a.md", (seconds, seconds))
    except OSError:
        pytest.skip("this file system does not hold that time")
    assert 1970 <= load().pages["article:a"]["en"].updated_at.year <= 2106


def test_a_folder_that_cannot_be_listed_is_told_of(content, load, told):
    folder = content / "articles/closed"
    folder.mkdir()
    folder.chmod(0)
    try:
        if os.access(folder, os.R_OK):
            pytest.skip("this user may read everything")
        assert told(load()) == ["articles/closed: error: The folder cannot be read: Permission denied."]
    finally:
        folder.chmod(stat.S_IRWXU)


def test_content_without_any_of_its_folders_is_told_of(content, load, told):
    (content / "articles").rmdir()
    assert told(load({"payouts.md": "At the top."})) == [
        "articles: error: There is no such folder: this content has no pages."
    ]
