"""A large file through bad weather: ``python benchmarks/downloads_faults.py [--mb 1024] [--kills 6] [--seed 1]``.

Thirty faults (reset, truncation, silence, slow drip, dead address, 500, a changed ETag, a range disregarded early on)
and processes killed with SIGKILL. Shown: whether the file is the host's to the bit, the bytes that the host sent by the
size of the file (bar: 1.2) and the peak memory of the process above an idle one (bar: 64 MiB). Ends with status 1 if a
bar is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

FAULTS = 30
MOST_FETCHED = 1.2
MOST_MEMORY = 64.0
PEER_BUFFER = 1 << 18
STEP = 1 << 18
RATE = 250e6
WORKER = """
import sys
from ttd_workflows.downloads import Patience, UrlDied, fetch
def memory(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1024
idle, renewed = memory("VmRSS"), 0
patience = Patience(first_pause=0.05, longest_pause=0.2, read=1.0, slow_bytes=100_000, slow_seconds=0.5)
while True:
    try:
        fetch(f"{sys.argv[1]}&renewed={renewed}", sys.argv[2], patience=patience)
        break
    except UrlDied:
        renewed += 1
print(f"{memory('VmHWM') - idle:.1f}")
"""


class Host:
    """Serves a file, each request with the next fault."""

    def __init__(self, path: Path, faults: list[str], chance: random.Random) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.faults = faults
        self.chance = chance
        self.etag = '"one"'
        self.sent = 0
        self.played: Counter[str] = Counter()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/results/1.json?signature=x"

    def _accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PEER_BUFFER)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1 << 16)
            fault = self.faults.pop(0) if self.faults else "none"
            self.played[fault] += 1
            if fault in {"500", "403"}:
                connection.sendall(f"HTTP/1.1 {fault} Whatever\r\nContent-Length: 0\r\n\r\n".encode())
                return
            if fault == "changed":
                self.etag = '"two"'
            self._send(connection, head.decode(), fault)

    def _send(self, connection: socket.socket, head: str, fault: str) -> None:
        asked = re.search(r"\r\nrange: bytes=(\d+)-", head, re.IGNORECASE)
        holds = f"\r\nif-range: {self.etag}\r\n" in head.lower()
        first = int(asked[1]) if asked and holds and fault != "disregarded" else 0
        told = f"Content-Range: bytes {first}-{self.size - 1}/{self.size}\r\n" if first else ""
        connection.sendall(
            f"HTTP/1.1 {206 if first else 200} OK\r\nContent-Length: {self.size - first}\r\n{told}"
            f"ETag: {self.etag}\r\nAccept-Ranges: bytes\r\n\r\n".encode()
        )
        early = fault in {"first", "disregarded"}
        most = self.size if fault == "none" else int(self.size * (0.02 if early else self.chance.uniform(0.01, 0.04)))
        self._send_file(connection, first, min(self.size, first + most))
        if fault == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        elif fault == "silence":
            time.sleep(1.5)
        elif fault == "drip":
            for _ in range(100):
                connection.sendall(self._byte(first + most))
                most += 1
                self.sent += 1
                time.sleep(0.01)

    def _byte(self, place: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(place)
            return file.read(1)

    def _send_file(self, connection: socket.socket, place: int, end: int) -> None:
        with self.path.open("rb") as file:
            begin, start = time.monotonic(), place
            while place < end:
                count = os.sendfile(connection.fileno(), file.fileno(), place, min(STEP, end - place))
                place, self.sent = place + count, self.sent + count
                time.sleep(max(0.0, begin + (place - start) / RATE - time.monotonic()))


def schedule(chance: random.Random) -> list[str]:
    """Thirty faults; what makes the download begin anew comes first, for what came before it is lost."""
    kinds = ["reset", "truncation", "500", "403", "silence", "drip"]
    rest = chance.choices(kinds, [7, 7, 3, 3, 1, 2], k=FAULTS - 3 - len(kinds)) + kinds
    chance.shuffle(rest)
    return ["first", "disregarded", "changed", *rest]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Fetch, break, kill, compare; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description="Download through faults and SIGKILLs.")
    parser.add_argument("--mb", type=int, default=1024)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "file.bin", Path(folder) / "out.bin"
        with file.open("wb") as written:
            for _ in range(options.mb):
                written.write(os.urandom(1 << 20))
        host = Host(file, schedule(chance), chance)
        command = [sys.executable, "-c", WORKER, host.url, out]
        begin, killed = time.monotonic(), 0
        while killed < options.kills:
            with subprocess.Popen(command, stdout=subprocess.PIPE) as worker, suppress(subprocess.TimeoutExpired):
                try:
                    worker.wait(chance.uniform(0.5, 2.0))
                    break
                finally:
                    killed += worker.poll() is None
                    worker.kill()
        last = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        taken, fetched = time.monotonic() - begin, host.sent / host.size
        memory = float(last.stdout)
        identical = digest(file) == digest(out)
        undisturbed = subprocess.run([*command[:-1], f"{out}.2"], stdout=subprocess.PIPE, text=True, check=True)
        memory = max(memory, float(undisturbed.stdout))
        left = sorted(path.name for path in Path(folder).iterdir() if ".part" in path.name)
    print(f"{options.mb} MiB in {taken:.1f} s, {killed} processes killed, faults: {dict(host.played)}")
    print(f"identical: {identical}; left over: {left or 'nothing'}")
    print(f"sent by the host: {fetched:.3f} x the size (bar {MOST_FETCHED})")
    print(f"peak memory above idle, of the last process and of one undisturbed: {memory:.1f} MiB (bar {MOST_MEMORY:g})")
    reached = identical and not left and not host.faults and fetched <= MOST_FETCHED and memory <= MOST_MEMORY
    print("reached" if reached else "MISSED")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
