"""A server that keeps every request it is sent and answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


@dataclass(frozen=True)
class Recorded:
    """One request, as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def call(self) -> int | None:
        """The number of the call that made this request."""
        number = self.headers.get("x-call")
        return int(number) if number is not None else None

    @property
    def path(self) -> str:
        """The path as it was sent, without the query."""
        return self.target.partition("?")[0]

    @property
    def segments(self) -> list[str]:
        """The path's segments, with percent-escapes resolved in each: a quoted slash does not part them."""
        return [unquote(segment) for segment in self.path.split("/")]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query's names and values, in order."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def media_type(self) -> str | None:
        """The body's media type, without parameters; none when there is no such header."""
        if "content-type" not in self.headers:
            return None
        message = Message()
        message["content-type"] = self.headers["content-type"]
        return message.get_content_type()

    def json(self) -> Any:
        """The body as JSON, in which no name may stand twice; :data:`NO_BODY` when there is none."""
        return json.loads(self.body, object_pairs_hook=_once) if self.body else NO_BODY


class _NoBody:
    def __repr__(self) -> str:
        return "no body"


NO_BODY = _NoBody()


@dataclass(frozen=True)
class Reply:
    """What the recorder answers."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Recorder:
    """Records requests; ``answer`` makes the reply to each."""

    def __init__(self, answer: Callable[[Recorded], Reply]) -> None:
        self.requests: list[Recorded] = []
        self._answer = answer
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """The address a client is given."""
        return f"http://127.0.0.1:{self._server.server_port}/workflows"

    def by_call(self) -> dict[int | None, list[Recorded]]:
        """The requests of each call."""
        requests = defaultdict(list)
        for request in self.requests:
            requests[request.call].append(request)
        return dict(requests)

    def received(self, request: Recorded) -> Reply:
        """Keep the request and make the reply."""
        self.requests.append(request)  # atomic: several connections may do so at once
        return self._answer(request)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._open: set[socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """End kept-alive connections too, so that no thread outlives the recorder."""
        for connection in list(self._open):
            with suppress(OSError):  # the client was faster
                connection.shutdown(SHUT_RDWR)
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: a second one waits 40 ms for the first one's acknowledgement
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.recorder.received(Recorded(self.command, self.path, headers, body))
        self.send_response(reply.status)
        if reply.body:
            self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - the names the base class looks up

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the requests are kept, and a test says what matters about them."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError(f"a name stands twice in {[name for name, _ in pairs]}")
    return names
