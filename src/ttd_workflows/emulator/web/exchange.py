"""The little HTTP that the emulator's endpoints share: what a request says about itself, and how answers go out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from starlette.types import Receive, Scope, Send

from ttd_workflows.emulator.entries import Entry
from ttd_workflows.emulator.problems import Refusal

JSON = b"application/json; charset=utf-8"
_serial = count(1)
_INCOMING = "ttd_workflows.incoming"


@dataclass(slots=True)
class Incoming:
    """One request: its headers as far as they matter here, and the serial number it is known by."""

    scope: Scope
    headers: dict[bytes, bytes]
    serial: int
    entry: Entry | None = None
    """Its entry in the journal, if it is entered there."""
    has_expired_token: bool = False
    """Whether a fault makes its token one that has expired, whichever it is."""

    @classmethod
    def of(cls, scope: Scope) -> "Incoming":
        """What ASGI says of a request; the same for all who ask about it."""
        known: Incoming | None = scope.get(_INCOMING)
        if known is None:
            known = scope[_INCOMING] = cls(scope, dict(scope["headers"]), next(_serial))
        return known

    def header(self, name: bytes) -> str:
        """A header's value, empty if it is not there."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def origin(self) -> str:
        """The address by which the caller reached the emulator."""
        host = self.header(b"host")
        if not host:
            name, port = self.scope["server"]
            host = f"{name}:{port}"
        return f"{self.scope['scheme']}://{host}"

    @property
    def trace_id(self) -> str:
        """The serial number as problems write it."""
        return f"00-{self.serial:032x}-{self.serial:016x}-00"

    async def body(self, receive: Receive, limit: int) -> bytes:
        """The whole body."""
        pieces: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the caller is gone")
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > limit:
                raise Refusal(413, f"The body is larger than {limit} bytes.")
            more = message.get("more_body", False)
        body = b"".join(pieces)
        if self.entry is not None:
            self.entry.received(body)
        return body


async def respond(
    send: Send, incoming: Incoming, status: int, body: bytes, content_type: bytes = JSON, **headers: str
) -> None:
    """Send an answer whole. Without a body it has no content type either."""
    fields = [
        (b"content-length", b"%d" % len(body)),
        (b"x-ttd-request-id", b"%032x" % incoming.serial),
    ]
    if body:
        fields.append((b"content-type", content_type))
    fields += [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    if incoming.entry is not None:
        incoming.entry.answered(status, fields, body)
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def respond_json(send: Send, incoming: Incoming, status: int, value: Any) -> None:
    """Send JSON."""
    await respond(send, incoming, status, json_bytes(value))


async def respond_problem(send: Send, incoming: Incoming, refusal: Refusal, content_type: str, **headers: str) -> None:
    """Send a refusal as ProblemDetails."""
    problem = refusal.problem(incoming.trace_id)
    body = refusal.text().encode() if content_type == "text/plain" else json_bytes(problem)
    await respond(send, incoming, refusal.status, body, f"{content_type}; charset=utf-8".encode(), **headers)


def json_bytes(value: Any, otherwise: Callable[[Any], Any] | None = None) -> bytes:
    """JSON as the service writes it; ``otherwise`` makes JSON of what is none."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=otherwise).encode()
