from __future__ import annotations

import random

import pytest
from downloads_host import Host


@pytest.fixture(scope="session")
def content() -> bytes:
    return random.Random(7).randbytes(3_000_001)


@pytest.fixture
def host(content):
    with Host(content) as host:
        yield host


@pytest.fixture
def target(tmp_path):
    return tmp_path / "segments.json"


@pytest.fixture
def left(tmp_path):
    """The names of what lies in the directory."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())
