"""The port that engines stand behind: what goes in, what comes out, and how an exchange may break.

An engine sends one request and brings one answer. It follows no redirect, keeps no cookie, adds no credentials and
repeats nothing. Its methods are coroutines; a blocking engine's never suspend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ttd_workflows.core.body import BodyReader


class Headers(Mapping[str, str]):
    """Header fields; reading them ignores case, a repeated field reads as its values joined by commas."""

    __slots__ = ("_fields",)

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self._fields: dict[str, str] = {}
        for name, value in raw:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self._fields[key] = f"{self._fields[key]}, {text}" if key in self._fields else text

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
REQUEST_ID_HEADERS = ("x-ttd-request-id", "x-request-id", "request-id")
LARGEST_ID = 2**63 - 1
"""The service counts in 64 bits."""
DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Where a request goes: scheme, host (no brackets) and port."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as they are written in an address and in the Host field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


class Request:
    """A request that is ready to be sent. Its representation has the method and the address, nothing secret."""

    __slots__ = ("content", "fields", "method", "origin", "target")

    def __init__(
        self,
        method: str,
        origin: Origin,
        target: str,
        fields: list[tuple[bytes, bytes]],
        content: bytes | None = None,
    ) -> None:
        self.method = method
        self.origin = origin
        self.target = target
        """Path and query, percent-encoded."""
        self.fields = fields
        self.content = content

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.target}"

    @property
    def headers(self) -> Headers:
        """The header fields, the token's value masked."""
        return Headers(self.shown().fields)

    def shown(self) -> Request:
        """What may be kept and looked at afterwards: no secret, no body."""
        fields = [(name, value if type(value) is bytes else b"***") for name, value in self.fields]
        return Request(self.method, self.origin, self.target, fields)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"


class Response:
    """An answer as it came: status, header fields and, while it is being read, the body."""

    __slots__ = ("content", "fields", "status_code")

    def __init__(self, status_code: int, fields: list[tuple[bytes, bytes]], content: bytes = b"") -> None:
        self.status_code = status_code
        self.fields = fields
        self.content = content

    @property
    def headers(self) -> Headers:
        """The header fields."""
        return Headers(self.fields)

    @property
    def request_id(self) -> str | None:
        """What to name when asking The Trade Desk about this call."""
        headers = self.headers
        return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 show as replacement characters."""
        return self.content.decode("utf-8-sig", "replace")

    def echoes(self, secret: bytes) -> bool:
        """Whether the server has sent ``secret`` back."""
        return secret in self.content or any(secret in value for _, value in self.fields)

    def forget(self, secret: bytes) -> None:
        """Mask ``secret`` wherever the server has sent it back."""
        if secret in self.content:
            self.content = self.content.replace(secret, b"***")
        if any(secret in value for _, value in self.fields):
            self.fields = [(name, value.replace(secret, b"***")) for name, value in self.fields]

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"


class Limits(NamedTuple):
    """The bounds of one attempt: seconds to connect, seconds for the whole of it, bytes of body."""

    connect: float
    total: float
    body: int


class Attempt:
    """One sending of a request. The engine sets ``on_wire`` before the first byte leaves."""

    __slots__ = ("answer", "before_wire", "limits", "on_wire", "watched")

    def __init__(
        self, limits: Limits, *, watched: bool, before_wire: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self.limits = limits
        self.before_wire = before_wire
        """Awaited by the engine before the first byte leaves; what it raises keeps the request from being sent."""
        self.watched = watched
        """Whether somebody asks for ``on_wire``; where nobody does, the engine need not look."""
        self.on_wire: bool | None = None
        """Whether the first byte has left; ``None`` where the engine was not told."""
        self.answer: BodyReader | None = None
        """What has come of the answer, from its head on; the engine sets it."""


class Failure(Exception):
    """An exchange that brought no whole answer. ``sent`` is false only if the request surely never left."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class HalfAnswer(Failure):
    """The head of an answer came, its body not or not to its end; what came of it is kept."""

    def __init__(self, reason: str, response: Response, *, broken: bool) -> None:
        super().__init__(reason, sent=True)
        self.response = response
        self.broken = broken
        """Whether it broke off on its way, so that it may come whole when asked for again."""

    def __reduce__(self) -> Any:
        raise TypeError("a failure is turned into an error before it leaves the surface")


class Engine(Protocol):
    """What sends requests."""

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """Send ``request`` once and read the whole answer; raises :class:`Failure` when there is none."""
        ...

    async def close(self) -> None:
        """Let go of every connection that this thread, or this event loop, may close."""

    def close_elsewhere(self) -> None:
        """Let go of the connections that belong to event loops, from outside of them."""
