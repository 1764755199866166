"""A sheet of 500 rows, 23 of them bad, whose command is killed with SIGKILL: run again, nothing is created twice."""

import csv
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sheets_dying import INSTANTS, ON_THE_WIRE

from ttd_workflows.emulator import Emulator

SCRIPT = Path(__file__).parent / "sheets_dying.py"
ROWS, WRONG, REFUSED = 500, 12, 11
CREATED = ROWS - WRONG - REFUSED
HEADINGS = ["campaignId", "name", "channel", "funnelLocation", "budget.budgetInAdvertiserCurrency"]
FAULTS = (
    {"channel": "Displai"},
    {"budget.budgetInAdvertiserCurrency": "1.234,50"},
    {"funnelLocation": ""},
    {"campaignId": "391336"},
)
BATCHES = ("--batch-size", "100", "--poll", "0.05")


@pytest.fixture
def service():
    """An emulator of its own: the test counts what is in it."""
    with Emulator(job_seconds=0) as emulator:
        yield emulator


@pytest.fixture
def around(environment, service, tmp_path):
    """The environment of a command that creates at that service, with a ledger of its own."""
    return {
        **environment,
        "WORKFLOWS_SERVER_URL": service.url,
        "WORKFLOWS_TTD_AUTH": service.token,
        "WORKFLOWS_LEDGER": str(tmp_path / "ledger.sqlite3"),
    }


@pytest.fixture
def sheet(tmp_path):
    """500 ad groups: some rows are wrong in themselves, some name a campaign that there is not."""
    bad = random.Random(20261124).sample(range(ROWS), WRONG + REFUSED)
    lines = []
    for number in range(ROWS):
        line = dict(zip(HEADINGS, ("0391336", f"Store {number:03}", "Display", "Awareness", "12.50"), strict=True))
        if number in bad[:WRONG]:
            line |= FAULTS[bad.index(number) % len(FAULTS)]
        elif number in bad:
            line["campaignId"] = "zzzzzzz"
        lines.append(line)
    path = tmp_path / "ad-groups.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(lines)
    return path


def command(sheet):
    return ["submit", "create-ad-groups", str(sheet), "--skip-invalid", "--yes", *BATCHES]


def killed(sheet, around, instant):
    order = json.dumps({"die": instant, "arguments": command(sheet)})
    done = subprocess.run(
        [sys.executable, str(SCRIPT), order], capture_output=True, text=True, check=False, timeout=60, env=around
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def run_again(sheet, around):
    return subprocess.run(
        [sys.executable, "-m", "ttd_workflows", *command(sheet)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
        env=around,
    )


def created_at(service):
    """The ad groups of the sheet that are there, by name, with their ids."""
    groups = list(service.world.ad_groups.values())
    found = [(group.primary["name"], group.id) for group in groups if group.primary["name"].startswith("Store ")]
    assert len(dict(found)) == len(found), "a name was created twice"
    return dict(found)


def copy_of(sheet):
    with sheet.with_name("ad-groups.outcome.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("instant", INSTANTS)
def test_killed_and_run_again_all_is_created_once_and_the_copy_is_right(sheet, around, service, instant):
    original = sheet.read_bytes()
    killed(sheet, around, instant)
    done = run_again(sheet, around)
    assert done.returncode == 3, done.stderr
    there = created_at(service)
    assert len(there) == CREATED == 477

    copy = copy_of(sheet)
    assert sheet.read_bytes() == original
    with sheet.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [{name: line[name] for name in HEADINGS} for line in copy] == lines
    assert Counter(line["outcome"] for line in copy) == {
        "created": CREATED,
        "refused locally": WRONG,
        "refused by the service": REFUSED,
    }
    for line in copy:
        assert line["id"] == there.get(line["name"], "")
        assert (line["outcome"] == "created") == (line["error"] == "")
    refused = {line["error"] for line in copy if line["outcome"] == "refused by the service"}
    assert refused == {"campaignId: There is no campaign 'zzzzzzz', or the token may not see it."}


@pytest.mark.parametrize("instant", ON_THE_WIRE)
def test_killed_on_the_wire_it_is_said_which_rows_are_unknown_and_nothing_is_sent_again(
    sheet, around, service, instant
):
    killed(sheet, around, instant)
    done = run_again(sheet, around)
    assert done.returncode == 6, done.stderr
    copy = copy_of(sheet)
    counts = Counter(line["outcome"] for line in copy)
    assert counts["unknown"] == 100
    assert counts["not sent"] == ROWS - WRONG - 300
    there = created_at(service)
    assert all(line["id"] == there[line["name"]] for line in copy if line["outcome"] == "created")
    # What was created beyond the copy's word is in the batch of which nothing is known.
    unknown = {line["name"] for line in copy if line["outcome"] == "unknown"}
    assert there.keys() - {line["name"] for line in copy if line["outcome"] == "created"} <= unknown
    assert run_again(sheet, around).returncode == 6
    assert created_at(service) == there


def test_two_at_once_create_once(sheet, around, service):
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "ttd_workflows", *command(sheet)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=around,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [3, 3], said
    assert len(created_at(service)) == CREATED
    assert Counter(line["outcome"] for line in copy_of(sheet))["created"] == CREATED
