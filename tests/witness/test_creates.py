"""How often a create is sent to a service that acts and then answers 503, or answers too late: in numbers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from .answers import Successes
from .clients import Call, Client, official, ours
from .conftest import REPORT
from .contract import Contract, Operation, contract
from .generate import Generator
from .recorder import Recorded, Recorder, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

BACKOFF = ("--backoff", "5,10,1.0,60000")
"""The official policy retries for an hour; only its waits are shortened here, to milliseconds."""
UNAVAILABLE = Reply(503, b"unavailable", "text/plain")
LATE, PATIENCE_MS = 1.0, 500
"""Seconds until the answer, and milliseconds that the clients wait for one."""


class Weather:
    """Fails the first two requests of every call, and counts what the service would have carried out."""

    def __init__(self, document: Contract, bad: Callable[[], Reply]) -> None:
        self._good = Successes(document, 0)
        self._bad = bad
        self.sent: dict[int | None, int] = {}

    def __call__(self, request: Recorded) -> Reply:
        self.sent[request.call] = self.sent.get(request.call, 0) + 1
        return self._bad() if self.sent[request.call] <= 2 else self._good(request)


def unavailable() -> Reply:
    """The service acted, and then said 503."""
    return UNAVAILABLE


def late() -> Reply:
    """The service acted, and took longer than the client waits."""
    time.sleep(LATE)
    return UNAVAILABLE


def creates(document: Contract) -> list[Operation]:
    """The operations that create or change something, each time they are sent."""
    return [operation for operation in document.operations if operation.verb != "GET" and not operation.archives]


def calls(document: Contract, operations: list[Operation], **options: object) -> list[Call]:
    """One call of each; ``rest_request`` posts."""
    generator = Generator(document, 0)
    made = []
    for n, operation in enumerate(operations):
        arguments = generator.arguments(operation)
        if operation.attribute == "rest_request":
            arguments = {"request": {"method_type": "POST", "endpoint": "campaign"}}
        made.append(Call(operation.attribute, operation.method, {**arguments, **options}, n=n))
    return made


@pytest.mark.parametrize(("bad", "options"), [(unavailable, {}), (late, {"timeout_ms": PATIENCE_MS})])
def test_a_create_is_sent_once_by_ours_and_again_by_the_official(
    edition: str,
    bad: Callable[[], Reply],
    options: dict[str, object],
    record_property: Callable[[str, object], None],
) -> None:
    document = contract(edition)
    operations = creates(document) if bad is unavailable else [document.operation("campaign.create")]
    asked = calls(document, operations, **options)
    sent = {}
    for name, client in (("official", official), ("ours", ours)):
        weather = Weather(document, bad)
        with Recorder(weather) as recorder, client(edition, recorder.url, *BACKOFF) as process:
            outcomes = process.perform(asked)
        sent[name] = [weather.sent[call.n] for call in asked]
        if name == "official":
            assert all(outcome.ok for outcome in outcomes)  # its caller never learns that there are three of each
        else:
            assert all("OutcomeUnknown" in outcome.bases for outcome in outcomes)
            caught_as = "APIError" if bad is unavailable else "NoResponseError"
            assert all(caught_as in outcome.bases for outcome in outcomes)
    record_property(
        REPORT,
        f"creates, edition {edition}, {bad.__name__} twice: {len(asked)} calls, the official SDK sent "
        f"{sum(sent['official'])} requests, ours {sum(sent['ours'])}",
    )
    assert sent == {"official": [3] * len(asked), "ours": [1] * len(asked)}


def test_a_status_call_recovers_in_both(edition: str) -> None:
    """The same weather and the same policy; so it is not for want of retrying that ours sends a create once."""
    document = contract(edition)
    asked = calls(document, [document.operation("job_status.get_job_status")])
    for client in (official, ours):
        weather = Weather(document, unavailable)
        with Recorder(weather) as recorder, _with(client, edition, recorder.url) as process:
            (outcome,) = process.perform(asked)
        assert outcome.ok
        assert weather.sent == {0: 3}


def _with(client: Callable[..., Client], edition: str, url: str) -> Client:
    return client(edition, url, *BACKOFF)
