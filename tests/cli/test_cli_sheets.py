"""``ttdw submit create-ad-groups`` and its sisters: what is shown, asked, refused, sent and written back."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from support.emulators import received
from ttd_workflows.emulator import Emulator

COMMAND = (sys.executable, "-m", "ttd_workflows")
HEADINGS = "campaignId,name,channel,funnelLocation,budgetInAdvertiserCurrency\n"
ON_ITS_TERMINAL = """
import os, sys
os.setsid()
os.close(os.open(os.ttyname(0), os.O_RDWR))  # it becomes the session's terminal, whose Ctrl-C arrives
os.execv(sys.argv[1], sys.argv[1:])
"""
WITHIN_THIS_PROCESS = True
JOB = "ad_group.create_ad_groups_job"


@pytest.fixture(scope="module")
def emulator():
    """One whose jobs have ended when they are first asked about."""
    with Emulator(job_seconds=0) as running:
        yield running


@pytest.fixture
def around(emulator, tmp_path):
    """The variables that lead a command to the emulator, with a ledger of the test's own."""
    return {
        "WORKFLOWS_SERVER_URL": emulator.url,
        "WORKFLOWS_TTD_AUTH": emulator.token,
        "WORKFLOWS_LEDGER": str(tmp_path / "ledger.sqlite3"),
    }


@pytest.fixture
def sheet(tmp_path):
    """Write a sheet of ad groups; each name is that of a row."""

    def write(*names, campaign="0391336", budget="10.50", channel="Display"):
        path = tmp_path / "ad-groups.csv"
        rows = (f"{campaign},{name},{channel},Awareness,{budget}\n" for name in names)
        path.write_text(HEADINGS + "".join(rows), "utf-8")
        return str(path)

    return write


def rows_of(path):
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def copy_of(path, number=""):
    return path.replace(".csv", f".outcome{number}.csv")


def test_rows_are_created_and_the_copy_says_so(ttdw, around, sheet, emulator):
    path = sheet("Success a", "Success b")
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", **around)
    assert (outcome.code, outcome.out) == (0, f"      2  created\nEach row with its outcome: {copy_of(path)}\n")
    assert "To do:   create 2 ad groups at http://127.0.0.1" in outcome.err
    assert "Budgets: 21.00 in all, each in its advertiser's currency (primaryInput.budget)" in outcome.err
    assert "Row 2:   campaignId: 0391336, name: Success a" in outcome.err
    copy = rows_of(copy_of(path))
    assert [(row["name"], row["outcome"], row["error"]) for row in copy] == [
        ("Success a", "created", ""),
        ("Success b", "created", ""),
    ]
    assert all(emulator.world.ad_groups[row["id"]].primary["name"] == row["name"] for row in copy)


def test_the_document_says_all(ttdw, around, sheet):
    path = sheet("Document a", "Document b")
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", "--json", "--batch-size", "1", **around)
    told = json.loads(outcome.out)
    assert outcome.code == 0
    assert told["operation"] == "create_ad_groups"
    assert told["key"].startswith("sheet/create_ad_groups/")
    assert len(told["jobs"]) == 2
    assert told["copy"] == copy_of(path)
    assert told["counts"] == {"created": 2}
    assert [(row["row"], row["outcome"], row["error"]) for row in told["rows"]] == [
        (2, "created", None),
        (3, "created", None),
    ]


def test_run_again_nothing_is_sent_and_the_same_is_told(ttdw, around, sheet, emulator):
    path = sheet("Again a", "Again b")
    first = ttdw("submit", "create-ad-groups", path, "--yes", **around)
    sent, copy = received(emulator, JOB), rows_of(copy_of(path))
    renamed = str(Path(path).rename(path.replace("ad-groups", "renamed")))
    again = ttdw("submit", "create-ad-groups", renamed, **around)  # no --yes: there is nothing to allow
    assert (again.code, again.out) == (0, first.out.replace("ad-groups", "renamed"))
    assert "nothing is sent, its outcome is looked at" in again.err
    assert received(emulator, JOB) == sent
    assert rows_of(copy_of(renamed)) == copy


