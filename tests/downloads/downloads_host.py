"""A host of one file that serves ranges as an object store does, and misbehaves as it is told, to the byte."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from support.server import Connection, Received, Server
from ttd_workflows.downloads import Patience

Fault: TypeAlias = Callable[["Host", Connection, Received], None]
QUICK = Patience(first_pause=0.01, longest_pause=0.05, read=0.3, slow_bytes=50_000, slow_seconds=0.15)
"""Patience for tests: pauses of milliseconds."""
_STEP = 1 << 16


class Host(Server):
    """Serves ``body``. Each request takes one of ``faults``; when there are none left, it is served well."""

    def __init__(self, body: bytes, *faults: Fault, **options: Any) -> None:
        self.body = body
        self.fields: dict[str, str] = {"ETag": '"v1"', "Accept-Ranges": "bytes", "Content-Type": "application/json"}
        self.faults = deque(faults)
        self.sent = 0
        self.pace = 0.0
        """Seconds for each 64 KiB."""
        super().__init__(self._play, **options)

    @property
    def file(self) -> str:
        return f"{self.origin}/results/1.json?signature=SECRET&expires=99"

    def _play(self, connection: Connection, request: Received) -> None:
        try:
            fault = self.faults.popleft()
        except IndexError:
            fault = good
        fault(self, connection, request)

    def span(self, request: Received) -> tuple[int, int] | None:
        """The range that is asked for and holds."""
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        known = {self.fields.get("ETag"), self.fields.get("Last-Modified"), None}
        if match is None or request.headers.get("if-range") not in known:
            return None
        return int(match[1]), min(int(match[2]) + 1, len(self.body)) if match[2] else len(self.body)

    def answer(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        """What a good host answers."""
        span = self.span(request)
        if span is None:
            return 200, self.fields | {"Content-Length": str(len(self.body))}, self.body
        first, end = span
        if first >= end:
            return 416, {"Content-Range": f"bytes */{len(self.body)}", "Content-Length": "0"}, b""
        told = {"Content-Range": f"bytes {first}-{end - 1}/{len(self.body)}", "Content-Length": str(end - first)}
        return 206, self.fields | told, self.body[first:end]

    def send_head(self, connection: Connection, status: int, fields: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        connection.send("\r\n".join(lines).encode("latin-1"))

    def send_body(self, connection: Connection, body: bytes) -> None:
        for start in range(0, len(body), _STEP):
            piece = body[start : start + _STEP]
            connection.send(piece)
            self.sent += len(piece)
            if self.pace:
                time.sleep(self.pace)

    def send_part(self, connection: Connection, request: Received, count: int | None = None) -> bytes:
        """The answer as far as so many bytes of its body, or all of it. Gives what is left."""
        status, fields, body = self.answer(request)
        self.send_head(connection, status, fields)
        count = len(body) if count is None else count
        self.send_body(connection, body[:count])
        return body[count:]


def good(host: Host, connection: Connection, request: Received) -> None:
    host.send_part(connection, request)
    if request.headers.get("connection") == "close":
        connection.close()


def reset_after(count: int) -> Fault:
    """The connection is reset after so many bytes of body."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        host.send_part(connection, request, count)
        connection.reset()

    return fault


def short_by_closing(count: int) -> Fault:
    """The connection ends in order, after so many bytes of body."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        host.send_part(connection, request, count)
        connection.close()

    return fault


def silent_after(count: int) -> Fault:
    """Nothing comes any more after so many bytes."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        host.send_part(connection, request, count)
        connection.wait_for_peer()

    return fault


def drip_after(count: int) -> Fault:
    """A byte every hundredth of a second after so many."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        rest = host.send_part(connection, request, count)
        with suppress(OSError):
            for place in range(len(rest)):
                host.send_body(connection, rest[place : place + 1])
                time.sleep(0.01)
                if host._ended.is_set():
                    break
        connection.close()

    return fault


def says(status: int, text: str = "", **fields: str) -> Fault:
    """Another answer than the file."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        host.send_head(connection, status, named | {"Content-Length": str(len(text.encode()))})
        connection.send(text.encode())

    return fault


def changed(body: bytes, etag: str = '"v2"', then: Fault | None = None) -> Fault:
    """From now on the file is another."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        host.body, host.fields["ETag"] = body, etag
        (then or good)(host, connection, request)

    return fault


def whole_file(host: Host, connection: Connection, request: Received) -> None:
    """Ranges are not known here."""
    host.send_head(connection, 200, host.fields | {"Content-Length": str(len(host.body))})
    host.send_body(connection, host.body)


def played(status: int, fields: dict[str, str], body: bytes, *, close: bool = False) -> Fault:
    """Exactly these fields and this body."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        host.send_head(connection, status, fields)
        host.send_body(connection, body)
        if close:
            connection.close()

    return fault


def chunked(*, broken: bool = False) -> Fault:
    """The whole file in chunks; broken, without the last half of it."""

    def fault(host: Host, connection: Connection, request: Received) -> None:
        host.send_head(connection, 200, host.fields | {"Transfer-Encoding": "chunked"})
        body = host.body[: len(host.body) // 2] if broken else host.body
        for start in range(0, len(body), 50_000):
            piece = body[start : start + 50_000]
            connection.send(f"{len(piece):x}\r\n".encode())
            host.send_body(connection, piece)
            connection.send(b"\r\n")
        if broken:
            connection.close()
        else:
            connection.send(b"0\r\n\r\n")

    return fault
