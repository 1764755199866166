"""What both forms of the built-in engine share: requests into httpcore2's form, its errors out of it.

httpcore2 is connections, TLS and HTTP/1.1, without the client above them. Its errors tell "never sent" from "sent, no
answer", and its trace hook tells when the first byte leaves.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore2

from ttd_workflows.core.body import Unreadable
from ttd_workflows.core.engines.proxies import HOW_TO_NAME_ONE, Proxy, WrongProxy, proxy_for
from ttd_workflows.core.port import Attempt, Failure, HalfAnswer, Origin, Request
from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

CONNECTIONS = 100
"""Connections to one origin; further calls wait for one to come free."""
KEEPALIVE_SECONDS = 60.0
NEVER_SENT = (
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
SENDING = "http11.send_request_headers.started"


def pool_settings(origin: Origin, connections: int) -> dict[str, Any]:
    """How the pools of an origin are made: its trust, its proxy, so many connections.

    Raises:
        ConfigurationError: The proxy cannot be used, or what is to be trusted cannot be read.
    """
    try:
        proxy = proxy_for(origin)
    except WrongProxy as wrong:
        raise ConfigurationError(f"{wrong}. {HOW_TO_NAME_ONE} Nothing was sent.") from None
    return {
        "ssl_context": _trust() if origin.scheme == "https" else None,
        "proxy": _proxy(proxy) if proxy else None,
        "max_connections": connections,
        "keepalive_expiry": KEEPALIVE_SECONDS,
    }


def _trust() -> ssl.SSLContext:
    """What the system trusts, or what ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` say."""
    try:
        return httpcore2.default_ssl_context()
    except OSError as error:  # an ssl.SSLError is one
        raise ConfigurationError(
            f"the certificates to trust cannot be read: {error.strerror or error}. Let SSL_CERT_FILE name a file of "
            "certificates, or unset it. Nothing was sent."
        ) from None


def _proxy(proxy: Proxy) -> httpcore2.Proxy:
    who = [("Proxy-Authorization", proxy.authorization)] if proxy.authorization else []
    return httpcore2.Proxy(str(proxy), headers=who)


def raw_request(request: Request, extensions: dict[str, Any]) -> httpcore2.Request:
    """A request in httpcore2's form."""
    scheme, host, port = request.origin
    url = httpcore2.URL(scheme=scheme, host=host, port=port, target=request.target)
    return httpcore2.Request(
        request.method, url, headers=request.fields, content=request.content, extensions=extensions
    )


def timeouts(attempt: Attempt) -> dict[str, Any]:
    """The extensions that bound an attempt."""
    limits = attempt.limits
    return {"timeout": {"connect": min(limits.connect, limits.total), "read": limits.total, "write": limits.total}}


def mark(attempt: Attempt) -> Any:
    """A trace hook that says when the first byte is about to leave."""

    async def trace(name: str, info: dict[str, Any]) -> None:
        if name == SENDING and info["request"].method != b"CONNECT":  # asking a proxy for a tunnel sends nothing
            if attempt.before_wire is not None:
                await attempt.before_wire()
            attempt.on_wire = True

    return trace


def leaves_bytes_behind(answer: httpcore2.Response) -> bool:
    """Whether more came than the answer: httpcore2 would take it for the beginning of the next call's answer.

    It says so in no public place; a test holds this against the version that is locked.
    """
    connection = getattr(getattr(answer.stream, "_stream", None), "_connection", None)
    state = getattr(connection, "_h11_state", None)
    return state is not None and bool(state.trailing_data[0])


def failure_of(error: Exception, attempt: Attempt, origin: Origin) -> Failure:
    """Say in words what broke; the error itself, whose frames hold the request's bytes, goes no further."""
    if attempt.answer is not None:
        broken = not isinstance(error, Unreadable) or error.broken
        return HalfAnswer(_describe(error, attempt, origin), attempt.answer.so_far(), broken=broken)
    never_sent = isinstance(error, NEVER_SENT)
    sent = bool(attempt.on_wire) if attempt.watched and not never_sent else not never_sent
    return Failure(_describe(error, attempt, origin), sent=sent)


def _describe(error: Exception, attempt: Attempt, origin: Origin) -> str:
    match error:
        case Unreadable():
            return str(error)
        case httpcore2.ConnectTimeout():
            return f"no connection{_through(origin)} within {min(attempt.limits.connect, attempt.limits.total):g} s"
        case TimeoutError() | httpcore2.TimeoutException():
            return f"no whole answer within {attempt.limits.total:g} s"
        case httpcore2.ConnectError():
            return f"no connection{_through(origin)}: {error}"
        case httpcore2.ProxyError():
            return f"no connection{_through(origin)}, it refused: {error}"
        case _:
            return f"the connection broke: {error}" if str(error) else f"the connection broke ({type(error).__name__})"


def _through(origin: Origin) -> str:
    with suppress(WrongProxy):  # the environment has changed since
        if proxy := proxy_for(origin):
            return f" through the proxy {proxy}"
    return ""