def test_a_wrong_row_keeps_all_from_being_sent(ttdw, around, sheet, emulator):
    path, sent = sheet("Wrong a", "Wrong b", budget="1 234.50"), received(emulator, JOB)
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", **around)
    assert outcome.code == 2
    told = outcome.err.splitlines()
    assert told[0].startswith("row 2, column E (budgetInAdvertiserCurrency): '1 234.50' is not a number in plain form")
    assert told[2] == "error: Nothing was sent: there are rows that are wrong."
    assert told[4] == "next:  Mend them, or leave them out with --skip-invalid."
    assert received(emulator, JOB) == sent
    assert [row["outcome"] for row in rows_of(copy_of(path))] == ["refused locally", "refused locally"]


def test_a_mended_copy_sends_only_what_failed(ttdw, around, sheet, emulator):
    path = sheet("Mended a", "Mended b")
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("zzzzzzz,Mended c,Display,Awareness,\n0391336,Mended d,Displai,Awareness,\n")
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", "--skip-invalid", **around)
    assert outcome.code == 3
    before = rows_of(copy_of(path))
    assert [row["outcome"] for row in before] == ["created", "created", "refused by the service", "refused locally"]

    copy = Path(copy_of(path))
    copy.write_text(copy.read_text("utf-8").replace("zzzzzzz", "0391336").replace("Displai,", "Display,", 1), "utf-8")
    outcome = ttdw("submit", "create-ad-groups", copy_of(path), "--yes", **around)
    assert outcome.code == 0, outcome.err
    assert "create 2 ad groups" in outcome.err
    after = rows_of(copy_of(path, "-2"))
    assert [row["outcome"] for row in after] == ["created"] * 4
    assert [row["id"] for row in after[:2]] == [row["id"] for row in before[:2]]
    names = [group.primary["name"] for group in emulator.world.ad_groups.values()]
    assert sorted(name for name in names if name.startswith("Mended")) == [f"Mended {one}" for one in "abcd"]


def test_rows_that_were_sent_before_are_not_sent_under_another_key(ttdw, around, sheet, emulator):
    path = sheet("Before a")
    ttdw("submit", "create-ad-groups", path, "--yes", **around)
    sheet("Before a", "Before b")
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", **around)
    assert outcome.code == 2
    assert "1 of these rows submitted before, row 2 by standard:" in outcome.err
    assert sum(group.primary["name"] == "Before a" for group in emulator.world.ad_groups.values()) == 1
    assert ttdw("submit", "create-ad-groups", path, "--yes", "--again", **around).code == 0
    assert sum(group.primary["name"] == "Before a" for group in emulator.world.ad_groups.values()) == 2


def test_what_an_earlier_copy_knows_is_not_overwritten(ttdw, around, sheet):
    path = sheet("Kept a")
    ttdw("submit", "create-ad-groups", path, "--yes", **around)
    outcome = ttdw("submit", "create-ad-groups", path, "--validate-only", **around)
    assert outcome.out.endswith(f"Each row with its outcome: {copy_of(path, '-2')}\n")
    assert rows_of(copy_of(path))[0]["outcome"] == "created"
    assert rows_of(copy_of(path, "-2"))[0]["outcome"] == "valid"


def test_the_service_checks_and_creates_nothing(ttdw, around, sheet, emulator):
    there = len(emulator.world.ad_groups)
    outcome = ttdw("submit", "create-ad-groups", sheet("Checked a"), "--validate-only", **around)
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, "      1  valid")
    assert len(emulator.world.ad_groups) == there


def test_all_rows_refused_is_a_failure(ttdw, around, sheet):
    path = sheet("Failed a", "Failed b", campaign="zzzzzzz")
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", **around)
    assert (outcome.code, outcome.out.splitlines()[0]) == (4, "      2  refused by the service")
    assert outcome.err.splitlines()[-2:] == [
        f"row {number}: campaignId: There is no campaign 'zzzzzzz', or the token may not see it." for number in (2, 3)
    ]


