"""The service's side: a raw asyncio protocol that answers status calls from memory, so that the clients are the cost.

Run as a process of its own: ``python server.py [CORE]`` prints the port once it listens and serves until killed.
A status call for the id ``LARGE_ID`` is answered with a ``rawResult`` that makes a body of ``LARGE_BYTES``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from bars import LARGE_BYTES, LARGE_ID

BACKLOG = 4096


def answer(raw_result: str | None = None) -> bytes:
    """A whole answer, head and body, to a status call."""
    body = json.dumps(
        {
            "id": 412651,
            "createdAtUtc": "2026-01-01T00:00:00Z",
            "completedAtUtc": None,
            "completionPercentage": 42.5,
            "status": "InProgress" if raw_result is None else "Success",
            "url": None,
            "rawResult": raw_result,
            "errors": None,
        },
        separators=(",", ":"),
    ).encode()
    fields = (
        "HTTP/1.1 200 OK",
        "Content-Type: application/json; charset=utf-8",
        "x-ttd-request-id: 5f0c1b1e",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join([*fields, "", ""]).encode() + body


def large_answer() -> bytes:
    """The same with a result such as the service gives: a JSON document in a string, its quotes escaped."""
    row = '{"id":"0012345678","name":"In market: family cars","fullPath":"Auto > In market","active":true}'
    nothing = len(answer('{"nodes":[]}')) - len(answer())
    each = len(json.dumps(row)) - len('""') + len(",")
    rows = ",".join([row] * ((LARGE_BYTES - nothing) // each))
    document = f'{{"nodes":[{rows}]}}'
    missing = LARGE_BYTES - len(answer(document).partition(b"\r\n\r\n")[2])
    return answer(document + " " * missing)


class Service(asyncio.Protocol):
    """One connection, kept alive. Requests have no body; several may come in one piece."""

    status = answer()
    large = large_answer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for request in requests:
            large = f"/{LARGE_ID}/status ".encode() in request.partition(b"\r\n")[0]
            self._transport.write(self.large if large else self.status)


async def serve() -> None:
    """Listen on a free port of the loopback interface."""
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:]:
        os.sched_setaffinity(0, {int(sys.argv[1])})
    asyncio.run(serve())
