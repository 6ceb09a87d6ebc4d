"""HTTP/1.1 for clients that take their time: uvicorn's protocol has no limit on how slowly they may send or read.

A request that came whole costs two comparisons; a timer runs only while a client owes us something.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from schema.limits import Limits

_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_SPARE_SECONDS = 5
"""The endpoint, which knows what it waits for, answers a slow body itself; this is for the rest."""


def patient(limits: Limits) -> type[HttpToolsProtocol]:
    """Uvicorn's protocol, patient as far as the limits go."""

    class Protocol(PatientProtocol):
        pass

    Protocol.limits = limits
    return Protocol


class PatientProtocol(HttpToolsProtocol):
    limits: Limits
    _in_head = _in_body = _upgraded = False
    _head_bytes = _unsent = 0
    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_reading_clock()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.headers_bytes:
                self._refuse(_TOO_LARGE)
                return
        if self._reading is None and not self._upgraded:
            self._await_the_rest()

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._stop_reading_clock()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._stop_reading_clock()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._upgraded = True
        self._stop_reading_clock()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._writing is None:
            self._await_reading()

    def resume_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    def _await_reading(self) -> None:
        self._unsent = self.transport.get_write_buffer_size()
        self._writing = self.loop.call_later(self.limits.write_seconds, self._drop_unless_reading)

    def _drop_unless_reading(self) -> None:
        if self.transport.get_write_buffer_size() < self._unsent:
            self._await_reading()
        else:
            self.transport.abort()

    def _await_the_rest(self) -> None:
        """Start the clock if the client has begun something and not finished it."""
        if self._in_body:
            seconds = self.limits.read_seconds + _SPARE_SECONDS
            self._reading = self.loop.call_later(seconds, self._too_slow)
        elif self._in_head or (self.timeout_keep_alive_task is None and self._idle):
            self._await_head()

    def _await_head(self) -> None:
        self._reading = self.loop.call_later(self.limits.headers_seconds, self._too_slow)

    @property
    def _idle(self) -> bool:
        """Whether nothing is being answered: empty lines before a request are no request."""
        return self.cycle is None or self.cycle.response_complete

    def _too_slow(self) -> None:
        self._reading = None
        if self.flow.read_paused:  # we are the slow ones
            self._await_the_rest()
        else:
            self._refuse(_TIMEOUT if self._in_head and self._idle else b"")

    def _refuse(self, answer: bytes) -> None:
        self._stop_reading_clock()
        if not self.transport.is_closing():
            if answer:
                self.transport.write(answer)
            self.transport.close()

    def _stop_reading_clock(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
