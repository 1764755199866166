"""Code written for the official package goes on working: accessors, names, helpers, logs."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

import ttd_workflows
from support.calls import EXAMPLES, OPERATIONS, STATUS, SUBMIT, TOKEN
from support.contract import operations
from support.plays import answer
from support.scan import everything_logged
from support.ways import BUILT_IN, WAYS, Way
from ttd_workflows import errors, models, types, utils

if TYPE_CHECKING:
    from support.server import Server

by_way = pytest.mark.parametrize("way", WAYS, ids=str)
ACCESSORS = {o.name: o.accessors for o in operations() if o.edition == "0.13.2"}


@by_way
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_operation_works_and_its_answer_is_read_as_in_0_13(server: Server, way: Way, name: str):
    example = EXAMPLES[name]
    server.script(answer(example.status, example.answer, X_Ttd_Request_Id="r-9"))
    with way.open(server.url) as call:
        answered = call(name)
    operation = OPERATIONS[name]
    (request,) = server.requests
    assert request.method == operation.method
    assert request.target.split("?")[0] == "/workflows" + operation.path("0.13.2").replace(
        "{id}", str(example.arguments.get("id"))
    )
    bodiless = example.answer == b""
    read = [getattr(answered, accessor) for accessor in ACCESSORS[name]]
    if name == "campaign.update_campaigns_job":
        assert answered.standard_job_submit_response is answered
        assert answered.campaign_payload is None
    else:
        assert read == [None if bodiless else answered]
    assert answered.http_meta.response.request_id == "r-9"
    assert answered.http_meta.response.headers["Content-Type"].startswith("application/json")
    assert answered.http_meta.request.url == f"{server.origin}{request.target}"
    assert answered.http_meta.request.method == operation.method


def test_an_update_job_may_be_answered_with_a_campaign(server: Server):
    server.script(answer(200, EXAMPLES["campaign.create"].answer))
    with WAYS[0].open(server.url) as call:
        answered = call("campaign.update_campaigns_job")
    assert isinstance(answered, models.CampaignPayload)
    assert answered.campaign_payload is answered
    assert answered.standard_job_submit_response is None


@pytest.mark.parametrize("body", [[1, {"a": None}], {"data": None, "errors": [{"message": "m"}]}, [], {}], ids=repr)
@pytest.mark.parametrize("name", ["rest_request.submit_rest_request", "graph_ql_request.submit_graph_ql_request"])
def test_what_is_passed_through_comes_as_it_is(server: Server, name: str, body: Any):
    server.script(answer(200, body))
    with WAYS[0].open(server.url) as call:
        answered = call(name)
    assert answered == body
    assert isinstance(answered, type(body))
    assert answered.object == body


@by_way
@pytest.mark.parametrize("status", [204, 240])
def test_rest_may_have_nothing_to_say(server: Server, way: Way, status: int):
    server.script(answer(status, b""))
    with way.open(server.url) as call:
        answered = call("rest_request.submit_rest_request")
    assert answered == {}
    assert answered.object == {}
    assert answered.http_meta.response.status_code == status


@pytest.mark.parametrize(("status", "body"), [(200, b""), (240, b"<html>")])
def test_what_says_nothing_where_something_is_due_is_no_answer(server: Server, status: int, body: bytes):
    server.script(answer(status, body))
    with WAYS[0].open(server.url) as call, pytest.raises(errors.ResponseValidationError):
        call("rest_request.submit_rest_request")


def test_the_archive_gives_the_ids(server: Server):
    server.script(answer(200, ["007", "a"]))
    with WAYS[0].open(server.url) as call:
        answered = call("campaigns.archive")
    assert answered == ["007", "a"]
    assert answered.strings is answered


def test_an_answer_made_by_hand_came_by_no_exchange():
    meta = models.TypeBasedJobSubmitResponse(id=7).http_meta
    assert meta.request is None
    assert meta.response is None


def test_the_seeds_names_and_the_newest_ones_are_the_same():
    assert models.StandardJobStatusResponse is models.TypeBasedJobStatusResponse
    assert models.GetJobStatusResponse is models.TypeBasedJobStatusResponse
    assert ttd_workflows.WorkflowStatus is models.WorkflowStatus
    assert ttd_workflows.models is models
    assert ttd_workflows.utils is utils
    assert ttd_workflows.types is types


def test_dates_are_read_as_the_service_writes_them():
    assert utils.parse_datetime("2026-11-24T08:00:00Z") == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert utils.parse_datetime("2026-11-24T08:00:00.1234567+00:00").year == 2026


def test_security_hides_the_token():
    assert TOKEN not in repr(models.Security(ttd_auth=TOKEN))


def test_unset_is_one_false_value():
    import copy  # noqa: PLC0415
    import pickle  # noqa: PLC0415

    assert not types.UNSET
    assert copy.deepcopy(types.UNSET) is pickle.loads(pickle.dumps(types.UNSET)) is types.UNSET


# Logs


LINE = re.compile(r"ttd_workflows INFO: (\S+): (\S+) in \d+ ms, attempt (\d+), request id (\S+)")


@pytest.mark.parametrize("way", BUILT_IN, ids=str)
def test_one_line_is_logged_per_operation(server: Server, way: Way):
    server.script(
        answer(503), answer(200, EXAMPLES[STATUS].answer, X_Ttd_Request_Id="r-1"), answer(400, {"title": "no"})
    )
    with everything_logged() as lines, way.open(server.url) as call:
        call(STATUS)
        with pytest.raises(models.ProblemDetailsError):
            call(SUBMIT)
    told = [match.groups() for line in lines if (match := LINE.fullmatch(line))]
    assert told == [(STATUS, "200", "2", "r-1"), (SUBMIT, "400", "1", "-")]
    assert sum(line.startswith("ttd_workflows INFO") for line in lines) == 2


def test_an_unanswered_call_is_logged_by_its_error(server: Server):
    with everything_logged() as lines, WAYS[0].open(server.url) as call, pytest.raises(models.NoResponseError):
        call(SUBMIT)
    told = [match.groups() for line in lines if (match := LINE.fullmatch(line))]
    assert told == [(SUBMIT, "OutcomeUnknownWithoutResponse", "1", "-")]


def test_bodies_are_logged_at_debug_only(server: Server, caplog: pytest.LogCaptureFixture):
    server.script(answer(200, EXAMPLES[STATUS].answer))
    with WAYS[0].open(server.url) as call:
        with caplog.at_level(logging.INFO, "ttd_workflows"):
            call(STATUS)
        assert "createdAtUtc" not in caplog.text
        with caplog.at_level(logging.DEBUG, "ttd_workflows"):
            call(STATUS)
        assert "createdAtUtc" in caplog.text


SIGNED = "https://files.example/result.json?X-Amz-Signature=sesame&b=1"


@pytest.mark.parametrize("name", [STATUS, SUBMIT, "graph_ql_request.submit_graph_ql_bulk_query_job"])
def test_signed_urls_and_callback_headers_are_masked_in_logs(server: Server, name: str):
    headers: Any = {"Authorization": "sesame"}
    key = "partner_id"
    if name.endswith("query_job"):
        headers, key = [{"key": "Authorization", "value": "sesame"}], "query"
    callback = {"callback_url": "https://me/?code=sesame", "callback_headers": headers}
    own = {"id": 1} if name == STATUS else {"request": {key: "p", "callback_input": callback}}
    body = EXAMPLES[name].answer | {"url": SIGNED, "rawResult": f"see {SIGNED}"}
    server.script(answer(EXAMPLES[name].status, body))
    with everything_logged() as lines, WAYS[0].open(server.url) as call:
        call.run(name, **own)
    if name == STATUS:
        assert any("https://files.example/result.json?***" in line for line in lines)
    else:
        assert b"sesame" in server.requests[0].body
    assert [line for line in lines if "sesame" in line] == []


def test_signed_urls_are_masked_in_errors(server: Server):
    server.script(answer(400, {"title": f"cannot read {SIGNED}"}))
    with WAYS[0].open(server.url) as call, pytest.raises(models.ProblemDetailsError) as caught:
        call(STATUS)
    assert "sesame" not in str(caught.value)


def test_deep_nonsense_in_a_body_does_not_break_logging(server: Server):
    server.script(answer(200, b'{"callbackHeaders": ' + b"[" * 50_000))
    with (
        everything_logged() as lines,
        WAYS[0].open(server.url, retry_config=None) as call,
        pytest.raises(models.ResponseValidationError),
    ):
        call(STATUS)
    assert lines
