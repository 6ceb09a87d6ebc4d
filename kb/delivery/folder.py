"""Mails as files, where no server is set: for development, and for whoever brings them away by other means."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from kb.delivery.message import Sealed
from kb.delivery.queue import Failed, Outcome, Sent


class MailFolder:
    """`<time>-<name>-<id>.<marks>.eml`: the marks are hashes and row ids by which a person's mails are found."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def post(self, mails: Sequence[Sealed]) -> list[Outcome]:
        return [self._write(mail) for mail in mails]

    def forget(self, marks: Iterable[str]) -> int:
        """Delete the mails of a person; how many there were."""
        wanted, gone = set(marks), 0
        for path in self._folder.glob("*.eml"):
            if wanted & set(path.name.split(".")[1:-1]):
                with suppress(FileNotFoundError):
                    path.unlink()
                    gone += 1
        return gone

    def _write(self, mail: Sealed) -> Outcome:
        """Whole or not there: a reader may be watching."""
        marks = "".join(f".{mark}" for mark in mail.files)
        stamp = mail.message["Date"].datetime.strftime("%Y%m%dT%H%M%SZ")
        path = self._folder / f"{stamp}-{mail.name}-{mail.id.hex}{marks}.eml"
        partly = path.with_suffix(".part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(mail.message.as_bytes())
            partly.rename(path)
        except OSError as error:
            return Failed(type(error).__name__)
        return Sent()
