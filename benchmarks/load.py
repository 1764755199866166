"""The load: the same request over and over, on a few connections that are kept where the server keeps them."""

from __future__ import annotations

import socket
import threading
import time

CONNECTIONS = 4
_OK = (b"HTTP/1.1 200", b"HTTP/1.0 200")


def per_second(port: int, request: bytes, seconds: float) -> float:
    """Answers per second, after a quarter of that time which does not count."""
    _ask_for(port, request, seconds / 4)
    begin = time.perf_counter()
    done = _ask_for(port, request, seconds)
    return done / (time.perf_counter() - begin)


def _ask_for(port: int, request: bytes, seconds: float) -> int:
    counts = [0] * CONNECTIONS
    end = time.perf_counter() + seconds

    def work(place: int) -> None:
        connection = None
        while time.perf_counter() < end:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port))
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            is_kept = answered(connection, request)
            if is_kept is None:
                raise RuntimeError("a server closed a connection without an answer")
            counts[place] += 1
            if not is_kept:
                connection.close()
                connection = None

    threads = [threading.Thread(target=work, args=[place]) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def answered(connection: socket.socket, request: bytes) -> bool | None:
    """Ask and read the whole answer: whether the connection is kept, ``None`` where none came."""
    connection.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            return None
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    if not head.startswith(_OK):
        raise RuntimeError(f"a server answered {got[:400]!r}")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(body)
    while left > 0:
        piece = connection.recv(65536)
        if not piece:
            return None
        left -= len(piece)
    return head.startswith(b"HTTP/1.1") and fields.get(b"connection") != b"close"
