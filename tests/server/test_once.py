"""A call that creates or changes something is sent once, in every weather, by every way of sending."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Timer

import pytest

from support.calls import EXAMPLES, ONCE, SAFE, STATUS, SUBMIT
from support.plays import answer, drop, reset, silent
from support.server import Play, Server, refusing_address
from support.ways import QUICK, WAYS, Way
from ttd_workflows.errors import (
    APIError,
    NoResponseError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ServerError,
)
from ttd_workflows.utils import BackoffStrategy, RetryConfig

WEATHER: dict[str, tuple[Play, type[Exception]]] = {
    "accepted-then-503": (answer(503, {"title": "later"}), APIError),
    "accepted-then-503-with-retry-after": (answer(503, {}, Retry_After="0"), APIError),
    "accepted-then-500-in-html": (answer(500, b"<html>", Content_Type="text/html"), ServerError),
    "dropped": (drop, NoResponseError),
    "reset": (reset, NoResponseError),
    "silent": (silent, NoResponseError),
}
SILENCE_MS = 100
BRIEF = RetryConfig("backoff", BackoffStrategy(20, 20, 1, 100), retry_connection_errors=True)

by_way = pytest.mark.parametrize("way", WAYS, ids=str)
by_weather = pytest.mark.parametrize("weather", WEATHER)


def _patience(weather: str) -> int:
    return SILENCE_MS if weather == "silent" else 3_000


def test_the_thirteen_that_create_or_change_are_once():
    assert len(ONCE) == 13
    assert sorted(SAFE) == [
        "ad_groups.archive",
        "campaign.get_version",
        "campaigns.archive",
        "job_status.get_graph_ql_bulk_job_status",
        "job_status.get_job_status",
    ]


@by_way
@by_weather
@pytest.mark.parametrize("name", ONCE)
def test_is_sent_once_and_says_that_the_outcome_is_unknown(server: Server, way: Way, weather: str, name: str):
    play, also = WEATHER[weather]
    server.script(play)
    with way.open(server.url, timeout_ms=_patience(weather)) as call, pytest.raises(OutcomeUnknown) as caught:
        call(name)
    assert len(server.requests) == 1
    assert isinstance(caught.value, also)
    assert isinstance(caught.value, APIError) != isinstance(caught.value, NoResponseError)
    assert caught.value.operation == name
    assert "repeat='safe'" in str(caught.value)


@by_way
@by_weather
def test_a_status_call_recovers_in_the_same_weather(server: Server, way: Way, weather: str):
    bad, _ = WEATHER[weather]
    server.script(bad, bad, answer(200, EXAMPLES[STATUS].answer))
    with way.open(server.url, timeout_ms=_patience(weather)) as call:
        assert call(STATUS).status == "Success"
    assert len(server.requests) == 3


@by_way
@pytest.mark.parametrize("name", [SUBMIT, STATUS])
def test_a_refused_connection_is_not_sent_and_safe_to_repeat(way: Way, name: str):
    with (
        refusing_address() as url,
        way.open(url, retry_config=BRIEF) as call,
        pytest.raises(NotSent, match="safe to try again"),
    ):
        call(name)


@by_way
def test_a_creating_call_waits_until_somebody_listens(way: Way):
    patient = RetryConfig("backoff", BackoffStrategy(20, 20, 1, 60_000), retry_connection_errors=True)
    server = Server(answer(202, {"id": 7}))
    with ExitStack() as end, way.open(server.url, retry_config=patient) as call:
        timer = Timer(0.1, end.enter_context, [server])
        timer.start()
        assert call(SUBMIT).id == 7
        timer.join()
    assert len(server.requests) == 1


EAGER = [
    RetryConfig("backoff", BackoffStrategy(1, 1, 1, 3_600_000), retry_connection_errors=True),
    RetryConfig("backoff", BackoffStrategy(0, 0, 0, 10**9), retry_connection_errors=True),
]


@by_weather
@pytest.mark.parametrize("eager", EAGER, ids=["an-hour", "for-ever"])
@pytest.mark.parametrize("where", ["client", "call"])
def test_no_retry_setting_makes_it_repeat(server: Server, weather: str, eager: RetryConfig, where: str):
    play, _ = WEATHER[weather]
    server.script(play)
    settings = {"retry_config": eager} if where == "client" else {}
    options = {"retries": eager} if where == "call" else {}
    with (
        WAYS[0].open(server.url, timeout_ms=_patience(weather), **settings) as call,
        pytest.raises(OutcomeUnknown),
    ):
        call(SUBMIT, **options)
    assert len(server.requests) == 1


@by_way
def test_the_callers_word_makes_it_repeat(server: Server, way: Way):
    server.script(answer(503), drop, answer(202, {"id": 7}))
    with way.open(server.url) as call:
        assert call(SUBMIT, repeat="safe").id == 7
    assert len(server.requests) == 3


@pytest.mark.parametrize("word", ["SAFE", "always", "once", "", True, 1, b"safe"])
def test_no_other_word_does(server: Server, word: object):
    with WAYS[0].open(server.url) as call, pytest.raises(ValueError, match="repeat='safe'"):
        call(SUBMIT, repeat=word)
    assert server.requests == []


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        ({"method_type": "GET", "endpoint": "campaign/c1"}, 3),
        ({"methodType": "GET", "endpoint": "campaign/c1"}, 3),
        ({"method_type": "POST", "endpoint": "campaign"}, 1),
        ({"method_type": "PUT", "endpoint": "campaign"}, 1),
        ({"method_type": "DELETE", "endpoint": "campaign/c1"}, 1),
    ],
    ids=lambda value: value["endpoint"] + "-" + next(iter(value.values())) if isinstance(value, dict) else str(value),
)
@pytest.mark.parametrize("as_model", [False, True], ids=["dict", "model"])
def test_a_rest_request_may_be_repeated_if_it_reads(
    server: Server, request_: dict[str, str], sent: int, *, as_model: bool
):
    from ttd_workflows.models import CallRestAPIWorkflowInput  # noqa: PLC0415

    server.script(answer(503), answer(503), answer(200, {}))
    asked = CallRestAPIWorkflowInput(**request_) if as_model else request_
    with WAYS[0].open(server.url) as call:
        try:
            call("rest_request.submit_rest_request", request=asked)
        except OutcomeUnknown:
            assert sent == 1
    assert len(server.requests) == sent


@by_way
@pytest.mark.parametrize("name", [SUBMIT, STATUS])
def test_429_is_obeyed_by_both_kinds_of_call(server: Server, way: Way, name: str):
    example = EXAMPLES[name]
    server.script(answer(429, Retry_After="0"), answer(429), answer(example.status, example.answer))
    with way.open(server.url) as call:
        assert call(name).id == 412651
    assert len(server.requests) == 3


def test_429_is_not_repeated_where_nothing_is(server: Server):
    server.script(answer(429, Retry_After="3"))
    with WAYS[0].open(server.url, retry_config=None) as call, pytest.raises(RateLimited) as caught:
        call(SUBMIT)
    assert caught.value.retry_after == 3
    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(server.requests) == 1


@by_way
def test_a_call_may_refuse_to_be_repeated(server: Server, way: Way):
    server.script(answer(503))
    with way.open(server.url) as call, pytest.raises(ServerError):
        call(STATUS, retries=None)
    assert len(server.requests) == 1


def test_a_calls_policy_beats_the_clients(server: Server):
    server.script(answer(503), answer(200, EXAMPLES[STATUS].answer))
    with WAYS[0].open(server.url, retry_config=None) as call:
        assert call(STATUS, retries=QUICK).id == 412651
    server.script(answer(503))
    with WAYS[0].open(server.url) as call, pytest.raises(ServerError):
        call(STATUS, retries=RetryConfig("none", BackoffStrategy(), retry_connection_errors=True))
    assert len(server.requests) == 3


def test_connection_errors_are_repeated_unless_the_policy_says_no(server: Server):
    quiet = QUICK._replace(retry_connection_errors=False)
    server.script(drop, answer(200, EXAMPLES[STATUS].answer))
    with WAYS[0].open(server.url, retry_config=quiet) as call, pytest.raises(NoResponseError):
        call(STATUS)
    assert len(server.requests) == 1
