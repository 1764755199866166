"""The decision to send again, and after how long: a table and a purse, no network and no clock."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttd_workflows.core.retry import (
    BackoffStrategy,
    Repeat,
    RetryConfig,
    Verdict,
    Waiting,
    after_answer,
    after_silence,
)

ONCE, SAFE = Repeat.ONCE, Repeat.SAFE
DONE, AGAIN, UNKNOWN = Verdict.DONE, Verdict.AGAIN, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("status", "safe", "once"),
    [
        *[(status, DONE, DONE) for status in (200, 201, 202, 204, 400, 401, 403, 404, 409, 422)],
        (429, AGAIN, AGAIN),
        *[(status, AGAIN, UNKNOWN) for status in (408, 500, 501, 502, 503, 504, 520, 599, 600, 999)],
        *[(status, DONE, UNKNOWN) for status in (300, 301, 302, 303, 304, 307, 308, 399)],
    ],
)
def test_an_answers_status_decides(status: int, safe: Verdict, once: Verdict):
    assert after_answer(SAFE, status) is safe
    assert after_answer(ONCE, status) is once


@pytest.mark.parametrize(
    ("sent", "safe", "once"), [(False, AGAIN, AGAIN), (True, AGAIN, UNKNOWN)], ids=["never-sent", "sent"]
)
def test_without_an_answer_what_was_sent_decides(sent: bool, safe: Verdict, once: Verdict):  # noqa: FBT001
    assert after_silence(SAFE, sent=sent) is safe
    assert after_silence(ONCE, sent=sent) is once


@given(st.integers(100, 999), st.booleans())
def test_a_once_call_is_never_repeated_after_it_may_have_been_carried_out(status: int, sent: bool):  # noqa: FBT001
    assert (after_answer(ONCE, status) is AGAIN) == (status == 429)
    assert (after_silence(ONCE, sent=sent) is AGAIN) == (not sent)


def _policy(initial: float, ceiling: float, exponent: float, budget: float, *, silence: bool = True) -> RetryConfig:
    return RetryConfig("backoff", BackoffStrategy(initial, ceiling, exponent, budget), silence)


def _waits(waiting: Waiting, count: int) -> list[float | None]:
    return list(islice(iter(lambda: waiting.before_next(answered=True), object()), count))


def test_waits_grow_to_their_ceiling_and_end_with_the_budget():
    waiting = Waiting(_policy(500, 3_000, 2.0, 8_000), draw=lambda: 1.0)
    assert _waits(waiting, 5) == [0.5, 1.0, 2.0, 3.0, None]


def test_the_wait_is_drawn_from_all_of_the_interval():
    draws = iter([0.0, 0.25, 1.0])
    waiting = Waiting(_policy(1_000, 4_000, 2.0, 60_000), draw=lambda: next(draws))
    assert _waits(waiting, 3) == [0.0, 0.5, 4.0]


def test_the_default_waits_a_minute_in_all():
    waiting = Waiting(RetryConfig(), draw=lambda: 1.0)
    waits = _waits(waiting, 20)
    assert waits[:6] == [0.5, 1, 2, 4, 8, 15]
    assert sum(wait or 0 for wait in waits) <= 60
    assert waits[-1] is None


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [(None, 0.5), (0.0, 0.5), (0.2, 0.5), (3.0, 3.0), (10.0, 10.0), (10.1, None), (86_400.0, None)],
)
def test_retry_after_is_the_least_and_bounded_by_the_budget(retry_after: float | None, expected: float | None):
    waiting = Waiting(_policy(500, 500, 1, 10_000), draw=lambda: 1.0)
    assert waiting.before_next(answered=True, retry_after=retry_after) == expected


def test_a_retry_after_beyond_the_budget_spends_nothing_of_it():
    waiting = Waiting(_policy(500, 500, 1, 1_000), draw=lambda: 1.0)
    assert waiting.before_next(answered=True, retry_after=2.0) is None
    assert waiting.before_next(answered=True) == 0.5


@pytest.mark.parametrize(
    "policy",
    [
        None,
        RetryConfig("none", BackoffStrategy(), retry_connection_errors=True),
        _policy(500, 500, 1, 0),
        _policy(500, 500, 1, -5),
    ],
    ids=["none", "strategy-none", "no-budget", "negative-budget"],
)
def test_some_policies_never_repeat(policy: RetryConfig | None):
    assert Waiting(policy).before_next(answered=True) is None


def test_silence_may_be_excepted():
    waiting = Waiting(_policy(1, 1, 1, 1_000, silence=False))
    assert waiting.before_next(answered=False) is None
    assert waiting.before_next(answered=True) is not None


@given(
    initial=st.floats(-10, 1e9),
    ceiling=st.floats(-10, 1e9),
    exponent=st.floats(-10, 1e9),
    budget=st.floats(0, 10_000),
    draw=st.floats(0, 1),
)
def test_whatever_is_set_the_waits_end(initial: float, ceiling: float, exponent: float, budget: float, draw: float):
    waiting = Waiting(_policy(initial, ceiling, exponent, budget), draw=lambda: draw)
    waits = [wait for wait in _waits(waiting, 50) if wait is not None]
    assert all(wait >= 0 for wait in waits)
    assert sum(waits) <= budget / 1000 + 1e-9


def test_a_thousand_rounds_do_not_overflow():
    waiting = Waiting(_policy(500, 15_000, 1e300, 10**12), draw=lambda: 1.0)
    assert _waits(waiting, 1_000)[-1] == 15.0
