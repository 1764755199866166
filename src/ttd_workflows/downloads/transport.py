"""One request for a file, or for a part of it, on urllib3's connections.

urllib3 measured faster than http.client's readinto (``benchmarks/downloads_speed.py``), and it knows proxies. Its
connections are used without its pools, which would log whole addresses at DEBUG and spell them anew.

A request carries Host, User-Agent, Accept, Accept-Encoding and, to go on, Range and If-Range. It carries nothing else:
no token, no cookie, no Referer.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import parse_url

from ttd_workflows.core.engines.proxies import HOW_TO_NAME_ONE, Proxy, WrongProxy, proxy_for
from ttd_workflows.downloads.addresses import MOST_REDIRECTS
from ttd_workflows.downloads.errors import DownloadFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import HTTPResponse

    from ttd_workflows.core.port import Origin
    from ttd_workflows.downloads.addresses import Address
    from ttd_workflows.downloads.settings import Patience

PIECE = 1 << 20
"""Bytes read at once, at most. CPU for 512 MiB: 0.42 s; with 256 KiB 0.53 s, with 64 KiB 0.70 s."""
_MOST_ERROR_BODY = 1 << 16
_PEEKED = 1 << 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Broken(Exception):
    """A fault that may pass. ``asked`` is the pause that the host asked for."""

    def __init__(self, reason: str, *, asked: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
        self.status = status


class Answer:
    """A host's answer, its body read piece by piece as it was sent."""

    def __init__(self, connection: HTTPConnection, response: HTTPResponse, among: set[HTTPConnection]) -> None:
        self._connection = connection
        self._open = among
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.chunked = response.chunked
        self.bytes_read = 0
        self._seen = b""

    def read(self) -> bytes:
        """The next bytes, as soon as there are any; empty at the end."""
        if self._seen:
            seen, self._seen = self._seen, b""
            return seen
        try:
            piece = self._response.read1(PIECE, decode_content=False) or b""
        except (HTTPError, http.client.HTTPException, OSError) as error:
            raise _broken(error) from None
        self.bytes_read += len(piece)
        return piece

    def peek(self) -> bytes:
        """The first bytes, which are read again afterwards."""
        while len(self._seen) < _PEEKED:
            seen, self._seen = self._seen, b""
            try:
                piece = self.read()
            finally:
                self._seen = seen
            if not piece:
                break
            self._seen += piece
        return self._seen

    def text(self) -> str:
        """The beginning of the body, for an error's explanation."""
        body = b""
        try:
            while len(body) < _MOST_ERROR_BODY and (piece := self.read()):
                body += piece
        except Broken:
            pass
        return body[:_MOST_ERROR_BODY].decode("utf-8", "replace")

    def has_more(self) -> bool:
        """Whether the host goes on sending after the end it announced, as far as that has arrived."""
        sock = self._connection.sock
        if sock is None:
            return False
        try:
            sock.settimeout(0)
            return bool(sock.recv(1))
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        """End the exchange."""
        self._open.discard(self._connection)
        self._response.close()
        self._connection.close()


