"""Where a download comes from. The query of an address is its permission, so it is never shown and never stored.

A redirect is followed when it leads to https; from loopback to loopback; or to the same origin. All others are
refused: they would show a signed address in the clear, or reach into this machine. Five are followed at most.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from ttd_workflows.core.port import DEFAULT_PORTS, LOOPBACK_HOSTS, Origin
from ttd_workflows.errors import InputError

MOST_REDIRECTS = 5


class Address(NamedTuple):
    """An http or https address, split. Its text has no query."""

    origin: Origin
    path: str
    query: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read ``url``. A user name and a fragment in it are dropped: neither is ever sent."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        if parts.scheme not in DEFAULT_PORTS or not host or not url.isascii() or any(c <= " " for c in url):
            raise InputError("a download needs a whole http or https address, percent-encoded; nothing was fetched")
        return cls(Origin(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme]), parts.path or "/", parts.query)

    @property
    def target(self) -> str:
        """What is asked for: path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def url(self) -> str:
        """The whole address, its permission included."""
        return f"{self.origin}{self.target}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"

    def __repr__(self) -> str:
        return f"<Address {self}>"

    def redirected(self, location: str) -> Address | None:
        """Where a redirect leads, or ``None`` if it is not followed."""
        try:
            there = Address.parse(urljoin(self.url, location))
        except ValueError:
            return None
        both_local = self.origin.host in LOOPBACK_HOSTS and there.origin.host in LOOPBACK_HOSTS
        to_https = there.origin.scheme == "https" and there.origin.host not in LOOPBACK_HOSTS
        stays_secure = self.origin.scheme == "http" or there.origin.scheme == "https"
        return there if there.origin == self.origin or (stays_secure and (to_https or both_local)) else None
