"""What the witness's tests share: every one of them is marked, and both clients meet once per edition."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from .contract import EDITIONS
from .meeting import Meeting, meeting

HERE = Path(__file__).resolve().parent
REPORT = "witness"
"""The test property whose text is printed when all tests are done."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "witness: the official SDKs, in environments of their own, judge ours")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.witness)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    told = [str(text) for report in reports for name, text in report.user_properties if name == REPORT]
    if told:
        terminalreporter.section("witness")
        terminalreporter.write_line("\n".join(sorted(set(told))))


@pytest.fixture(scope="session", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    """One of the two editions."""
    return str(request.param)


@pytest.fixture(scope="session")
def met(edition: str) -> Meeting:
    """Both clients of one edition, after they performed the same calls."""
    return _met(edition)


@cache
def _met(edition: str) -> Meeting:
    """Kept for the session: tests in random order ask for the editions in turn."""
    return meeting(edition)
