"""The three lines and the exit code of every error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ttd_workflows import errors
from ttd_workflows.cli import exits
from ttd_workflows.cli.failures import Trouble, explain
from ttd_workflows.core.port import Response
from ttd_workflows.jobs.reference import Reference
from ttd_workflows.jobs.snapshot import Snapshot

KINDS = [kind for name in errors.__all__ if issubclass(kind := getattr(errors, name), errors.WorkflowsError)]
CODES = {
    errors.InputError: 2,
    errors.PartialFailure: 3,
    errors.JobFailed: 4,
    errors.ResultsExpired: 5,
    errors.OutcomeUnknown: 6,
    errors.WaitTimeout: 75,
}
ALL = [*KINDS, Trouble, OSError, ModuleNotFoundError, KeyError]


def _made(kind):
    return kind("what", "why", "next") if kind is Trouble else kind("it went\nwrong")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_has_three_lines(kind):
    lines = str(explain(_made(kind))).splitlines()
    assert [line[:7] for line in lines] == ["error: ", "why:   ", "next:  "]
    assert all(len(line) > 8 for line in lines)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_of_the_service_has_its_exit_code(kind):
    expected = next((code for base, code in CODES.items() if issubclass(kind, base)), exits.ERROR)
    assert explain(kind("x")).code == expected


def test_the_reason_keeps_the_services_words_on_one_line():
    failure = explain(errors.BadRequest("campaign.create: the service answered 400\n  $.name: too long"))
    assert str(failure).splitlines()[1] == "why:   campaign.create: the service answered 400 $.name: too long"


@pytest.mark.parametrize("status", [401, 403, 404, 429])
@pytest.mark.parametrize("kind", [errors.APIError, errors.ProblemDetailsError])
def test_advice_goes_by_the_status_whatever_the_body_was(kind, status):
    assert explain(kind("x", response=Response(status, []))).next != explain(kind("x")).next


def test_an_unknown_outcome_is_never_told_to_be_run_again():
    for kind in (errors.OutcomeUnknown, errors.OutcomeUnknownAfterError, errors.OutcomeUnknownWithoutResponse):
        for status in (401, 404, 429, 503):
            failure = explain(kind("x", response=Response(status, []), retry_after=5))
            assert failure.code == 6
            assert "Do not run it again blindly" in failure.next


def test_a_token_that_is_not_known_leads_to_the_login():
    assert (
        " login, or put it into WORKFLOWS_TTD_AUTH"
        in explain(errors.Unauthorized("x", response=Response(401, []))).next
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((), "standard:7 ended as Failure."),
        (("too long", "too wide"), "standard:7 ended as Failure: too long; too wide"),
    ],
)
def test_a_job_that_ended_badly_is_told_in_the_services_words(said, why):
    now = datetime.now(UTC)
    failed = errors.JobFailed("in the library's own words")
    failed.references = ("standard:7",)
    failed.snapshot = Snapshot(Reference.parse("7"), "Failure", 100.0, now, now, said, now)
    assert explain(failed).why == why


def test_a_retry_after_is_told():
    assert "Wait 30 s" in explain(errors.RateLimited("x", response=Response(429, []), retry_after=30.0)).next


def test_the_request_id_is_told():
    response = Response(503, [(b"X-TTD-Request-Id", b"abc-1")])
    assert explain(errors.ServerError("x", response=response)).next.endswith("The request's id is abc-1.")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("InProgress", 0),
        ("Queued", 0),
        ("Success", 0),
        ("PartialSuccess", 3),
        ("Failure", 4),
        ("Cancelled", 4),
        ("ResultsExpired", 5),
        ("Paused", 0),
    ],
)
def test_exit_codes_by_status(status, code):
    assert exits.of_status(status) == code
