"""Reading a body within a limit, whatever its coding claims: gzip bombs and endless bodies end here."""

from __future__ import annotations

import zlib
from io import BytesIO

from ttd_workflows.core.port import Response

ACCEPT_ENCODING = b"gzip"
_GZIP_WINDOW = 31
_PIECE = 1 << 20


class Unreadable(Exception):
    """The body cannot be taken as it comes."""

    def __init__(self, reason: str, *, broken: bool) -> None:
        super().__init__(reason)
        self.broken = broken
        """Whether it was damaged on its way, and not sent so."""


class BodyReader:
    """Takes the pieces of an answer's body as they come, decoded, within a limit. Raises :class:`Unreadable`."""

    def __init__(self, status: int, fields: list[tuple[bytes, bytes]], limit: int) -> None:
        self._status = status
        self._fields = fields
        self._limit = self._left = limit
        self._coding = b", ".join(v for k, v in fields if k.lower() == b"content-encoding").decode("latin-1").lower()
        self._gzip = zlib.decompressobj(_GZIP_WINDOW) if self._coding in {"gzip", "x-gzip"} else None
        self._begun = False
        self._content = BytesIO()  # getvalue() shares its memory, where joining pieces would double it

    def feed(self, data: bytes) -> None:
        """Take a piece."""
        self._begun = self._begun or bool(data)
        if self._gzip is not None:
            self._unpack(self._gzip, data)
        elif self._coding in {"", "identity"}:
            self._keep(data)
        elif data:
            raise Unreadable(f"the body has the coding {self._coding!r}, which was not asked for", broken=False)

    def finish(self) -> Response:
        """The whole answer. A gzip body that stops short is refused, not passed on as if it were whole."""
        if self._gzip is not None and self._begun and not self._gzip.eof:
            raise Unreadable("the gzip body ends before its end mark", broken=True)
        return self.so_far()

    def so_far(self) -> Response:
        """The answer with what has come of its body until now."""
        return Response(self._status, self._fields, self._content.getvalue())

    def _unpack(self, gzip: zlib._Decompress, data: bytes) -> None:
        try:
            while data:
                if gzip.eof:  # a gzip body may have several members
                    gzip = self._gzip = zlib.decompressobj(_GZIP_WINDOW)
                self._keep(gzip.decompress(data, _PIECE))
                data = gzip.unused_data if gzip.eof else gzip.unconsumed_tail
        except zlib.error as error:
            raise Unreadable(f"the body is no gzip: {error}", broken=True) from None

    def _keep(self, piece: bytes) -> None:
        if not piece:
            return
        if len(piece) > self._left:
            self._content.write(piece[: self._left])
            self._left = 0
            raise Unreadable(
                f"the body is larger than {self._limit:,} bytes; raise body_limit= to read it", broken=False
            )
        self._left -= len(piece)
        self._content.write(piece)
