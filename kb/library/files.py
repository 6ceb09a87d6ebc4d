"""Which files of a content folder are read: regular files inside it, of bounded size, in UTF-8, in a fixed order."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb.library.problems import Problem

MAX_BYTES = 1_000_000  # the longest of 475 real help articles has 94 kB; parsing time grows with size
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that may be read. `signature` changes when the file does: (size, modification time in ns, inode)."""

    path: PurePosixPath
    signature: tuple[int, int, int]

    @property
    def modified_ns(self) -> int:
        return self.signature[1]


def scan(root: Path, folder: str, suffixes: frozenset[str], problems: list[Problem]) -> Iterator[Entry]:
    """The files below `root/folder` with one of `suffixes`, sorted by path; what cannot be read becomes a problem.

    Hidden files and folders are passed over. Symbolic links are never followed: one could point out of the folder.
    """
    base = root / folder
    if base.is_dir() and not base.is_symlink():
        yield from _walk(root, base, suffixes, problems)


def _walk(root: Path, folder: Path, suffixes: frozenset[str], problems: list[Problem]) -> Iterator[Entry]:
    try:
        children = sorted(os.scandir(folder), key=lambda child: child.name)
    except OSError as error:
        problems.append(Problem(_relative(root, folder), 0, f"The folder cannot be read: {error.strerror}."))
        return
    for child in children:
        path = Path(child.path)
        if child.name.startswith("."):
            continue
        if child.is_dir(follow_symlinks=False):
            yield from _walk(root, path, suffixes, problems)
        elif child.is_symlink() or path.suffix.lower() in suffixes:
            entry = _entry(root, path, child, suffixes, problems)
            if entry:
                yield entry


def _entry(
    root: Path, path: Path, child: os.DirEntry[str], suffixes: frozenset[str], problems: list[Problem]
) -> Entry | None:
    relative = _relative(root, path)
    try:
        status = child.stat(follow_symlinks=False)
    except OSError:  # deleted between listing and looking: not a file any more
        return None
    if stat.S_ISLNK(status.st_mode):
        problems.append(Problem(relative, 0, "Symbolic links are not followed. Put the file itself here."))
    elif not stat.S_ISREG(status.st_mode):
        problems.append(Problem(relative, 0, "This is not a regular file."))
    elif status.st_size > MAX_BYTES:
        problems.append(Problem(relative, 0, f"The file has {status.st_size:,} bytes; at most {MAX_BYTES:,} are read."))
    elif not _is_utf8(child.name):
        problems.append(Problem(relative, 0, "The file's name is not valid UTF-8."))
    else:
        return Entry(relative, (status.st_size, status.st_mtime_ns, status.st_ino))
    return None


def read_text(root: Path, path: PurePosixPath, problems: list[Problem]) -> str | None:
    """The text of a file with `\\n` line ends and without byte order mark, or None and a problem."""
    try:
        descriptor = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(Problem(path, 0, f"The file cannot be read: {error.strerror}."))
        return None
    if len(raw) > MAX_BYTES:
        problems.append(Problem(path, 0, f"The file has more than {MAX_BYTES:,} bytes."))
        return None
    return _decode(raw, path, problems)


def _decode(raw: bytes, path: PurePosixPath, problems: list[Problem]) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(Problem(path, line, f"The file is not valid UTF-8: byte 0x{raw[error.start]:02x}. Save it as UTF-8."))
        return None
    return text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")


def _relative(root: Path, path: Path) -> PurePosixPath:
    name = path.relative_to(root).as_posix()
    return PurePosixPath(name.encode("utf-8", "backslashreplace").decode("utf-8"))


def _is_utf8(name: str) -> bool:
    return name.isprintable() and not any("\ud800" <= char <= "\udfff" for char in name)
