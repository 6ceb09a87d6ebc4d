"""The durable index: a Whoosh index in one folder, kept up to date by revision, rebuilt aside when damaged or outdated.

The only module that knows Whoosh. A document is postings of its stems by field, which Whoosh itself can search, and a
column with its record, from which the arrays that rank are made.
"""

import logging
import os
import shutil
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.ownership import Ownership
from search.protocol import Document, Progress, SyncReport
from search.record import FIELDS, Record, analyse, from_bytes, stem_counts, to_bytes

with warnings.catch_warnings():
    # Whoosh 2.7.4 has invalid escapes and `is` with a literal: Python warns when it compiles them.
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3  # noqa: F401 - loaded late otherwise, and warns then
    from whoosh import fields, formats, index
    from whoosh.system import pack_uint
    from whoosh.util.filelock import FileLock, try_for

log = logging.getLogger(__name__)

# How long to wait for another process that indexes into the same folder.
LOCK_SECONDS = 120.0

# Documents that a new index is written by: what a process that is killed loses, about 4 s.
PORTION = 1_000

Version = tuple[tuple[str, int, int], ...]


class IndexBusy(RuntimeError):
    """Another process has been writing the index for longer than we wait."""


class CountedStems(fields.FieldType):  # type: ignore[misc]
    """A scorable Whoosh field that is given its terms counted, with nothing left to analyse."""

    def __init__(self) -> None:
        super().__init__(format=formats.Frequency(), analyzer=None, scorable=True)

    def index(self, value: Counter[str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        return ((stem.encode(), count, float(count), pack_uint(count)) for stem, count in value.items())


SCHEMA = fields.Schema(id=fields.ID(unique=True), record=fields.COLUMN(), **{name: CountedStems() for name in FIELDS})


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sync did to the index. After a `reset` it holds what is `written` and nothing else."""

    report: SyncReport
    written: tuple[Record, ...] = ()
    removed: frozenset[str] = frozenset()
    reset: bool = False


class WhooshStore:
    """One folder. Not safe to share between threads; other processes are kept out while it writes.

    `shared` is for processes that run side by side: one of them owns the index, the others never write it.
    """

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        """Raises FileExistsError where something else is, which a rebuild would remove."""
        if path.exists() and not (path.is_dir() and all(map(_is_ours, path.iterdir()))):
            raise FileExistsError(f"{path} exists and is no search index")
        self._path = path
        self._owner = Ownership(path.with_name(f"{path.name}.owner")) if shared else None
        self._revisions: dict[str, str] = {}
        self._version: Version | None = None

    def load(self) -> tuple[Record, ...]:
        """All records; none where there is no index, or one that cannot be used."""
        self._version, self._revisions = None, {}
        if not self._path.exists():
            return ()
        try:
            records, self._version = _read(self._path)
            self._revisions = _revisions(records)
            return records
        except Exception as error:  # damaged files raise at least nine kinds of exception
            log.warning("the search index in %s cannot be used and will be rebuilt: %s", self._path, repr(error))
            return ()

    def sync(self, documents: Iterable[Document], progress: Progress | None = None) -> Changes:
        """Make the index hold exactly these documents. Raises IndexBusy."""
        wanted = {document.id: document for document in documents}
        with self._locked():
            moved = self._version is None or self._version != _version(self._path)
            before = self.load() if moved else ()
            if self._owner is not None and not self._owner.taken():
                changes = self._follow(wanted)
                return _after_reload(changes, before) if moved else changes
            if self._version is None:
                return self._rebuild(wanted, progress)
            try:
                changes = self._update(wanted, progress)
                return _after_reload(changes, before) if moved else changes
            except Exception as error:
                log.warning("the search index in %s cannot be written and will be rebuilt: %s", self._path, repr(error))
                return self._rebuild(wanted, progress)

    def _follow(self, wanted: dict[str, Document]) -> Changes:
        """What the owner has not written yet is analysed here too, and kept in memory alone."""
        known = self._revisions
        behind = [document for document in wanted.values() if known.get(document.id) != document.revision]
        removed = frozenset(known.keys() - wanted.keys())
        if behind or removed:
            self._version = None  # the next sync reads the folder: what is kept then is not what is there now
        return Changes(SyncReport(kept=len(wanted)), tuple(map(analyse, behind)), removed)

    def _update(self, wanted: dict[str, Document], progress: Progress | None) -> Changes:
        known = self._revisions
        changed = [document for document in wanted.values() if known.get(document.id) != document.revision]
        removed = known.keys() - wanted.keys()
        updated = sum(document.id in known for document in changed)
        report = SyncReport(
            added=len(changed) - updated, updated=updated, removed=len(removed), kept=len(wanted) - len(changed)
        )
        if not changed and not removed:
            return Changes(report)
        records = _write(
            self._path, changed, delete=removed | {d.id for d in changed if d.id in known}, progress=progress
        )
        self._version = _version(self._path)
        self._revisions = {id_: document.revision for id_, document in wanted.items()}
        return Changes(report, records, frozenset(removed))

    def _rebuild(self, wanted: dict[str, Document], progress: Progress | None) -> Changes:
        """Write a new index beside the old one and put it in its place once it opens.

        A process that is killed leaves the portions that it has written; the next one goes on from there.
        """
        aside, old = self._path.with_name(f"{self._path.name}.new"), self._path.with_name(f"{self._path.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        existed = self._path.exists()
        try:
            _write_portions(aside, wanted, _begun(aside), progress)
            records, _ = _read(aside)
            if existed:
                self._path.rename(old)
            aside.rename(self._path)
        except Exception:  # such as a full disk
            shutil.rmtree(aside, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(old, ignore_errors=True)
        self._version = _version(self._path)
        self._revisions = _revisions(records)
        return Changes(SyncReport(added=len(records), rebuilt=existed), records, reset=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self._path.with_name(f"{self._path.name}.lock")))
        if not try_for(lock.acquire, timeout=LOCK_SECONDS, delay=0.05):
            raise IndexBusy(f"another process has been writing {self._path} for {LOCK_SECONDS:.0f} s")
        try:
            yield
        finally:
            lock.release()


def _begun(aside: Path) -> dict[str, str]:
    """The revisions in an index that another process began; a new one where there is none that can be used."""
    try:
        return _revisions(_read(aside)[0])
    except Exception:  # it is not there, of another version, or damaged
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        index.create_in(str(aside), SCHEMA).close()
        return {}


def _write_portions(path: Path, wanted: dict[str, Document], known: dict[str, str], progress: Progress | None) -> None:
    """Make the index hold the wanted documents; `known` are the revisions that it has."""
    missing = [document for document in wanted.values() if known.get(document.id) != document.revision]
    obsolete = known.keys() - {id_ for id_, document in wanted.items() if known.get(id_) == document.revision}
    for start in range(0, len(missing) or 1, PORTION):
        told = _after(start, len(missing), progress) if progress else None
        _write(path, missing[start : start + PORTION], delete=frozenset() if start else obsolete, progress=told)


def _after(start: int, total: int, progress: Progress) -> Progress:
    return lambda done, _: progress(start + done, total)


def _read(path: Path) -> tuple[tuple[Record, ...], Version | None]:
    _check_owner(path)
    version = _version(path)
    with closing(index.open_dir(str(path))) as opened:
        if opened.schema.names() != SCHEMA.names():
            raise ValueError("the index has another schema")
        with closing(opened.reader()) as reader:
            return tuple(from_bytes(data) for data in _records(reader)), version


def _records(reader: Any) -> Iterator[bytes]:
    for leaf, _ in reader.leaf_readers():
        if leaf.doc_count_all():
            column = leaf.column_reader("record")
            yield from (column[number] for number in leaf.all_doc_ids())


def _write(
    path: Path, documents: list[Document], *, delete: AbstractSet[str], progress: Progress | None
) -> tuple[Record, ...]:
    with closing(index.open_dir(str(path))) as opened:
        writer = opened.writer()
        try:
            with closing(writer.reader()) as reader:
                numbers = [number for id_ in delete for number in reader.postings("id", id_.encode()).all_ids()]
            for number in numbers:
                writer.delete_document(number)
            records = []
            for done, document in enumerate(documents, 1):
                records.append(analyse(document))
                _add(writer, records[-1])
                if progress:
                    progress(done, len(documents))
            # Whoosh merges small segments alone; a large one whose pages have all been replaced would stay for ever.
            writer.commit(optimize=writer.deleted_count() > opened.doc_count() + len(documents))
        except BaseException:
            _give_up(writer)
            raise
    return tuple(records)


def _add(writer: Any, record: Record) -> None:
    writer.add_document(id=record.identity.id, record=to_bytes(record), **stem_counts(record))


def _give_up(writer: Any) -> None:
    """A commit that failed keeps the lock, and `cancel` may fail for the same reason."""
    with suppress(Exception):
        writer.cancel()
    with suppress(Exception):
        writer.writelock.release()


def _version(path: Path) -> Version | None:
    """Tells one state of the folder from another, also one rebuilt by another process."""
    tables = sorted(path.glob("_MAIN_*.toc"))
    return tuple((table.name, table.stat().st_ino, table.stat().st_mtime_ns) for table in tables) or None


def _is_ours(file: Path) -> bool:
    return file.name.startswith(("MAIN", "_MAIN"))


def _check_owner(path: Path) -> None:
    """Index files are pickles: whoever can write them can run code here."""
    status = path.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError("others can write in the folder")


def _revisions(records: Iterable[Record]) -> dict[str, str]:
    return {record.identity.id: record.identity.revision for record in records}


def _after_reload(changes: Changes, before: tuple[Record, ...]) -> Changes:
    """The whole index, for a caller whose own copy is of an earlier state."""
    gone = changes.removed | {record.identity.id for record in changes.written}
    kept = tuple(record for record in before if record.identity.id not in gone)
    return Changes(changes.report, kept + changes.written, reset=True)
