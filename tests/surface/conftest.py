"""A fresh server and an environment without proxies for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from support.plays import drop
from support.server import Server


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
