"""Which files of a content folder are read: regular files inside it, of bounded size, in UTF-8, in a fixed order."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kb.library.problems import Problem

MAX_BYTES = 250_000  # of text; the longest of 475 real help articles has 94 kB, and the slowest text takes 20 µs a byte
MAX_FOLDERS = 20  # in each other; the deepest of 475 real files lies in 6
_BOM = "\ufeff"
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # the category Cc
_NO_LINKS = "Symbolic links are not followed. Put the file itself here."


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that may be read. `signature` changes when the file does: (size, modification time in ns, inode)."""

    path: PurePosixPath
    signature: tuple[int, int, int]

    @property
    def modified_ns(self) -> int:
        return self.signature[1]


def scan(
    root: Path, folder: str, suffixes: frozenset[str], problems: list[Problem], *, max_bytes: int | None = MAX_BYTES
) -> Iterator[Entry]:
    """The files below `root/folder` with one of `suffixes`, in a fixed order; what cannot be read becomes a problem.

    Hidden files and folders are passed over. Symbolic links are never followed: one could point out of the folder.
    """
    base = root / folder
    if base.is_symlink():
        problems.append(Problem(_relative(root, base), 0, _NO_LINKS))
    waiting = _children(root, base, problems) if base.is_dir() and not base.is_symlink() else []
    while waiting:
        child = waiting.pop()
        if child.is_dir(follow_symlinks=False):
            waiting += _children(root, Path(child.path), problems)
        elif child.is_symlink() or os.path.splitext(child.name)[1].lower() in suffixes:
            entry = _entry(root, child, max_bytes, problems)
            if entry:
                yield entry


def _children(root: Path, folder: Path, problems: list[Problem]) -> list[os.DirEntry[str]]:
    """What lies in a folder, the first name last."""
    relative = _relative(root, folder)
    if len(relative.parts) > MAX_FOLDERS:
        problems.append(Problem(relative, 0, f"Folders are nested more than {MAX_FOLDERS} deep. This one is not read."))
        return []
    try:
        with os.scandir(folder) as children:
            return sorted(
                (each for each in children if not each.name.startswith(".")), key=lambda each: each.name, reverse=True
            )
    except OSError as error:
        problems.append(Problem(relative, 0, f"The folder cannot be read: {error.strerror}."))
        return []


def _entry(root: Path, child: os.DirEntry[str], max_bytes: int | None, problems: list[Problem]) -> Entry | None:
    relative = _relative(root, child)
    try:
        status = child.stat(follow_symlinks=False)
    except OSError:  # deleted between listing and looking: not a file any more
        return None
    if stat.S_ISLNK(status.st_mode):
        problems.append(Problem(relative, 0, _NO_LINKS))
    elif not stat.S_ISREG(status.st_mode):
        problems.append(Problem(relative, 0, "This is not a regular file."))
    elif max_bytes is not None and status.st_size > max_bytes:
        problems.append(Problem(relative, 0, f"The file has {status.st_size:,} bytes; at most {max_bytes:,} are read."))
    elif _SURROGATE.search(child.path):
        problems.append(Problem(relative, 0, "The name of the file or of its folder is not valid UTF-8."))
    elif _CONTROL.search(child.path):
        problems.append(Problem(relative, 0, "The name of the file or of its folder holds a control character."))
    else:
        return Entry(relative, (status.st_size, status.st_mtime_ns, status.st_ino))
    return None


def read_text(root: Path, path: PurePosixPath, problems: list[Problem]) -> str | None:
    """The text of a file with `\\n` line ends and without byte order mark, or None and a problem."""
    try:
        descriptor = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a FIFO would block for ever
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            problems.append(Problem(path, 0, "This is not a regular file."))
            return None
        with open(descriptor, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = _NO_LINKS if error.errno == errno.ELOOP else f"The file cannot be read: {error.strerror}."
        problems.append(Problem(path, 0, reason))
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
        problems.append(
            Problem(path, line, f"The file is not valid UTF-8: byte 0x{raw[error.start]:02x}. Save it as UTF-8.")
        )
        return None
    return text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")


def _relative(root: Path, path: Path | os.DirEntry[str]) -> PurePosixPath:
    """A pathlib.Path takes ten times as long, and every file is looked at for each change."""
    name = os.fspath(path).removeprefix(os.path.join(root, ""))
    return PurePosixPath(name.encode("utf-8", "backslashreplace").decode("utf-8"))
