"""A real service, a ledger of its own for each test, and a client between them."""

import pytest

from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator, Settings


@pytest.fixture
def emulator():
    with Emulator(job_seconds=0.3) as service:
        yield service


@pytest.fixture
def place(tmp_path):
    return tmp_path / "ledger" / "ledger.sqlite3"


@pytest.fixture
def workflows(emulator, place):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=place) as client:
        yield client


@pytest.fixture
def emulator_with_files():
    """One that puts every result into a file."""
    with Emulator(settings=Settings(raw_result_limit=0), job_seconds=0.3) as service:
        yield service
