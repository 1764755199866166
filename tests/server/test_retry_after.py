"""429 and 503 with Retry-After, sensible or absurd: obeyed within the budget, by both kinds of call."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from support.calls import EXAMPLES, STATUS, SUBMIT
from support.plays import answer
from support.ways import QUICK, WAYS, Way
from ttd_workflows.errors import RateLimited, ServerError

if TYPE_CHECKING:
    from support.server import Server

by_way = pytest.mark.parametrize("way", WAYS, ids=str)
both_kinds = pytest.mark.parametrize("name", [SUBMIT, STATUS])
BUDGET = QUICK._replace(backoff=QUICK.backoff._replace(max_elapsed_time=3_000))


def _in(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@both_kinds
@pytest.mark.parametrize("value", ["0.4", "date"])
def test_is_waited_for(server: Server, name: str, value: str):
    example = EXAMPLES[name]
    least = 0.4 if value == "0.4" else 0.9
    server.script(answer(429, Retry_After=_in(2) if value == "date" else value), answer(example.status, example.answer))
    started = time.monotonic()
    with WAYS[0].open(server.url, retry_config=BUDGET) as call:
        assert call(name).id == 412651
    assert least <= time.monotonic() - started < 3
    assert len(server.requests) == 2


@by_way
@both_kinds
@pytest.mark.parametrize("value", ["-5", "0", "inf", "nan", "1e400", "soon", "", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_one_that_asks_for_nothing_sensible_leaves_the_usual_wait(server: Server, way: Way, name: str, value: str):
    example = EXAMPLES[name]
    server.script(answer(429, Retry_After=value), answer(example.status, example.answer))
    with way.open(server.url) as call:
        assert call(name).id == 412651
    assert len(server.requests) == 2


@by_way
@both_kinds
def test_one_beyond_the_budget_is_not_waited_for(server: Server, way: Way, name: str):
    server.script(answer(429, Retry_After="86400"))
    with way.open(server.url) as call, pytest.raises(RateLimited) as caught:
        call(name)
    assert caught.value.retry_after == 86_400
    assert len(server.requests) == 1


@by_way
def test_a_status_call_obeys_it_after_503_too(server: Server, way: Way):
    server.script(answer(503, Retry_After="86400"))
    with way.open(server.url) as call, pytest.raises(ServerError) as caught:
        call(STATUS)
    assert caught.value.retry_after == 86_400
    assert len(server.requests) == 1
