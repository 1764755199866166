"""``ttdw top``: what a line says, what the keys do, and a ledger that another process writes while it is looked at."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from ttd_workflows import Workflows
from ttd_workflows.cli.top.asking import Asking
from ttd_workflows.cli.top.rows import TITLES, Rates, arranged, summary
from ttd_workflows.cli.top.screen import Top
from ttd_workflows.errors import LedgerError
from ttd_workflows.jobs import glance
from ttd_workflows.jobs.ledger import Claim, Ledger

SERVER = "https://service.example/workflows"
WRITER = """
import sys, time
from pathlib import Path
from ttd_workflows.jobs.ledger import Claim, Ledger
ledger = Ledger(Path(sys.argv[1]))
entry = ledger.claim(Claim(sys.argv[2], "", sys.argv[3], "dmp.x", "0.13.2", "{}", "h", "{}"))[1]
ledger.on_wire(entry)
print("on the wire", flush=True)
sys.stdin.readline()
ledger.accepted(entry, "standard:77")
ledger.observed(sys.argv[2], "standard:77", "InProgress", 40.0, None)
print("accepted", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path):
    """A ledger with one of everything."""
    with_all = Ledger(path)
    for key, settle in (
        ("tonight/unknown", lambda entry: with_all.settled(entry, "unknown", "no answer within 300 s")),
        ("tonight/refused", lambda entry: with_all.settled(entry, "refused", "BadRequest: no such partner")),
        ("tonight/done", lambda entry: with_all.accepted(entry, "standard:412651")),
        ("tonight/half", lambda entry: with_all.accepted(entry, "standard:412652")),
        ("tonight/bulk", lambda entry: with_all.accepted(entry, "graphql:2989826")),
    ):
        entry = submit(with_all, key)
        settle(entry)
    with_all.observed(SERVER, "standard:412651", "Success", 100.0, time.time() - 3600)
    with_all.observed(SERVER, "standard:412652", "InProgress", 50.0, None)
    yield with_all
    with_all.close()


def submit(ledger, key, server=SERVER):
    entry = ledger.claim(Claim(server, "", key, "dmp.get_third_party_data_job", "0.13.2", "{}", "h", "{}"))[1]
    ledger.on_wire(entry)
    return entry


def rows_of(path, now=None):
    return Rates().rows(glance.entries(path), now or time.time())