@pytest.mark.parametrize(
    ("options", "variables", "why"),
    [
        (["--max-creates", "1"], {}, "2 ad groups, and the ceiling is 1 (--max-creates 2)"),
        ([], {"WORKFLOWS_MAX_CREATES": "1"}, "2 ad groups, and the ceiling is 1 (--max-creates 2)"),
        (["--max-budget", "20.99"], {}, "budgets of 21.00, and the ceiling is 20.99 (--max-budget 21.0)"),
        ([], {"WORKFLOWS_MAX_BUDGET": "20"}, "budgets of 21.00, and the ceiling is 20.00 (--max-budget 21.0)"),
    ],
)
def test_a_ceiling_is_not_passed_where_nobody_can_be_asked(ttdw, around, sheet, emulator, options, variables, why):
    sent = received(emulator, JOB)
    outcome = ttdw("submit", "create-ad-groups", sheet("High a", "High b"), "--yes", *options, **around, **variables)
    assert outcome.code == 2
    assert f"why:   {why}" in outcome.err.splitlines()
    assert received(emulator, JOB) == sent


def test_without_yes_nothing_is_sent_where_nobody_can_be_asked(ttdw, around, sheet, emulator):
    sent = received(emulator, JOB)
    outcome = ttdw("submit", "create-ad-groups", sheet("Unasked"), **around)
    assert outcome.code == 2
    assert "error: Nothing was done, as there is no terminal to ask at." in outcome.err
    assert received(emulator, JOB) == sent


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1), (b"\x04", 1), (b"\x03", 130)])
def test_on_a_terminal_it_asks(environment, around, sheet, emulator, answer, code):
    sent, path, (ours, theirs) = received(emulator, JOB), sheet(f"Asked {answer!r}"), pty.openpty()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            ON_ITS_TERMINAL,
            *COMMAND,
            "submit",
            "create-ad-groups",
            path,
            "--max-creates",
            "0",
            "--yes",
        ],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**environment, **around},
    )
    os.close(theirs)
    said = _said_until(ours, b"Create 1 ad group? [y/N] ")
    assert b"Careful: 1 ad group, and the ceiling is 0 (--max-creates 1)" in said
    os.write(ours, answer)
    rest = _said_until(ours, None)
    assert process.wait(30) == code, (said + rest).decode()
    assert received(emulator, JOB) == sent + (code == 0)


def _said_until(terminal, wanted):
    said = b""
    while wanted is None or wanted not in said:
        try:
            said += os.read(terminal, 4096)
        except OSError:  # nobody has the other side open any more
            break
    return said


def test_interrupted_while_waiting_it_tells_how_to_come_back(environment, around, sheet, emulator, tmp_path):
    with Emulator(job_seconds=3600) as slow:
        process = subprocess.Popen(
            [*COMMAND, "submit", "create-ad-groups", path := sheet("Interrupted"), "--yes"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**environment, **around, "WORKFLOWS_SERVER_URL": slow.url},
        )
        while not received(slow, JOB):
            time.sleep(0.02)
        said = ""
        while "InProgress" not in said:
            said += process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=30)[1]
        assert process.returncode == 130
        assert f"submit create-ad-groups {path} --yes" in said

        late = subprocess.run(
            [*COMMAND, "submit", "create-ad-groups", path, "--yes", "--timeout", "0s"],
            capture_output=True,
            text=True,
            check=False,
            env={**environment, **around, "WORKFLOWS_SERVER_URL": slow.url},
        )
        assert late.returncode == 75
        assert rows_of(copy_of(path))[0]["outcome"] == "submitted"
        assert received(slow, JOB) == 1


