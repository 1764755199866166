"""A fresh server and an environment without proxies for each test."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from support.plays import drop
from support.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    """A server; a test gives it its script."""
    with Server(drop) as server:
        yield server


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the machine says about proxies, trust or the service."""
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith(("SSL_CERT_", "WORKFLOWS_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_outside_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of other machines are unknown: no test leaves this one, or waits for its resolver."""
    resolve = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in {"127.0.0.1", "localhost", "::1", b"127.0.0.1", b"localhost", None}:
            return resolve(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", local)
