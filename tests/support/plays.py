"""What a server may do with a request."""

from __future__ import annotations

import gzip
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.server import Connection, Play, Received

DRIP_SECONDS = 0.03


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """The head of an answer."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Whatever"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def whole(status: int, body: bytes | Any = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    own = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(content))}
    if status == 204:
        own = {}
    return head(status, own | dict(headers or {})) + content


def answer(status: int = 200, body: bytes | Any = b"", **headers: str) -> Play:
    """Answer properly. Header names are written with underscores: ``retry_after="1"``."""
    return say(whole(status, body, {name.replace("_", "-"): value for name, value in headers.items()}))


def say(data: bytes, *, then_close: bool = False) -> Play:
    """Send these bytes."""

    def play(connection: Connection, _: Received) -> None:
        connection.send(data)
        if then_close:
            connection.close()

    return play


def drop(connection: Connection, _: Received) -> None:
    """Close without a byte."""
    connection.close()


def reset(connection: Connection, _: Received) -> None:
    """Break the connection off."""
    connection.reset()


def silent(connection: Connection, _: Received) -> None:
    """Say nothing, for ever."""
    connection.wait_for_peer()


def reset_before_body(connection: Connection, _: Received) -> None:
    """Break the connection off while the client is still sending its body."""
    connection.reset()


reset_before_body.before_body = True  # type: ignore[attr-defined]


def deaf(connection: Connection, request: Received) -> None:
    """Never read, so that the client's sending of anything large hangs."""
    connection.ended.wait(10)
    connection.close()


deaf.unread = True  # type: ignore[attr-defined]


def drip_head(connection: Connection, _: Received) -> None:
    """Send header fields one by one, for longer than anybody should wait."""
    connection.send(b"HTTP/1.1 200 OK\r\n")
    _drip(connection, b"X-Slow: 1\r\n")


def drip_body(connection: Connection, _: Received) -> None:
    """Send a body byte by byte, for longer than anybody should wait."""
    connection.send(head(200, {"Content-Type": "application/json", "Content-Length": "100000"}))
    _drip(connection, b" ")


def _drip(connection: Connection, piece: bytes) -> None:
    for _ in range(100):
        if connection.ended.wait(DRIP_SECONDS):
            return
        connection.send(piece)
    connection.close()


def stall_after(data: bytes) -> Play:
    """Send these bytes, then say nothing more."""

    def play(connection: Connection, request: Received) -> None:
        connection.send(data)
        silent(connection, request)

    return play


def late(seconds: float, play: Play) -> Play:
    """Wait, then do something else."""

    def later(connection: Connection, request: Received) -> None:
        if not connection.ended.wait(seconds):
            play(connection, request)

    return later


def truncate(status: int, body: bytes, *, missing: int = 100, **headers: str) -> Play:
    """Announce a longer body than comes, and close."""
    own = {"Content-Length": str(len(body) + missing), "Content-Type": "application/json"}
    return say(head(status, own | {n.replace("_", "-"): v for n, v in headers.items()}) + body, then_close=True)


def endless(connection: Connection, _: Received) -> None:
    """A body without an end."""
    connection.send(head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}))
    piece = b" " * 65536
    while not connection.ended.is_set():
        connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))


def sized(size: int, opening: bytes = b"") -> Play:
    """A body of ``size`` bytes, ``opening`` and then spaces."""

    def play(connection: Connection, _: Received) -> None:
        connection.send(head(200, {"Content-Type": "application/json", "Content-Length": str(size)}) + opening)
        left, piece = size - len(opening), b" " * (1 << 20)
        while left > 0:
            connection.send(piece[:left])
            left -= len(piece)

    return play


def gzip_bomb(megabytes: int, opening: bytes = b"") -> Play:
    """A small body that unpacks to many megabytes."""
    packed = gzip.compress(opening + b" " * (megabytes << 20))
    return answer(200, packed, Content_Encoding="gzip")


def keep_then_close(status: int, body: Any) -> Play:
    """Say that the connection stays open, and close it right after the answer."""
    return say(whole(status, body, {"Connection": "keep-alive"}), then_close=True)


def after_continue(status: int, body: Any) -> Play:
    """A few informational answers, then the real one."""
    return say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + whole(status, body))


def soon_closed(seconds: float, status: int, body: Any) -> Play:
    """Answer, keep the connection for a moment, then close it while the client thinks it is alive."""

    def play(connection: Connection, _: Received) -> None:
        connection.send(whole(status, body, {"Connection": "keep-alive"}))
        time.sleep(seconds)
        connection.close()

    return play
