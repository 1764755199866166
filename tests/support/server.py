"""A server on a real socket that records each request and plays what it was told to, to the byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    import ssl

Play: TypeAlias = Callable[["Connection", "Received"], None]
"""Answers one request on its connection; closing the connection ends it."""


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    connection: int
    """Which connection it came on, counted from 1."""

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.fields}


class Connection:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, number: int, ended: threading.Event) -> None:
        self.sock = sock
        self.number = number
        self.ended = ended
        self._buffer = b""
        self.open = True

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read_request(self) -> Received | None:
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        fields = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
        if any(name.lower() == "expect" for name, _ in fields):
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._exactly(length)
        return None if body is None else Received(method, target, fields, body, self.number)

    def read_head(self) -> bytes | None:
        """The head of a request alone, its body left unread."""
        return self._until(b"\r\n\r\n")

    def close(self) -> None:
        self.open = False
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def reset(self) -> None:
        """End it with RST instead of FIN."""
        self.open = False
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.sock.close()

    def wait_for_peer(self) -> None:
        """Stay silent until the peer hangs up or the server stops."""
        self.sock.settimeout(0.05)
        while not self.ended.is_set():
            with suppress(TimeoutError):
                if not self.sock.recv(65536):
                    break
        self.close()

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(mark)
        return head

    def _exactly(self, length: int) -> bytes | None:
        while len(self._buffer) < length:
            if not self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body

    def _more(self) -> bool:
        data = self.sock.recv(1 << 20)
        self._buffer += data
        return bool(data)


class Server:
    """Plays its script, one play per request; the last play repeats."""

    def __init__(self, *script: Play, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self._tls = tls
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._open: list[Connection] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        self._listener.bind((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.host = host
        self.script(*script)

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address a client is given."""
        return f"{self.origin}/workflows"

    def script(self, *plays: Play) -> None:
        """Play these from now on."""
        self._plays = list(plays)

    def listen(self) -> None:
        """Begin; until then connections to the port are refused."""
        self._listener.listen(256)
        self._start(self._accept)

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            connection.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._start(self._serve, sock, self.connections)

    def _serve(self, sock: socket.socket, number: int) -> None:
        if self._tls is not None:
            try:
                sock = self._tls.wrap_socket(sock, server_side=True)
            except OSError:  # the client does not trust us, or has gone
                sock.close()
                return
        connection = Connection(sock, number, self._ended)
        with self._lock:
            self._open.append(connection)
        with suppress(OSError):  # the client has gone: whoever looks at the requests sees what came
            while connection.open and not self._ended.is_set():
                self._serve_one(connection)
        connection.close()

    def _serve_one(self, connection: Connection) -> None:
        with self._lock:
            waiting = self._plays[0]
        if getattr(waiting, "unread", False):
            waiting(connection, Received("", "", (), b"", connection.number))
            return
        if getattr(waiting, "before_body", False):
            if connection.read_head() is not None:
                waiting(connection, Received("", "", (), b"", connection.number))
            return
        request = connection.read_request()
        if request is None:
            connection.close()
            return
        with self._lock:
            self.requests.append(request)
            play = self._plays.pop(0) if len(self._plays) > 1 else self._plays[0]
        play(connection, request)
        if request.headers.get("connection") == "close":
            connection.close()


@contextmanager
def refusing_address() -> Iterator[str]:
    """An address on which nobody listens, kept from being given to somebody else."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/workflows"


@contextmanager
def deaf_address() -> Iterator[str]:
    """An address whose queue of connections is full, so that connecting to it hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.settimeout(0)
            with suppress(BlockingIOError):
                sock.connect(listener.getsockname())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/workflows"
        finally:
            for sock in waiting:
                sock.close()
