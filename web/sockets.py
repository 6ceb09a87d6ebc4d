"""WebSocket for clients that send too much or read too little: uvicorn's protocol reads whatever comes.

A frame of six bytes costs 10 to 30 µs before anything of ours sees it: one socket of them held all others up for as
long as it went on, 8 s where that was tried.
"""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from schema.limits import Limits

_SLICE = 4_096
"""Bytes that are looked at before frames are counted: 680 frames at most, where one reading brings 2 MB."""
_BAD_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def patient_sockets(limits: Limits) -> type[WebSocketsSansIOProtocol]:
    """Uvicorn's protocol, patient as far as the limits go."""

    class Protocol(PatientSocket):
        pass

    Protocol.limits = limits
    return Protocol


class PatientSocket(WebSocketsSansIOProtocol):
    limits: Limits
    _second = _seen = 0
    _writing: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _SLICE):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + _SLICE])
        if not self.handshake_initiated:  # websockets waits for nothing then, and says nothing
            self.transport.write(_BAD_HANDSHAKE)
            self.transport.close()

    def handle_events(self) -> None:
        if (second := self._now()) != self._second:
            self._second, self._seen = second, 0
        self._seen += len(self.conn.events)
        if max(self._seen, len(self.frames)) > self.limits.ws_frames_per_second:
            self.transport.abort()  # whoever does this does not wait for a closing frame
        else:
            super().handle_events()

    def _now(self) -> int:
        return int(self.loop.time())

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_writing_clock()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_writing_clock()
        super().connection_lost(exc)

    def _stop_writing_clock(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
