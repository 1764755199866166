"""A private certificate authority."""

from __future__ import annotations

import ssl
from functools import cache
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path


class Authority:
    """Issues certificates for names; its own certificate is what a client must be told to trust."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def server_context(self, *names: str) -> ssl.SSLContext:
        """What a server for these names presents."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def write_to(self, folder: Path) -> Path:
        """The authority's certificate as a file, for ``SSL_CERT_FILE``."""
        path = folder / f"ca-{id(self)}.pem"
        self._ca.cert_pem.write_to_path(str(path))
        return path


@cache
def authority() -> Authority:
    """The one that tests trust."""
    return Authority()


@cache
def another_authority() -> Authority:
    """One that nobody trusts."""
    return Authority()
