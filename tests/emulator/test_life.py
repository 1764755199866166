"""Where a job stands is a function of the job and the clock, and of nothing else."""

from dataclasses import replace

import pytest

from ttd_workflows.emulator.clock import Clock, timestamp
from ttd_workflows.emulator.jobs.life import standing
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world.beginning import ENDLESS
from ttd_workflows.emulator.world.world import Job, Outcome

START, DAY = 1_000.0, 86_400.0


def job(status="Success", kind="standard", seconds=10.0):
    outcome = None if status is None else Outcome(status)
    return Job(kind, 1, "get_third_party_data_job", {}, START, seconds, outcome)


def at(after, job, **settings):
    return standing(job, START + after, Settings(**settings))


def test_a_standard_job_is_never_queued():
    assert [at(t, job(None)).status for t in (0, 0.5, 5, 9.99)] == ["InProgress"] * 4


def test_a_graphql_job_is_queued_first():
    told = [at(t, job(kind="graphql")).status for t in (0, 0.9, 1.1, 9.9, 10)]
    assert told == ["Queued", "Queued", "InProgress", "InProgress", "Success"]


@pytest.mark.parametrize("kind", ["standard", "graphql"])
@pytest.mark.parametrize("status", ["Success", "PartialSuccess", "Failure"])
def test_the_percentage_only_grows_and_100_means_done(kind, status):
    told = [at(t / 10, job(status, kind)) for t in range(150)]
    percentages = [one.percentage for one in told]
    assert percentages == sorted(percentages)
    assert percentages[0] == 0
    assert len(set(percentages)) > 50
    assert all((one.percentage == 100) == (one.status in {"Success", "PartialSuccess"}) for one in told)


@pytest.mark.parametrize("status", ["Success", "PartialSuccess", "Failure"])
def test_completion_is_told_at_the_end_and_stays(status):
    assert at(9.999, job(status)).completed_at is None
    assert {at(t, job(status)).completed_at for t in (10, 500, 2 * DAY)} == {START + 10}
    assert at(10, job(status)).status == status
    assert at(10, job(status)).has_result == (status != "Failure")


def test_results_expire_a_day_after_completion():
    done = job()
    before, after = at(10 + DAY - 0.001, done), at(10 + DAY, done)
    assert (before.status, before.has_result) == ("Success", True)
    assert (after.status, after.has_result, after.percentage) == ("ResultsExpired", False, 100)
    assert at(10 + DAY, done, expired_status="kept").status == "Success"
    assert at(10 + DAY, done, results_lifetime=2 * DAY).has_result


def test_a_graphql_job_has_no_word_for_expiry():
    told = at(10 + DAY, job(kind="graphql"))
    assert (told.status, told.has_result) == ("Success", False)


def test_a_failure_does_not_expire():
    assert at(10 + 9 * DAY, job("Failure")).status == "Failure"


def test_some_jobs_never_end():
    endless = replace(job(None, seconds=None), plan=ENDLESS)
    assert {(at(t, endless).status, at(t, endless).percentage) for t in (0, 10, 99 * DAY)} == {("InProgress", 42.0)}


def test_percentages_can_be_null():
    assert at(0, job(None), percentage_at_start=None).percentage is None
    assert at(5, job(None), percentage_at_start=None).percentage == 50
    assert at(10, job("Failure"), percentage_of_failure=None).percentage is None


def test_the_clock_follows_real_time_and_moves_forward():
    real = 50.0
    clock = Clock(real=lambda: real)
    assert clock.now() == 50
    assert clock.advance(100) == 150
    real = 60.0
    assert clock.now() == 160
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="forward"):
            clock.advance(wrong)
    assert clock.now() == 160


def test_times_are_written_in_utc():
    assert timestamp(0) == "1970-01-01T00:00:00.000000Z"
