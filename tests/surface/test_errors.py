"""Errors say what is known: their class, what the service said, its extra members; and they survive pickling."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from support.calls import EXAMPLES, STATUS, SUBMIT
from support.plays import answer, drop
from support.ways import WAYS
from ttd_workflows import errors, models

if TYPE_CHECKING:
    from support.server import Play, Server
    from support.ways import Way

PROBLEM = {
    "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
    "title": "One or more validation errors occurred.",
    "status": 400,
    "detail": "Look below.",
    "errors": {"primaryInput.name": ["is required", "is short"], "$": "no"},
    "traceId": "00-abc-01",
}
DESCRIBED = {400: errors.BadRequest, 401: errors.Unauthorized, 403: errors.Forbidden, 404: errors.NotFound}
OTHERS = {405: errors.APIError, 409: errors.Conflict, 422: errors.APIError, 429: errors.RateLimited}


def _raised(server: Server, play: Play, name: str = STATUS) -> Any:
    server.script(play)
    with WAYS[0].open(server.url, retry_config=None) as call, pytest.raises(errors.WorkflowsError) as caught:
        call(name)
    return caught.value


def _raise_for_status(answered: Any) -> None:
    answered.raise_for_status()


def _read_and_raise(answered: Any) -> None:
    answered.read()
    answered.raise_for_status()


async def _raise_for_status_async(answered: Any) -> None:
    answered.raise_for_status()


async def _read_and_raise_async(answered: Any) -> None:
    await answered.aread()
    answered.raise_for_status()


CALLERS = pytest.mark.parametrize("way", [way for way in WAYS if way.library], ids=str)
HOOKS = {
    (False, False): _raise_for_status,
    (False, True): _raise_for_status_async,
    (True, False): _read_and_raise,
    (True, True): _read_and_raise_async,
}


@CALLERS
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.Unauthorized),
        (409, errors.Conflict),
        (429, errors.RateLimited),
        (500, errors.OutcomeUnknownAfterError),
    ],
)
@pytest.mark.parametrize("is_read", [True, False], ids=["read", "unread"])
def test_what_an_event_hook_raises_is_the_answer(server: Server, way: Way, status: int, kind: type, *, is_read: bool):
    server.script(answer(status, PROBLEM, Retry_After="7"))
    hooks = {"event_hooks": {"response": [HOOKS[is_read, way.is_async]]}}
    with way.open(server.url, own=hooks, retry_config=None) as call, pytest.raises(errors.WorkflowsError) as caught:
        call(SUBMIT)
    assert type(caught.value) is kind
    assert caught.value.status_code == status
    assert caught.value.retry_after == 7
    if is_read:
        assert caught.value.problem == PROBLEM
    else:
        assert "its body was not read" in str(caught.value)


@pytest.mark.parametrize("status", [303, 304, 307, 408])
def test_an_answer_that_proves_nothing_says_what_came(server: Server, status: int):
    error = _raised(server, answer(status, b"", Location="/campaign/c7"), SUBMIT)
    assert isinstance(error, errors.OutcomeUnknownAfterError)
    assert error.status_code == status
    assert f"the service answered {status}" in str(error)
    assert "It may have been carried out" in str(error)


def test_a_408_of_a_reading_call_is_asked_again(server: Server):
    server.script(answer(408), answer(200, EXAMPLES[STATUS].answer))
    with WAYS[0].open(server.url) as call:
        assert call(STATUS).id == 412651
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", [STATUS, SUBMIT])
def test_a_reason_ends_with_one_dot(server: Server, name: str):
    assert ".." not in str(_raised(server, drop, name))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("one\ntwo", "one\ntwo"),
        (None, None),
        (["one", "zw\u00f6lf"], '["one", "zw\u00f6lf"]'),
        ([{"code": 5}], '[{"code": 5}]'),
        ([], "[]"),
    ],
    ids=repr,
)
def test_a_jobs_errors_are_read_as_text_and_as_a_list(server: Server, told: Any, kept: str | None):
    server.script(answer(200, EXAMPLES[STATUS].answer | {"errors": told}))
    with WAYS[0].open(server.url, retry_config=None) as call:
        assert call(STATUS).errors == kept


@pytest.mark.parametrize(
    "media", ["application/json", "application/problem+json", "text/plain", "application/problem+json; charset=utf-8"]
)
@pytest.mark.parametrize("status", DESCRIBED)
def test_a_described_refusal_is_a_problem_whatever_its_media_type(server: Server, status: int, media: str):
    error = _raised(server, answer(status, PROBLEM, Content_Type=media, X_Ttd_Request_Id="r-1"))
    assert type(error) is DESCRIBED[status]
    assert isinstance(error, models.ProblemDetailsError)
    assert not isinstance(error, models.APIError)
    assert error.problem == PROBLEM
    assert error.status_code == status
    assert error.request_id == "r-1"
    assert error.operation == STATUS
    assert error.headers["CONTENT-TYPE"] == media
    assert error.data.title == PROBLEM["title"]
    assert error.data.additional_properties == {"errors": PROBLEM["errors"], "traceId": "00-abc-01"}
    assert "primaryInput.name: is required is short" in str(error)
    assert "Look below." in error.message


@pytest.mark.parametrize("status", OTHERS)
def test_other_refusals_are_api_errors_and_keep_their_problem(server: Server, status: int):
    error = _raised(server, answer(status, PROBLEM))
    assert type(error) is OTHERS[status]
    assert isinstance(error, models.APIError)
    assert error.problem == PROBLEM
    assert error.status_code == error.raw_response.status_code == status
    assert "traceId" in error.body


@pytest.mark.parametrize("status", [*DESCRIBED, 500])
@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[1]", b'"no"', b"{", b"null"], ids=repr)
def test_without_a_problem_in_json_it_is_an_api_error(server: Server, status: int, body: bytes):
    error = _raised(server, answer(status, body))
    assert isinstance(error, models.APIError)
    assert error.problem is None
    assert str(status) in str(error)
    assert error.body == body.decode()
    assert error.data.title is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"message": "Unauthorized"}, "answered 401: Unauthorized"),
        ({"Message": "The token has expired"}, "answered 401: The token has expired"),
        ({"title": "No", "detail": None}, "answered 401: No"),
        ({"odd": 1}, r'answered 401: {"odd": 1}'),
        ({}, r"answered 401: {}"),
    ],
)
def test_it_reads_well(server: Server, body: Any, told: str):
    error = _raised(server, answer(401, body))
    assert isinstance(error, errors.Unauthorized)
    assert told in str(error)
    assert "unset" not in str(error).lower()


@pytest.mark.parametrize(
    "listed", [["a"], "text", 7, None, {"a": None}, {"a": {"b": 1}}, {"a": [1, {"b": 2}]}], ids=repr
)
def test_errors_of_any_shape_are_kept(server: Server, listed: Any):
    error = _raised(server, answer(400, {"title": "no", "errors": listed}))
    assert error.problem["errors"] == listed
    assert str(error)


@pytest.mark.parametrize("member", ["_fields_set", "self", "model_config", "values", "type", "status"])
def test_a_problem_with_odd_members_reads_too(server: Server, member: str):
    error = _raised(server, answer(400, {"title": "no", member: [1]}))
    assert error.data.title == "no"


def test_a_long_body_is_shortened_in_the_message_and_whole_in_the_body(server: Server):
    error = _raised(server, answer(400, b"x" * 50_000))
    assert len(str(error)) < 3_000
    assert "50,000 bytes" in str(error)
    assert len(error.body) == 50_000


ALL = [
    answer(400, PROBLEM),
    answer(401),
    answer(409, PROBLEM),
    answer(429, Retry_After="5"),
    answer(500, b"<html>"),
    answer(200, b"{}"),
    answer(200, b'{"id": 5'),
    drop,
]


@pytest.mark.parametrize("name", [STATUS, SUBMIT])
@pytest.mark.parametrize("play", ALL, ids=range(len(ALL)))
@pytest.mark.parametrize(
    "way", [lambda e: pickle.loads(pickle.dumps(e)), copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"]
)
def test_every_error_survives_a_journey(server: Server, name: str, play: Play, way: Any):
    error = _raised(server, play, name)
    back = way(error)
    assert type(back) is type(error)
    for attribute in ("message", "status_code", "body", "operation", "problem", "retry_after", "request_id", "args"):
        assert getattr(back, attribute) == getattr(error, attribute)
    assert str(back) == str(error)
    assert dict(back.headers) == dict(error.headers)


def test_an_input_error_survives_too():
    with pytest.raises(errors.InputError) as caught:
        models.ThirdPartyDataInput(partnr_id=1)
    back = pickle.loads(pickle.dumps(caught.value))
    assert back.faults == caught.value.faults
    assert str(back) == str(caught.value)


def test_the_tree_is_the_one_the_module_describes():
    kinds = [(name, getattr(errors, name)) for name in errors.__all__]
    for name, kind in [pair for pair in kinds if issubclass(pair[1], Exception)]:
        assert issubclass(kind, errors.WorkflowsError)
        assert name in (errors.__doc__ or "")
    assert issubclass(errors.InputError, ValueError)
    assert issubclass(errors.NotSent, errors.NoResponseError)
    assert issubclass(errors.OutcomeUnknownAfterError, (errors.APIError, errors.OutcomeUnknown))
    assert issubclass(errors.OutcomeUnknownWithoutResponse, errors.NoResponseError)
    assert not issubclass(errors.OutcomeUnknownWithoutResponse, errors.APIError)


@pytest.mark.parametrize("name", ["APIError", "ProblemDetailsError", "NoResponseError", "ResponseValidationError"])
def test_the_documented_errors_are_where_official_code_looks(name: str):
    import ttd_workflows  # noqa: PLC0415

    assert getattr(models, name) is getattr(errors, name) is getattr(ttd_workflows, name)
