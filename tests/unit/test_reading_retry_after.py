"""Reading Retry-After: seconds, dates, and what no clock can say."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttd_workflows.core.answer import retry_after
from ttd_workflows.core.port import Response


def _read(value: str) -> float | None:
    return retry_after(Response(429, [(b"Retry-After", value.encode("latin-1", "replace"))]))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3),
        (" 3 ", 3),
        ("0", 0),
        ("1.5", 1.5),
        ("86400", 86_400),
        ("-5", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
        *[
            (absurd, None)
            for absurd in (
                "inf", "-inf", "nan", "1e400", "9" * 400, "", "soon", "3 seconds", "3, 5", "0x10", "1_000", "\xb3",
                "Wed, 99 Oct 2015 07:28:00 GMT",
            )
        ],
    ],
)  # fmt: skip
def test_is_read_as_seconds_or_not_at_all(value: str, seconds: float | None):
    assert _read(value) == seconds


def test_a_date_ahead_is_the_time_until_then():
    ahead = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert _read(ahead) == pytest.approx(90, abs=3)


def test_no_header_asks_for_nothing():
    assert retry_after(Response(429, [])) is None


def test_a_date_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    ahead = format_datetime((datetime.now(UTC) + timedelta(seconds=90)).replace(tzinfo=None))
    assert ahead.endswith("-0000")
    assert _read(ahead) == pytest.approx(90, abs=3)
    monkeypatch.undo()
    time.tzset()


def test_the_last_date_there_is_lies_far_ahead():
    assert _read("Fri, 31 Dec 9999 23:59:59 -2359") > 86_400


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])))
def test_no_value_breaks_it(value: str):
    seconds = _read(value)
    assert seconds is None or seconds >= 0