def shown(app):
    """What the screen shows, line by line."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def keys_of(rows):
    return [row.entry.key.removeprefix("tonight/") for row in rows]


def test_the_unknown_come_first_in_any_order(ledger, path):
    rows = rows_of(path)
    assert keys_of(arranged(rows)) == ["unknown", "bulk", "half", "done", "refused"]
    for sort in ("age", "progress", "expiry", "key"):
        assert keys_of(arranged(rows, sort=sort))[0] == "unknown"
    assert keys_of(arranged(rows, sort="expiry"))[1] == "done"
    assert keys_of(arranged(rows, sort="progress"))[1] == "half"


def test_the_filter_looks_at_the_whole_line(ledger, path):
    rows = rows_of(path)
    assert keys_of(arranged(rows, text="HALF")) == ["half"]
    assert keys_of(arranged(rows, text="2989826")) == ["bulk"]
    assert len(arranged(rows, text="third_party")) == 5
    assert arranged(rows, text="nowhere") == []


def test_a_line(ledger, path):
    now = time.time()
    by_key = {row.entry.key: dict(zip(TITLES, row.cells(), strict=True)) for row in rows_of(path, now)}
    assert by_key["tonight/half"]["progress"] == "###...  50 %"
    assert by_key["tonight/done"]["expires"] in {"22h59m", "23h00m"}
    assert by_key["tonight/unknown"]["job"] == "submission:1"
    later = {row.entry.key: row.cells()[5] for row in rows_of(path, now + 90_000)}
    assert later["tonight/done"] == "expired"


def test_the_rate_needs_two_looks_apart(ledger, path):
    rates = Rates()
    entry = next(entry for entry in glance.entries(path) if entry.key == "tonight/half")
    first = replace(entry, job_percent=10.0, observed_at=entry.settled_at + 60)
    second = replace(entry, job_percent=40.0, observed_at=entry.settled_at + 120)
    assert [row.rate for look in (first, second, second) for row in rates.rows([look], 0)] == [10.0, 30.0, 30.0]
    assert Rates().rows([replace(first, observed_at=entry.settled_at)], 0)[0].rate is None


def test_the_summary(ledger, path):
    assert summary(rows_of(path)) == "5 submissions, 2 under way, 1 UNKNOWN: look before you submit again"
    soon = replace(glance.entries(path)[0], completed_at=0.0)
    assert summary(Rates().rows([soon], 0)).startswith("1 submissions")


def test_a_ledger_that_is_not_there_is_empty_and_stays_so(path):
    assert glance.entries(path) == []
    assert list(path.parent.iterdir()) == []


def test_a_ledger_that_is_none_is_told(path):
    path.write_text("no database " * 500)
    with pytest.raises(LedgerError, match="cannot be read"):
        glance.entries(path)


def _run(app, script, size=(80, 24)):
    """Drive an app headless."""

    async def drive():
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(pilot)
        return app.return_value

    return asyncio.run(drive())


def test_the_screen_at_80_by_24(ledger, path):
    async def script(pilot):
        lines = shown(pilot.app)
        assert len(lines) == 24
        assert lines[0].startswith(" 5 submissions, 2 under way, 1 UNKNOWN: look before you submit again")
        assert lines[1].split() == list(TITLES)
        assert [line.split()[-1] for line in lines[2:7]] == [
            f"tonight/{key}" for key in ("unknown", "bulk", "half", "done", "refused")
        ]
        assert "###...  50 %" in lines[4]
        assert "/ Filter" in lines[-1]
        await pilot.press("enter")
        await pilot.pause()
        assert any("outcome    no answer within 300 s" in line for line in shown(pilot.app))
        await pilot.press("down")
        await pilot.pause()
        assert any("key        tonight/bulk" in line for line in shown(pilot.app))
        await pilot.press("escape")
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert len(shown(pilot.app)) == 12

    _run(Top(path), script)


def test_filter_sort_and_quit(ledger, path):
    async def script(pilot):
        await pilot.press("/", *"half")
        await pilot.pause()
        assert keys_of(pilot.app._shown) == ["half"]
        await pilot.press("q")  # a letter of the filter, not the key that quits
        await pilot.pause()
        assert pilot.app._shown == []
        await pilot.press("escape")
        await pilot.pause()
        assert len(pilot.app._shown) == 5
        await pilot.press("s")
        await pilot.pause()
        assert "[by age]" in shown(pilot.app)[0]
        await pilot.press("q")

    assert _run(Top(path), script) is None


def test_markup_and_control_characters_in_keys_are_text(path):
    ledger = Ledger(path)
    ledger.accepted(submit(ledger, "[red]\x1b[31m\n[/nothing]"), "standard:1")

    async def script(pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert any("[red] [31m [/nothing]" in line for line in shown(pilot.app))

    _run(Top(path), script)
    ledger.close()


def test_a_ledger_that_breaks_and_comes_back(ledger, path):
    async def script(pilot):
        whole = glance.entries
        glance.entries = lambda *_args, **_kwargs: (_ for _ in ()).throw(LedgerError("it is gone"))
        try:
            await pilot.app.look()
            await pilot.pause()
            assert shown(pilot.app)[0].startswith(" it is gone")
            assert len(pilot.app._shown) == 5
        finally:
            glance.entries = whole
        await pilot.app.look()
        await pilot.pause()
        assert shown(pilot.app)[0].startswith(" 5 submissions")

    _run(Top(path), script)


def test_what_another_process_records_is_seen_and_its_death_too(path):
    writer, dying = _writer(path, "first"), _writer(path, "second")

    async def script(pilot):
        await pilot.app.look()
        assert [row.state for row in pilot.app._shown] == ["wire", "wire"]
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "accepted\n"
        dying.kill()
        dying.wait()
        await pilot.app.look()
        told = [(row.name, row.state, row.percent) for row in pilot.app._shown]
        assert told == [("submission:2", "unknown", None), ("standard:77", "InProgress", 40.0)]

    try:
        _run(Top(path), script)
    finally:
        for process in (writer, dying):
            process.communicate()


def _writer(path, key):
    """A process that has a submission on the wire, until it is told to go on."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), SERVER, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout.readline() == "on the wire\n"
    return writer


def test_asking_brings_what_the_service_says(emulator, path):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=path) as workflows:
        job = workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id }", key="asked")
        with Asking(workflows, path) as asking:
            deadline = time.monotonic() + 20
            while glance.entries(path)[0].job_state != "Success" and time.monotonic() < deadline:
                time.sleep(0.02)
        assert asking.trouble == ""
    entry = glance.entries(path)[0]
    assert (entry.job, entry.job_state, entry.completed_at is not None) == (str(job.reference), "Success", True)


def test_without_a_terminal_it_is_told(ttdw):
    outcome = ttdw("top")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.told["next"] == "For a program, or in a log: ttdw jobs --json"


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda _pid, terminal: os.write(terminal, b"q"), 0),
        (lambda _pid, terminal: os.write(terminal, b"\x03"), 0),
        (lambda pid, _terminal: os.kill(pid, signal.SIGTERM), 143),
    ],
    ids=["q", "Ctrl-C", "SIGTERM"],
)
def test_it_ends_and_leaves_the_terminal_as_it_was(environment, ledger, path, end, code):
    variables = {"WORKFLOWS_LEDGER": str(path), "TERM": "xterm-256color", "LINES": "24", "NO_COLOR": "1"}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(sys.executable, [sys.executable, "-m", "ttd_workflows", "top"], {**environment, **variables})
    drawn = b""
    try:
        while b"tonight/refused" not in drawn:
            drawn += os.read(terminal, 10_000)
        end(pid, terminal)
        while piece := os.read(terminal, 10_000):
            drawn += piece
    except OSError:  # how a terminal tells that nobody writes to it any more
        pass
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code, drawn[-2000:]
    assert drawn.rfind(b"\x1b[?1049l") > drawn.rfind(b"\x1b[?1049h") > -1  # the other screen was left
    assert drawn.rfind(b"\x1b[?25h") > drawn.rfind(b"\x1b[?25l")  # the cursor is back
    assert b"\x1b[31m" not in drawn  # NO_COLOR
