"""Tests that a user may have, many of the same kind: with ``-n 4`` each worker runs some of them side by side."""

import asyncio
import json

import pytest
from nightly import create, pull

from ttd_workflows.errors import JobFailed, OutcomeUnknown, RateLimited

ROUNDS = range(8)


def springs(emulator):
    return [made for made, campaign in emulator.world.campaigns.items() if campaign.primary["name"] == "Spring"]


def test_the_pull_leaves_a_file(emulator, tmp_path):
    pull(tmp_path / "segments.json")
    assert len(json.loads((tmp_path / "segments.json").read_text())["data"]["partner"]["thirdPartyData"]["nodes"]) == 20


@pytest.mark.parametrize("_", ROUNDS)
def test_every_test_begins_with_the_same_world(emulator, workflows, _):
    begin = set(emulator.world.campaigns)
    assert springs(emulator) == []
    made = create(workflows, "Spring")
    assert set(emulator.world.campaigns) - begin == {made}
    assert springs(emulator) == [made]
    assert len(emulator.journal.requests("campaign.create")) == 1


@pytest.mark.parametrize("_", ROUNDS)
@pytest.mark.faults("get_job_status", status=503, times=2)
def test_faults_are_of_one_test(emulator, workflows, _):
    assert workflows.job_status.get_job_status(id=412651).status == "Success"
    assert [entry.status for entry in emulator.journal] == [503, 503, 200]


@pytest.mark.parametrize("_", ROUNDS)
def test_without_them_nothing_goes_wrong(emulator, workflows, _):
    workflows.job_status.get_job_status(id=412651)
    assert [entry.status for entry in emulator.journal] == [200]
    assert emulator.clock.ahead == 0
    emulator.clock.advance(3600)


@pytest.mark.faults("campaign.create", accept_then_drop=True)
def test_a_lost_answer_is_not_asked_for_again(emulator, workflows):
    with pytest.raises(OutcomeUnknown):
        create(workflows, "Spring")
    assert len(springs(emulator)) == 1
    assert emulator.journal.duplicates() == []


@pytest.mark.job_plan(outcome="Failure", errors=["no such partner"])
def test_a_job_that_fails(workflows):
    with pytest.raises(JobFailed, match="no such partner"):
        workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id }").wait()


@pytest.mark.emulator(job_seconds=3600, seed=7)
def test_a_job_that_takes_an_hour(emulator, workflows):
    job = workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id }")
    assert workflows.job_status.get_job_status(id=job.id).status == "InProgress"
    emulator.clock.advance(3600)
    assert job.wait()


@pytest.mark.faults("get_job_status", status=429)
def test_the_awaited_form(workflows):
    async def ask():
        async with workflows:
            await workflows.job_status.get_job_status_async(id=412651, retries=None)

    with pytest.raises(RateLimited):
        asyncio.run(ask())


def test_nothing_of_the_emulator_is_needed_here(tmp_path):
    assert list(tmp_path.iterdir()) == []
