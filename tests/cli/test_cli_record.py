"""The ways back from the record, as they are typed: what came to nothing, what nobody knows, another profile."""

from __future__ import annotations

import json

import pytest

from ttd_workflows.core.secrets import Secret
from ttd_workflows.emulator import Emulator
from ttd_workflows.profiles import shelf
from ttd_workflows.profiles.profile import Profile

WITHIN_THIS_PROCESS = True
THIRD_PARTY = ("submit", "third-party", "--shape", "nodes { id name }", "--key")


@pytest.fixture
def losing():
    """An emulator that carries out what starts a job, and loses the first answer."""
    with Emulator(job_seconds=0.05) as running:
        for operation in ("get_third_party_data_job", "create_campaigns_job"):
            running.faults.add(operation, accept_then_drop=True, times=1)
        yield running


@pytest.fixture
def own(tmp_path):
    """The variables that lead to an emulator, with a record of the test's own."""

    def variables(emulator):
        ledger = str(tmp_path / "ledger.sqlite3")
        return {"WORKFLOWS_SERVER_URL": emulator.url, "WORKFLOWS_TTD_AUTH": emulator.token, "WORKFLOWS_LEDGER": ledger}

    return variables


def test_a_key_that_came_to_nothing_says_why_and_what_to_do(ttdw, emulator, own):
    around = own(emulator)
    assert ttdw(*THIRD_PARTY, "night", "--partner", "nope", **around).code == 1
    outcome = ttdw("wait", "night", **around)
    assert (outcome.code, outcome.told["error"]) == (1, "What was submitted under that key became no job.")
    assert outcome.told["why"].endswith("There is no partner 'nope', or the token may not see it.")
    assert outcome.told["next"].endswith(" resubmit night")
    assert ttdw(*THIRD_PARTY, "night", "--partner", "p1", **around).code == 0


def test_what_only_reads_and_is_unknown_is_sent_again_without_asking(ttdw, losing, own):
    around = own(losing)
    lost = ttdw(*THIRD_PARTY, "night", "--partner", "p1", **around)
    assert lost.code == 6
    assert " resubmit night" in lost.told["next"]
    assert json.loads(ttdw("jobs", "--state", "unknown", "--json", **around).out)[0]["key"] == "night"
    for waiting in ("wait", "rows", "status"):
        assert ttdw(waiting, "night", **around).code == 6
    again = ttdw("resubmit", "night", "--json", **around)
    assert (again.code, json.loads(again.out)["key"]) == (0, "night")
    assert ttdw("wait", "night", "--poll", "0.05", "--quiet", **around).code == 0


def test_what_creates_and_is_unknown_is_sent_again_on_a_word_only(ttdw, losing, own, tmp_path):
    around, sheet = own(losing), tmp_path / "campaigns.csv"
    sheet.write_text("Advertiser ID,Name,Primary channel,primaryGoal.maximizeReach\nadv0001,Spring,Video,true\n")
    create = ("submit", "create-campaigns", str(sheet), "--yes", "--key", "spring")
    lost = ttdw(*create, **around)
    assert lost.code == 6
    assert "1  unknown" in lost.out
    unasked = ttdw("resubmit", "spring", **around)
    assert (unasked.code, "--yes" in unasked.told["next"]) == (2, True)
    assert ttdw(*create, **around).code == 6
    assert ttdw("resubmit", "submission:1", "--yes", **around).code == 0
    home = ttdw(*create, "--poll", "0.05", **around)
    assert (home.code, "1  created" in home.out) == (0, True)


def test_the_way_back_names_the_profile_and_the_server(ttdw, emulator, own, tmp_path, monkeypatch):
    around = {**own(emulator), "WORKFLOWS_TTD_AUTH": "", "WORKFLOWS_SERVER_URL": ""}
    around["WORKFLOWS_PROFILES"] = str(tmp_path / "profiles")
    monkeypatch.setenv("WORKFLOWS_PROFILES", around["WORKFLOWS_PROFILES"])
    shelf.save(Profile("acme", emulator.url, "file"), Secret(emulator.token))
    given = ("--profile", "acme", "--server-url", emulator.url, "--edition", "0.13.2")
    late = ttdw("wait", "412652", "--timeout", "0", "--quiet", *given, **around)
    assert late.code == 75
    assert late.told["next"].endswith(f"wait standard:412652 --timeout 0 {' '.join(given)}")
