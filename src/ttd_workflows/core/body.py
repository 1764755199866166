"""Reading a body within a limit, whatever its coding claims: gzip bombs and endless bodies end here."""

from __future__ import annotations

import zlib

from ttd_workflows.core.port import Failure

ACCEPT_ENCODING = b"gzip"
_GZIP_WINDOW = 31
_PIECE = 1 << 20


class LimitReached(Exception):
    """The body goes on beyond the limit."""


class BodyReader:
    """Takes a body's pieces as they come and gives the whole, decoded. Raises :class:`LimitReached`."""

    def __init__(self, coding: str, limit: int) -> None:
        if coding not in {"", "identity", "gzip", "x-gzip"}:
            raise Failure(f"the body has the coding {coding!r}, which was not asked for", sent=True)
        self._gzip = zlib.decompressobj(_GZIP_WINDOW) if coding.endswith("gzip") else None
        self._pieces: list[bytes] = []
        self._left = limit

    def feed(self, data: bytes) -> None:
        """Take a piece."""
        if self._gzip is None:
            self._keep(data)
            return
        try:
            while data:
                self._keep(self._gzip.decompress(data, _PIECE))
                data = self._gzip.unconsumed_tail
        except zlib.error as error:
            raise Failure(f"the body is no gzip: {error}", sent=True) from None

    def finish(self) -> bytes:
        """The whole body. A gzip body that stops short is refused, not passed on as if it were whole."""
        if self._gzip is not None and not self._gzip.eof and self._pieces:
            raise Failure("the gzip body ends before its end mark", sent=True)
        return self.so_far()

    def so_far(self) -> bytes:
        """What has come until now."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _keep(self, piece: bytes) -> None:
        if not piece:
            return
        if len(piece) > self._left:
            self._pieces.append(piece[: self._left])
            raise LimitReached
        self._left -= len(piece)
        self._pieces.append(piece)
