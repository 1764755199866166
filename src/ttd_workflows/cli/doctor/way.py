"""The way to the service, step by step and without the token: name, connection, certificate, first answer, clock.

The standard library walks it, one step at a time, so that each step can be told apart; the client itself then makes
the one call that shows whether the token is taken.
"""

from __future__ import annotations

import http.client
import os
import queue
import socket
import ssl
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from ttd_workflows.cli.doctor.finding import Finding, ok, problem, warning
from ttd_workflows.core.engines.proxies import HOW_TO_NAME_ONE, WrongProxy, proxy_for
from ttd_workflows.core.port import LOOPBACK_HOSTS, Origin

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

STEP_SECONDS = 5.0
"""For each step; so an offline machine is told so soon."""
SKEW_TOLD = 5.0
"""Seconds; a Date header has whole ones, and an answer takes its time."""
SKEW_HARMS = 120.0
"""Seconds; from here on signed addresses may be taken for expired, and expiries are told wrongly."""
CERTIFICATE_DAYS = 14
_TRUST = (
    "If a company's proxy opens connections, let SSL_CERT_FILE name a file with its authority's certificate; never "
    "switch the checking off."
)


class Blocked(Exception):
    """A step failed, and those behind it cannot be walked."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found)
        self.finding = finding


class _Hop(NamedTuple):
    """Where the first connection goes: to the proxy, or to the service itself."""

    host: str
    port: int
    is_proxy: bool
    headers: dict[str, str]


def proxy(origin: Origin) -> Finding:
    """Which proxy applies to an address, and why."""
    set_here = sorted(
        name for name in os.environ if name.lower() in {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
    )
    told = f"set: {', '.join(set_here)}" if set_here else "no variable is set"
    try:
        found = proxy_for(origin)
    except WrongProxy as wrong:
        return problem("proxy", f"{wrong} ({told})", HOW_TO_NAME_ONE)
    if found is None:
        why = "this machine is never asked through one" if origin.host in LOOPBACK_HOSTS and set_here else told
        return ok("proxy", f"none for {origin} ({why})")
    return ok("proxy", f"{found} for {origin} ({told})")


def walk(origin: Origin, path: str) -> Generator[Finding, None, bool]:
    """Each step on the way, until one fails; whether none did."""
    try:
        hop = _hop(origin)
        yield _name(hop)
        connection = _connection(origin, hop)
        with closing(connection):
            yield _connect(connection, origin, hop)
            if origin.scheme == "https":
                yield _certificate(connection)
            else:
                yield ok("tls", "none: plain http, which is for this machine only")
            yield from _answer(connection, path)
    except Blocked as blocked:
        yield blocked.finding
        return False
    return True


def _hop(origin: Origin) -> _Hop:
    proxy = proxy_for(origin)
    if proxy is None:
        return _Hop(origin.host, origin.port, is_proxy=False, headers={})
    headers = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
    return _Hop(proxy.host, proxy.port, is_proxy=True, headers=headers)


def _name(hop: _Hop) -> Finding:
    """Look the name up, on a thread of its own: nothing else ends that in time."""
    answers: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(hop.host, hop.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=STEP_SECONDS)
    except queue.Empty:
        found = OSError(f"no answer within {STEP_SECONDS:g} s")
    whose = "the proxy's name" if hop.is_proxy else "the name"
    if isinstance(found, OSError):
        raise Blocked(
            problem(
                "dns",
                f"{whose} {hop.host} has no address: {found.strerror or found}",
                "This machine may be offline, or the name is wrong. Behind a proxy, set HTTPS_PROXY.",
            )
        )
    addresses = list(dict.fromkeys(entry[4][0] for entry in found))
    more = f" and {len(addresses) - 2} more" if len(addresses) > 2 else ""  # noqa: PLR2004 - two fit a line
    return ok("dns", f"{whose} {hop.host} is {', '.join(addresses[:2])}{more}")


def _connection(origin: Origin, hop: _Hop) -> http.client.HTTPConnection:
    if origin.scheme == "http":
        return http.client.HTTPConnection(hop.host, hop.port, timeout=STEP_SECONDS)
    import httpcore2  # noqa: PLC0415 - what the client trusts is what is checked

    try:
        context = httpcore2.default_ssl_context()
    except OSError as error:  # an ssl.SSLError is one
        found = f"the certificates to trust cannot be read: {error.strerror or error}; {_trusted()}"
        raise Blocked(problem("tls", found, "Let SSL_CERT_FILE name a file of certificates, or unset it.")) from None
    connection = http.client.HTTPSConnection(hop.host, hop.port, timeout=STEP_SECONDS, context=context)
    if hop.is_proxy:
        connection.set_tunnel(origin.host, origin.port, hop.headers)
    return connection


def _connect(connection: http.client.HTTPConnection, origin: Origin, hop: _Hop) -> Finding:
    started = monotonic()
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise Blocked(
            problem(
                "tls", f"the certificate of {origin.host} is not trusted: {error.verify_message}; {_trusted()}", _TRUST
            )
        ) from None
    except ssl.SSLError as error:
        found = f"no TLS with {origin.host}: {error.reason or error}"
        raise Blocked(
            problem("tls", found, "What answers may be no TLS server, or a proxy; check address and port.")
        ) from None
    except OSError as error:
        found = f"no connection to {hop.host}:{hop.port}: {error.strerror or error}"
        advice = (
            "Check HTTPS_PROXY, its user and its password; NO_PROXY names hosts that are reached without it."
            if hop.is_proxy
            else "A firewall may be in the way, or the service is not there. Behind a proxy, set HTTPS_PROXY."
        )
        raise Blocked(problem("connect", found, advice)) from None
    through = " through the proxy" if hop.is_proxy else ""
    return ok("connect", f"to {origin.authority}{through} in {_milliseconds(started)}")


def _certificate(connection: http.client.HTTPConnection) -> Finding:
    sock: Any = connection.sock
    certificate = sock.getpeercert()
    names = {name: value for part in certificate.get("issuer", ()) for name, value in part}
    issuer = names.get("organizationName") or names.get("commonName") or "an unnamed authority"
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    days = (ends - datetime.now(UTC)).days
    found = f"{sock.version()}, certificate by {issuer}, {days} days left; {_trusted()}"
    if days < CERTIFICATE_DAYS:
        return warning("tls", found, "The certificate ends soon; whoever runs that server has to renew it.")
    return ok("tls", found)


def _trusted() -> str:
    own = [f"{name}={value}" for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if (value := os.environ.get(name))]
    return f"trusted are {', '.join(own) or 'those of the system'}"


def _answer(connection: http.client.HTTPConnection, path: str) -> Iterator[Finding]:
    """The first answer, to a question without a token, and the clock that it tells."""
    started = monotonic()
    try:
        connection.request("HEAD", path, headers={"User-Agent": "ttdw-doctor"})
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise Blocked(
            problem(
                "answer",
                f"connected, and no answer came: {error or type(error).__name__}",
                "Something between here and the service holds connections back; ask those who run the network.",
            )
        ) from None
    yield ok("answer", f"first byte after {_milliseconds(started)}, status {answer.status} as expected without a token")
    yield _clock(answer.headers.get("Date"))


def _clock(date: str | None) -> Finding:
    told = None
    with suppress(TypeError, ValueError):
        told = parsedate_to_datetime(date or "")
    if told is None or told.tzinfo is None:
        return warning("clock", "the answer has no Date to compare with", "Check that the address is the service's.")
    skew = (datetime.now(UTC) - told).total_seconds()
    amount = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the service's"
    advice = "Set the machine's clock, by NTP best: it decides when results are taken for expired."
    if abs(skew) >= SKEW_HARMS:
        return problem("clock", amount, advice)
    if abs(skew) >= SKEW_TOLD:
        return warning("clock", amount, advice)
    return ok("clock", f"agrees with the service's within {SKEW_TOLD:g} s")


def _milliseconds(started: float) -> str:
    return f"{(monotonic() - started) * 1000:.0f} ms"
