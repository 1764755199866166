"""The pytest plugin: an emulator for each test that asks for one, and what went on in it where the test failed.

pytest loads this file in every run of an environment that has ``ttdw``; so it imports nothing that takes time before a
test asks for a fixture.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from ttd_workflows.client import Workflows
    from ttd_workflows.emulator import Emulator, Settings
    from ttd_workflows.emulator.entries import Entry

MARKS = {
    "emulator": "emulator(setting=value, …): this test's emulator has these settings, ``seed`` among them.",
    "faults": "faults(operation, kind=value, …): this goes wrong, as emulator.faults.add() says it; may be repeated.",
    "job_plan": "job_plan(member=value, …): jobs go so, as emulator.plans.add() says it; may be repeated.",
}
QUICK_JOBS = 0.0
"""Seconds that a job takes, unless a setting says otherwise: a test is not to wait for it."""
_LATEST = 50
"""How many requests the report of a failed test shows."""
_REFUSAL = 400
_LEDGER = "ledger.sqlite3"
_RUNNING = pytest.StashKey["Emulator"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option in the configuration file."""
    parser.addini(
        "emulator_settings", "settings of the emulator in every test: a line each, NAME = VALUE", type="linelist"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marks are known."""
    for line in MARKS.values():
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mark asks for the emulator, as its fixture does."""
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", ["emulator"])
        if "emulator" not in fixtures and any(item.get_closest_marker(name) for name in MARKS):
            fixtures.append("emulator")


@pytest.fixture
def emulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    """A Workflows service of this test's own, in this process.

    A ``Workflows()`` without arguments finds it: the environment says where it is, and puts the record of submissions
    into the test's ``tmp_path``.
    """
    from ttd_workflows.emulator import Emulator  # noqa: PLC0415 - loaded when a test asks for it

    with Emulator(settings=_settings(request), in_process=True) as running:
        _prepare(running, request)
        monkeypatch.setenv("WORKFLOWS_SERVER_URL", running.url)
        monkeypatch.setenv("WORKFLOWS_TTD_AUTH", running.token)
        monkeypatch.setenv("WORKFLOWS_LEDGER", str(tmp_path / _LEDGER))
        request.node.stash[_RUNNING] = running
        yield running


@pytest.fixture
def workflows(emulator: Emulator, tmp_path: Path) -> Iterator[Workflows]:
    """A client of the ``emulator``, blocking and async, which repeats without pausing for long."""
    from ttd_workflows import Workflows  # noqa: PLC0415
    from ttd_workflows.utils import BackoffStrategy, RetryConfig  # noqa: PLC0415

    at_once = RetryConfig("backoff", BackoffStrategy(1, 10, 1.5, 10_000), retry_connection_errors=True)
    with Workflows(**emulator.client_arguments(), retry_config=at_once, ledger=tmp_path / _LEDGER) as client:
        yield client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report of a failed test has the journal."""
    report = yield
    running = item.stash.get(_RUNNING, None)
    if report.failed and running is not None:
        report.sections.append(("requests to the emulator", "\n".join(_told(list(running.journal)))))
    return report


def _settings(request: pytest.FixtureRequest) -> Settings:
    """The settings of one test's emulator: those of the configuration file, and before them those of its marks."""
    from ttd_workflows.emulator import Settings  # noqa: PLC0415
    from ttd_workflows.emulator.given import checked_setting, typed_setting  # noqa: PLC0415

    given: dict[str, Any] = {"job_seconds": QUICK_JOBS}
    with _blaming("emulator_settings"):
        given |= dict(typed_setting(line) for line in request.config.getini("emulator_settings"))
    for mark in _marks(request, "emulator"):
        with _blaming("@pytest.mark.emulator"):
            given |= {name: checked_setting(name, value) for name, value in _named(mark).items()}
    return Settings(**given)


def _prepare(running: Emulator, request: pytest.FixtureRequest) -> None:
    """Let the faults and plans of the marks be in force."""
    for mark in _marks(request, "faults"):
        with _blaming("@pytest.mark.faults"):
            running.faults.add(*mark.args, **mark.kwargs)
    for mark in _marks(request, "job_plan"):
        with _blaming("@pytest.mark.job_plan"):
            running.plans.add(**_named(mark))


def _marks(request: pytest.FixtureRequest, name: str) -> list[pytest.Mark]:
    """A test's marks, those of its module and class first, and in the order they are read in."""
    marks: list[pytest.Mark] = list(request.node.iter_markers(name))
    return marks[::-1]


def _named(mark: pytest.Mark) -> dict[str, Any]:
    if mark.args:
        raise ValueError(f"it takes name=value only, not {mark.args[0]!r}")
    return dict(mark.kwargs)


@contextmanager
def _blaming(where: str) -> Iterator[None]:
    """What is wrong is the user's word there, so the message is told alone."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise pytest.fail.Exception(f"{where}: {error}", pytrace=False) from None


def _told(entries: list[Entry]) -> Iterator[str]:
    """The latest entries of a journal, a line each, and what was answered where that was a refusal."""
    if len(entries) > _LATEST:
        yield f"… {len(entries) - _LATEST} before these"
    for entry in entries[-_LATEST:]:
        outcome = "no answer" if entry.status is None else str(entry.status)
        took = "" if entry.milliseconds is None else f" in {entry.milliseconds:.0f} ms"
        again = entry.duplicate_of and f"the same as {entry.duplicate_of}, carried out once more"
        remarks = "".join(f" ({remark})" for remark in (entry.note, again) if remark)
        yield f"{entry.id}: {entry.method} {entry.path} -> {outcome}{took}{remarks}"
        if entry.status is not None and entry.status >= _REFUSAL and entry.response_body:
            yield f"    {entry.response_body}"
    if not entries:
        yield "none came"
