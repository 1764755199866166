"""A token bucket for each token and operation, filled by the emulator's clock."""

import pytest

from ttd_workflows import Workflows, errors
from ttd_workflows.emulator import Emulator, Settings

STATUS = "/standardjob/412651/status"


@pytest.fixture
def call(own):
    """A caller whose emulator's clock stands still."""
    call = own()
    call.emulator.clock.freeze()
    return call


def statuses(call, n, path=STATUS):
    return [call("GET", path).status for _ in range(n)]


def test_none_is_there_unless_it_is_wanted(call):
    assert statuses(call, 50) == [200] * 50


def test_a_burst_then_so_many_a_minute(call):
    call.emulator.faults.add("get_job_status", rate_limit=6, burst=3)
    assert statuses(call, 5) == [200, 200, 200, 429, 429]
    call.emulator.clock.advance(9.9)
    assert statuses(call, 1) == [429]
    call.emulator.clock.advance(0.2)
    assert statuses(call, 2) == [200, 429]
    call.emulator.clock.advance(3600)
    assert statuses(call, 4) == [200, 200, 200, 429]


def test_the_answer_is_the_gateways_and_tells_how_long_to_wait(call):
    rule = call.emulator.faults.add("get_job_status", rate_limit=6, burst=1)
    statuses(call, 1)
    refused = call("GET", STATUS)
    assert (refused.status, refused.json) == (429, {"message": "API rate limit exceeded"})
    assert refused.headers["Retry-After"] == "10"
    call.emulator.clock.advance(6)
    assert call("GET", STATUS).headers["Retry-After"] == "4"
    call.emulator.clock.advance(4)
    assert statuses(call, 1) == [200]
    assert rule.hits == 2


def test_it_may_be_silent_and_speak_otherwise(call):
    call.emulator.faults.add(
        "get_job_status", rate_limit=1, burst=1, tell_wait=False, body={"Message": "Too Many Requests"}
    )
    statuses(call, 1)
    refused = call("GET", STATUS)
    assert (refused.headers["Retry-After"], refused.json) == (None, {"Message": "Too Many Requests"})


def test_without_a_burst_a_minutes_worth_may_come_at_once(call):
    call.emulator.faults.add("get_job_status", rate_limit=5)
    assert statuses(call, 6) == [200] * 5 + [429]
    call.emulator.faults.clear()
    call.emulator.faults.add("get_job_status", rate_limit=0.5)
    assert statuses(call, 2) == [200, 429]


def test_each_operation_and_each_token_has_a_bucket_of_its_own(call):
    call.emulator.faults.add("*", rate_limit=1, burst=1)
    assert statuses(call, 2) == [200, 429]
    assert statuses(call, 2, "/campaign/abc1234/version")[1] == 429
    assert [call("GET", STATUS, TTD_Auth=f"other-{n}").status for n in (1, 2, 2)] == [401, 401, 429]


def test_one_that_lets_pass_lets_the_next_rule_have_its_turn(call):
    call.emulator.faults.add("get_job_status", rate_limit=1, burst=1)
    call.emulator.faults.add("get_job_status", status=500)
    assert statuses(call, 3) == [500, 429, 429]


def test_tokens_nobody_has_heard_of_do_not_pile_up(call):
    rule = call.emulator.faults.add("get_job_status", rate_limit=1)
    limit = rule.effects[0]
    limit._buckets.update({(str(n), "x"): (0.0, 0.0) for n in range(limit._MOST_BUCKETS)})
    statuses(call, 1)
    assert len(limit._buckets) == limit._MOST_BUCKETS


def test_our_client_waits_as_told_and_submits_once(tmp_path):
    with Emulator(settings=Settings(job_seconds=0.01)) as emulator:
        emulator.faults.add("get_third_party_data_job", rate_limit=60, burst=1)
        before = len(emulator.world.jobs["standard"])
        with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=tmp_path / "ledger") as workflows:
            for partner in ("p1", "p2"):
                workflows.jobs.third_party_data(partner_id=partner)
            with pytest.raises(errors.RateLimited):
                workflows.dmp.get_third_party_data_job(request={"partner_id": "p1"}, retries=None)
        assert [entry.status for entry in emulator.journal] == [202, 429, 202, 429]
        assert len(emulator.world.jobs["standard"]) == before + 2
