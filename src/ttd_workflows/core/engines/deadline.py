"""Bounding a blocking attempt as a whole: httpcore2 bounds each read alone, and a slow server sends many."""

from __future__ import annotations

from contextvars import ContextVar
from ssl import SSLSocket
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpcore2

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Iterable

deadline: ContextVar[float] = ContextVar("deadline")
"""When the attempt under way on this thread must have ended, on the monotonic clock."""

_MOMENT = 0.000_001
"""Seconds given to an operation for which no time is left, so that it reports the timeout itself."""


class DeadlineBackend(httpcore2.NetworkBackend):
    """httpcore2's blocking sockets, each operation bounded by what is left of the attempt."""

    def __init__(self) -> None:
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect."""
        left = _left() if timeout is None else min(timeout, _left())
        stream = self._sockets.connect_tcp(host, port, left, local_address, socket_options)
        return _DeadlineStream(stream, stream.get_extra_info("socket"))


class _DeadlineStream(httpcore2.NetworkStream):
    """A stream read and written on its socket itself; inside two layers of TLS there is none, only the stream."""

    def __init__(self, stream: httpcore2.NetworkStream, socket: socket.socket | None) -> None:
        self._stream = stream
        self._socket = socket

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the attempt's counts
        if self._socket is None:
            return self._stream.read(max_bytes, _left())
        try:
            self._socket.settimeout(_left())
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore2.ReadError(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the attempt's counts
        if self._socket is None:
            self._stream.write(buffer, _left())
        elif buffer:
            try:
                self._socket.settimeout(_left())
                self._socket.sendall(buffer)
            except TimeoutError as error:
                raise httpcore2.WriteTimeout(error) from error
            except OSError as error:
                raise httpcore2.WriteError(error) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left() if timeout is None else min(timeout, _left())
        inner = self._stream.start_tls(ssl_context, server_hostname, left)
        within_tls = isinstance(self._socket, SSLSocket) or self._socket is None
        return _DeadlineStream(inner, None if within_tls else inner.get_extra_info("socket"))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left() -> float:
    return max(deadline.get() - monotonic(), _MOMENT)
