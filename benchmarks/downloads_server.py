"""A host of one file that costs next to nothing. ``python downloads_server.py FILE [CORE] [RATE]``.

Prints its port and serves until killed. With RATE, each connection gets so many megabytes a second.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

STEP = 1 << 20


def serve(connection: socket.socket, path: Path, rate: float) -> None:
    """Answer the requests of one connection."""
    size = path.stat().st_size
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, path.open("rb") as file, suppress(OSError):
        pending = b""
        while True:
            while b"\r\n\r\n" not in pending:
                if not (data := connection.recv(1 << 16)):
                    return
                pending += data
            head, _, pending = pending.partition(b"\r\n\r\n")
            asked = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)", head, re.IGNORECASE)
            first = int(asked[1]) if asked else 0
            end = int(asked[2]) + 1 if asked and asked[2] else size
            told = f"Content-Range: bytes {first}-{end - 1}/{size}\r\n" if asked else ""
            connection.sendall(
                f"HTTP/1.1 {206 if asked else 200} OK\r\nContent-Length: {end - first}\r\n{told}"
                'ETag: "one"\r\nAccept-Ranges: bytes\r\nContent-Type: application/json\r\n\r\n'.encode()
            )
            begin, place = time.monotonic(), first
            while place < end:
                place += os.sendfile(connection.fileno(), file.fileno(), place, min(STEP, end - place))
                if rate:
                    time.sleep(max(0.0, begin + (place - first) / rate / 1e6 - time.monotonic()))


def main() -> None:
    """Listen on a free port of the loopback interface."""
    path, core, rate = Path(sys.argv[1]), sys.argv[2:3], float(sys.argv[3]) if sys.argv[3:] else 0.0
    if core and int(core[0]) >= 0:
        os.sched_setaffinity(0, {int(core[0])})
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, path, rate), daemon=True).start()


if __name__ == "__main__":
    main()