def test_a_submitted_row_of_a_copy_is_not_sent_again(ttdw, around, sheet):
    path = sheet("Open")
    ttdw("submit", "create-ad-groups", path, "--yes", "--no-wait", **around)
    assert rows_of(copy_of(path))[0]["outcome"] == "submitted"
    outcome = ttdw("submit", "create-ad-groups", copy_of(path), "--yes", **around)
    assert outcome.code == 2
    assert "submitted: look whether it was created; then write 'created' here, or empty the cell" in outcome.err


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("ad-groups.csv", "is the sheet itself"),
        ("copy.xlsx", "its name ends in .csv, too"),
        ("nowhere/copy.csv", "is not there, or cannot be written to"),
    ],
)
def test_a_copy_that_cannot_be_written_is_refused_before_anything_is_sent(
    ttdw, around, sheet, emulator, tmp_path, place, why
):
    sent = received(emulator, JOB)
    outcome = ttdw("submit", "create-ad-groups", sheet("Copy"), "--yes", "--annotated", str(tmp_path / place), **around)
    assert outcome.code == 2
    assert why in outcome.told["why"]
    assert received(emulator, JOB) == sent


def test_headings_that_mean_nothing_are_refused(ttdw, around, tmp_path):
    (tmp_path / "sheet.csv").write_text("campaingId,name\n1,2\n")
    outcome = ttdw("submit", "create-ad-groups", str(tmp_path / "sheet.csv"), "--yes", **around)
    assert outcome.code == 2
    assert "column A (campaingId): there is no member 'campaingId'; did you mean campaignId?" in outcome.told["why"]


def test_no_service_there_leaves_no_copy(ttdw, around, sheet):
    path = sheet("Nobody")
    elsewhere = {**around, "WORKFLOWS_SERVER_URL": "http://127.0.0.1:9"}
    outcome = ttdw("submit", "create-ad-groups", path, "--yes", "-q", **elsewhere)
    assert outcome.code == 1
    assert outcome.told["error"] == "The service could not be reached; nothing was sent."
    assert not Path(copy_of(path)).exists()


@pytest.mark.parametrize(
    ("name", "headings", "row", "word"),
    [
        (
            "create-campaigns",
            ["advertiserId", "primaryInput.name", "primaryChannel", "primaryGoal.maximizeReach", "startDateInUtc"],
            ["0012345", "From a workbook", "Video", True, "2026-12-01"],
            "created",
        ),
        ("update-campaigns", ["id", "name", "description"], ["0391336", "New name", "null"], "updated"),
    ],
)
def test_workbooks_of_campaigns(ttdw, around, emulator, tmp_path, name, headings, row, word):
    workbook = openpyxl.Workbook()
    workbook.active.append(headings)
    workbook.active.append(row)
    workbook.create_sheet("Notes")["A1"] = "=1+1"
    workbook.active.title = "Campaigns"
    workbook.save(tmp_path / "sheet.xlsx")
    arguments = ("submit", name, str(tmp_path / "sheet.xlsx"), "--yes")
    assert "several worksheets, 'Campaigns', 'Notes'" in ttdw(*arguments, **around).told["why"]
    outcome = ttdw(*arguments, "--sheet", "Campaigns", **around)
    assert outcome.code == 0, outcome.err
    copy = openpyxl.load_workbook(tmp_path / "sheet.outcome.xlsx")
    assert copy.sheetnames == ["Campaigns", "Notes"]
    told = dict(zip(*copy["Campaigns"].values, strict=True))
    assert told["outcome"] == word
    campaign = emulator.world.campaigns[told["id"]]
    assert campaign.primary["name"] == told.get("name", "From a workbook")


def test_an_update_is_sent_once_and_null_clears(ttdw, around, emulator, tmp_path):
    group = next(group for group in emulator.world.ad_groups.values() if not group.is_archived)
    (tmp_path / "groups.jsonl").write_text(
        json.dumps({"id": group.id, "name": group.primary["name"], "description": None}) + "\n"
    )
    outcome = ttdw("submit", "update-ad-groups", str(tmp_path / "groups.jsonl"), "--yes", **around)
    assert outcome.code == 0, outcome.err
    (line,) = (tmp_path / "groups.outcome.jsonl").read_text().splitlines()
    assert json.loads(line)["outcome"] == "updated"
    assert emulator.world.ad_groups[group.id].primary["description"] is None
