"""The comparison itself: it finds what differs, and explains no more than it should."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .clients import Call
from .compare import Comparison
from .contract import contract
from .recorder import Recorded

CALL = Call("campaigns", "update", {"request": {"id": "c"}}, n=1)
BODY: dict[str, Any] = {"id": "c", "primaryInput": {"endDateInUtc": "2026-01-01T05:00:00+05:00", "customCPAType": None}}


def request(
    target: str = "/workflows/campaign", method: str = "PATCH", body: object = BODY, **headers: str
) -> Recorded:
    """A request as the official SDK sends it, with what a test changes."""
    fields = {"content-type": "application/json", "ttd-auth": "emulator", "x-call": "1"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Recorded(method, target, {**fields, **given}, json.dumps(body).encode() if body is not None else b"")


def compared(ours: list[Recorded], theirs: list[Recorded], call: Call = CALL) -> Comparison:
    """What comparing one call comes to."""
    comparison = Comparison(contract("0.13.2"))
    comparison.add(call, ours, theirs)
    return comparison


def date(text: object) -> dict[str, Any]:
    """The body with another date."""
    return {**BODY, "primaryInput": {**BODY["primaryInput"], "endDateInUtc": text}}


def test_the_same_is_the_same() -> None:
    same = request(body={"a": [1, "ä"]}, content_type="application/json; charset=utf-8")
    other = Recorded(same.method, same.target, same.headers, b'{ "a" : [1.0, "\\u00e4"] }')
    assert compared([same], [other]).identical == 1


@pytest.mark.parametrize(
    ("theirs", "where"),
    [
        ([], "number of requests"),
        ([request(), request()], "number of requests"),
        ([request(method="POST")], "method"),
        ([request("/workflows/campaigns")], "path"),
        ([request("/workflows/campaign?forceArchive=true")], "query"),
        ([request(content_type="text/plain")], "content type"),
        ([request(ttd_auth="another")], "token"),
        ([request(body=None)], "body"),
        ([request(body={"id": "c"})], "body"),
        ([request(body=date("2026-01-01T00:00:00.000001Z"))], "body.primaryInput.endDateInUtc"),
        ([request(body=date(None))], "body.primaryInput.endDateInUtc"),
    ],
)
def test_every_kind_of_difference_is_found(theirs: list[Recorded], where: str) -> None:
    comparison = compared([request(body=date("2026-01-01T00:00:00Z"))], theirs)
    assert where in [difference.where for difference in comparison.unexplained]


def test_numbers_and_truths_are_not_mixed_up() -> None:
    assert compared([request(body=[1])], [request(body=[True])]).unexplained
    assert compared([request(body=[2**53 + 1])], [request(body=[float(2**53)])]).unexplained


def test_a_name_that_stands_twice_is_no_json() -> None:
    twice = Recorded("PATCH", "/workflows/campaign", {}, b'{"a": 1, "a": 1}')
    with pytest.raises(ValueError, match="twice"):
        compared([twice], [twice])


def test_an_offset_is_explained_when_the_instant_is_the_same() -> None:
    comparison = compared([request(body=date("2026-01-01T00:00:00Z"))], [request()])
    assert (comparison.unexplained, comparison.explained.total(), comparison.identical) == ([], 1, 0)


@pytest.mark.parametrize("ours", ["2026-01-01T00:00:01Z", "2026-01-01T00:00:00", "2025-12-31T23:00:00-01:00", "soon"])
def test_an_offset_explains_no_other_date(ours: str) -> None:
    assert compared([request(body=date(ours))], [request()]).unexplained


@pytest.mark.parametrize(
    ("target", "explained"),
    [
        ("/workflows/campaign/a%3Fb%23c/version", True),
        ("/workflows/campaign/a%3Fb/version", False),
        ("/workflows/campaign/a?b%23c/version", False),
        ("/workflows/campaign/a%3Fb%23c", False),
    ],
)
def test_an_id_is_explained_when_ours_is_quoted(target: str, *, explained: bool) -> None:
    call = Call("campaign", "get_version", {"id": "a?b#c"}, n=1)
    comparison = compared([request(target, "GET", None)], [request("/workflows/campaign/a?b", "GET", None)], call)
    assert (not comparison.unexplained) is explained


def test_an_id_without_reserved_characters_explains_nothing() -> None:
    call = Call("campaign", "get_version", {"id": "abc"}, n=1)
    ours = request("/workflows/campaign/abc/version", "GET", None)
    theirs = request("/workflows/campaign/ABC/version", "GET", None)
    assert compared([ours], [theirs], call).unexplained
