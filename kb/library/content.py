"""What lies in a content folder, found in one look. Two looks that are equal found the same files, unchanged."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb.library.build import MEDIA
from kb.library.files import Entry, scan
from kb.library.locations import FOLDERS
from kb.library.problems import Problem

MARKDOWN = frozenset({".md", ".markdown"})
YAML = frozenset({".yml", ".yaml"})
MEDIA_TYPES = frozenset({".webm", ".mp4", ".vtt", ".webp", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".avif", ".pdf"})


@dataclass(frozen=True, slots=True)
class Content:
    """`texts` are Markdown and YAML in a fixed order; `problems` tell what cannot be read."""

    texts: tuple[Entry, ...]
    films: tuple[Entry, ...]
    others: tuple[Entry, ...]
    problems: tuple[Problem, ...]

    @property
    def pages(self) -> list[Entry]:
        return [entry for entry in self.texts if entry.path.suffix.lower() in MARKDOWN]

    @property
    def category_files(self) -> list[PurePosixPath]:
        yaml = (entry.path for entry in self.texts if entry.path.suffix.lower() in YAML)
        return [path for path in yaml if path.parts[0] == "articles"]

    @property
    def media(self) -> dict[str, int]:
        """Their sizes in bytes, by path below the media folder."""
        return {entry.path.relative_to(MEDIA).as_posix(): entry.signature[0] for entry in self.films}


def look(root: Path, *others: Path) -> Content:
    """The files below `root`, and single ones, of which it is only told whether they change."""
    problems: list[Problem] = []
    texts = tuple(entry for folder in FOLDERS for entry in scan(root, folder, MARKDOWN | YAML, problems))
    films = tuple(scan(root, MEDIA, MEDIA_TYPES, problems, max_bytes=None))
    if not any((root / folder).is_dir() for folder in FOLDERS):
        problems.append(Problem(PurePosixPath("articles"), 0, "There is no such folder: this content has no pages."))
    return Content(texts, films, tuple(_single(others)), tuple(problems))


def _single(paths: tuple[Path, ...]) -> Iterator[Entry]:
    for path in paths:
        with suppress(OSError):
            status = path.lstat()
            yield Entry(PurePosixPath(path.name), (status.st_size, status.st_mtime_ns, status.st_ino))