class Transport:
    """Sends the requests of one download."""

    def __init__(self, patience: Patience, user_agent: str) -> None:
        self._patience = patience
        self._user_agent = user_agent
        self._trust: ssl.SSLContext | None = None
        self._open: set[HTTPConnection] = set()

    def abort(self) -> None:
        """Wake the threads that wait for a host, by ending the connections under them."""
        for connection in self._open.copy():
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def ask(self, address: Address, span: str | None, validator: str | None) -> Answer:
        """Ask for a file, or for the ``span`` of bytes of it if ``validator`` still holds; follows redirects."""
        headers = {"User-Agent": self._user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        if span is not None:
            headers["Range"] = f"bytes={span}"
            if validator is not None:
                headers["If-Range"] = validator
        status = None
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send(address, headers)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                return answer
            answer.close()
            status = answer.status
            there = address.redirected(location)
            if there is None:
                raise DownloadFailed(
                    f"{address} redirects to a place that is not followed (only https, the same origin, or from "
                    "loopback to loopback); nothing was asked for there",
                    status=answer.status,
                )
            address = there
        raise DownloadFailed(f"{address}: more than {MOST_REDIRECTS} redirects", status=status)

    def _send(self, address: Address, headers: dict[str, str]) -> Answer:
        try:
            proxy = proxy_for(address.origin)
        except WrongProxy as wrong:
            raise DownloadFailed(f"{wrong}. {HOW_TO_NAME_ONE}") from None
        connection, target, fields = self._connection(address, proxy)
        self._open.add(connection)
        try:
            connection.connect()
            connection.timeout = self._patience.read
            connection.request("GET", target, headers=headers | fields, preload_content=False, decode_content=False)
            return Answer(connection, connection.getresponse(), self._open)
        except BaseException as error:
            self._open.discard(connection)
            connection.close()
            if isinstance(error, (HTTPError, http.client.HTTPException, OSError)):
                raise _broken(error) from None
            raise

    def _connection(self, address: Address, proxy: Proxy | None) -> tuple[HTTPConnection, str, dict[str, str]]:
        """A connection, what to ask for on it, and the fields that are the proxy's own."""
        origin, timeout = address.origin, self._patience.connect
        if proxy is None:
            if origin.scheme == "http":
                return HTTPConnection(origin.host, origin.port, timeout=timeout), address.target, {}
            context = self._context()
            return HTTPSConnection(origin.host, origin.port, timeout=timeout, ssl_context=context), address.target, {}
        auth = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
        if origin.scheme == "http" and proxy.scheme == "http":
            via = parse_url(str(proxy))
            return HTTPConnection(proxy.host, proxy.port, timeout=timeout, proxy=via), address.url, auth
        return self._tunnel(origin, proxy, auth), address.target, {}

    def _tunnel(self, origin: Origin, proxy: Proxy, auth: dict[str, str]) -> HTTPConnection:
        if origin.scheme == "http":
            raise DownloadFailed(
                "an http address is not fetched through an https proxy; set an http proxy, or NO_PROXY"
            )
        context = self._context()
        settings = ProxyConfig(context, use_forwarding_for_https=False, assert_hostname=None, assert_fingerprint=None)
        connection = HTTPSConnection(
            proxy.host, proxy.port, timeout=self._patience.connect, ssl_context=context, proxy_config=settings
        )
        connection.set_tunnel(origin.host, origin.port, headers=auth, scheme=proxy.scheme)
        return connection

    def _context(self) -> ssl.SSLContext:
        """The trust of the API's own calls."""
        if self._trust is None:
            import httpcore2  # noqa: PLC0415 - only for https

            self._trust = httpcore2.default_ssl_context()
        return self._trust


def _broken(error: Exception) -> Broken:
    """An error of the connection in our own words: those of libraries may hold addresses."""
    if isinstance(error, (ssl.SSLCertVerificationError, SSLError)) and "CERTIFICATE_VERIFY" in str(error).upper():
        why = re.sub(r"\s*\(_ssl\.c:\d+\)", "", getattr(error, "verify_message", "") or "it is not trusted")
        raise DownloadFailed(
            f"the host's certificate was refused ({why}); nothing was fetched. SSL_CERT_FILE names further authorities"
        ) from None
    if isinstance(error, (ReadTimeoutError, ConnectTimeoutError, TimeoutError)):
        connecting = isinstance(error, ConnectTimeoutError)
        return Broken("the host could not be connected to in time" if connecting else "the host fell silent")
    if isinstance(error, NameResolutionError):
        return Broken("the host's name could not be resolved")
    if isinstance(error, NewConnectionError):
        return Broken("the host could not be connected to")
    text = str(error)
    if isinstance(error, ConnectionError) or "reset" in text or "aborted" in text:
        return Broken("the connection was closed by the host")
    if "IncompleteRead" in text:
        return Broken("the body ended before its end")
    return Broken(f"the exchange broke off ({type(error).__name__})")
