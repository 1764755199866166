"""The ways back from the record: found by key, sent again, forgotten."""

from __future__ import annotations

import pytest

from ttd_workflows import Workflows, errors
from ttd_workflows.emulator import Emulator
from ttd_workflows.jobs.pace import Polling

FAST = Polling(floor=0.05)


@pytest.fixture(scope="module")
def emulator():
    with Emulator(job_seconds=0.05) as running:
        yield running


@pytest.fixture
def workflows(emulator, tmp_path):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=tmp_path / "ledger.sqlite3") as client:
        yield client


def _campaign(name):
    goal = {"maximize_reach": True}
    return {
        "primary_input": {"advertiser_id": "adv0001", "name": name, "primary_channel": "Video", "primary_goal": goal}
    }


def test_a_key_gives_its_job_and_sends_nothing(workflows):
    job = workflows.jobs.third_party_data(partner_id="p1", key="night")
    (found,) = workflows.jobs.find("night")
    assert (found.reference, found.key, found.payload) == (job.reference, "night", None)


def test_the_key_of_a_split_submission_gives_every_part_in_order(workflows):
    job = workflows.jobs.create_campaigns([_campaign(str(n)) for n in range(3)], key="three", per_job=1)
    workflows.jobs.third_party_data(partner_id="p1", key="three#x")
    assert [part.reference for part in workflows.jobs.find("three")] == [part.reference for part in job.parts]


@pytest.mark.parametrize("key", ["nothing", "%", "", "night#2"])
def test_a_key_of_nothing(workflows, key):
    workflows.jobs.third_party_data(partner_id="p1", key="night")
    with pytest.raises(errors.InputError, match="nothing was submitted under the key"):
        workflows.jobs.find(key)


def test_a_forgotten_key_is_free_and_its_job_goes_on(workflows):
    first = workflows.jobs.third_party_data(partner_id="p1", key="night")
    assert workflows.jobs.forget(workflows.jobs.entries()) == 1
    assert workflows.jobs.entries() == []
    second = workflows.jobs.third_party_data(partner_id="p1", key="night")
    assert second.reference != first.reference
    assert workflows.jobs.get(first.id).wait(timeout=20, poll=FAST).job.last.state == "Success"


def test_a_failed_job_is_sent_again_as_the_next_attempt(workflows):
    with pytest.raises(errors.JobFailed):
        workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes {", key="bad").wait(timeout=20, poll=FAST)
    (entry,) = workflows.jobs.entries()
    again = workflows.jobs.resubmit(entry)
    assert [(e.attempt, e.job) for e in workflows.jobs.entries()] == [(2, str(again.reference)), (1, entry.job)]
    assert workflows.jobs.find("bad")[0].reference == again.reference


def test_a_job_that_has_not_failed_is_not_sent_again(workflows):
    workflows.jobs.third_party_data(partner_id="p1", key="good").wait(timeout=20, poll=FAST)
    with pytest.raises(errors.InputError, match="has not failed"):
        workflows.jobs.resubmit(workflows.jobs.entries()[0])


def test_a_submission_to_another_server_is_refused(workflows, emulator, tmp_path):
    workflows.jobs.third_party_data(partner_id="p1", key="night")
    (entry,) = workflows.jobs.entries()
    with (
        Workflows(ttd_auth="x", server_url="http://127.0.0.1:1/x", ledger=tmp_path / "ledger.sqlite3") as other,
        pytest.raises(errors.InputError, match="this client asks"),
    ):
        other.jobs.resubmit(entry)
