"""Which proxy an origin is reached through, as the environment says (and, on macOS and Windows, the system)."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from ttd_workflows.core.port import LOOPBACK_HOSTS

if TYPE_CHECKING:
    from ttd_workflows.core.port import Origin

HOW_TO_NAME_ONE = "Write it as http://host:port; for no proxy here, put the service's host into NO_PROXY."
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[!-~]+")


class WrongProxy(ValueError):
    """What is named as a proxy is none. The message says why, and holds no password."""


class Proxy(NamedTuple):
    """Where connections are asked for. As text it has no user and no password."""

    scheme: str
    host: str
    port: int
    authorization: str | None
    """The value of ``Proxy-Authorization``."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def __repr__(self) -> str:
        return f"<proxy {self}>"


def proxy_for(origin: Origin) -> Proxy | None:
    """The proxy, or ``None`` to connect directly.

    Loopback is never proxied: the token may travel there in the clear, and only there.

    Raises:
        WrongProxy: One is named, and cannot be used.
    """
    asks_system = sys.platform in {"darwin", "win32"}
    if origin.host in LOOPBACK_HOSTS or not (asks_system or any(k.lower().endswith("_proxy") for k in os.environ)):
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - costs more than a call, few need it

    if proxy_bypass(origin.authority):
        return None
    proxies = getproxies()
    address = proxies.get(origin.scheme) or proxies.get("all")
    return _read(address) if address else None


def _read(address: str) -> Proxy:
    from urllib.parse import urlsplit  # noqa: PLC0415 - only behind a proxy

    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port
    except ValueError:  # its own words may hold a piece of the password
        raise WrongProxy("the proxy's address cannot be read: its host or its port is none") from None
    if parts.scheme not in _PORTS:
        raise WrongProxy(f"a proxy of the kind {parts.scheme!r} is not known, only http and https")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise WrongProxy("the proxy's address goes on after its port; in a password, / ? # are written %2F %3F %23")
    if not parts.hostname or not _HOST.fullmatch(parts.hostname):
        raise WrongProxy("the proxy's address has no host that can be looked up")
    authorization = _basic(parts.username, parts.password or "") if parts.username else None
    return Proxy(parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port, authorization)


def _basic(user: str, password: str) -> str:
    """As RFC 7617 has it, in UTF-8."""
    from base64 import b64encode  # noqa: PLC0415 - only behind a proxy
    from urllib.parse import unquote_to_bytes  # noqa: PLC0415

    told = b":".join(unquote_to_bytes(part.encode(errors="surrogateescape")) for part in (user, password))
    return f"Basic {b64encode(told).decode()}"
