"""What the official SDKs do wrong with an input or an answer, they still do; our client does what is right.

The comparison of requests leaves these inputs out; here each is given to both. When an official SDK stops doing wrong
its test fails too: the row is then out of date.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from .clients import Client, Outcome, official, ours
from .contract import EDITIONS
from .defects import ACCEPTED, DEFECTS, Defect
from .recorder import Recorder, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROBLEM = Reply(400, b'{"title": "Bad", "status": 400, "errors": {"input": ["is empty"]}}', "application/problem+json")
PAUSED = {"id": 1, "createdAtUtc": "2026-01-01T00:00:00Z", "status": "Paused"}


class Stage:
    """A client and the recorder it talks to, which replies what the test says."""

    def __init__(self, stack: ExitStack, start: Callable[..., Client], edition: str, token: str) -> None:
        self.reply = ACCEPTED
        self.edition = edition
        self.recorder = stack.enter_context(Recorder(lambda _: self.reply))
        self.client = stack.enter_context(start(edition, self.recorder.url, "--token", token))

    def asked(self, reply: Reply) -> Outcome:
        """What becomes of a status call that is answered so."""
        self.reply = reply
        return self.client.call("job_status", "get_job_status", id=1)

    def sent(self, defect: Defect) -> tuple[str, object] | str:
        """The target and body of the request that an input makes, or the error it raises."""
        attribute, method = defect.call.split(".")
        self.reply = defect.reply
        self.recorder.requests.clear()
        outcome = self.client.call(attribute, method, **defect.arguments)
        if not self.recorder.requests:
            return outcome.type
        (request,) = self.recorder.requests
        assert request.headers["ttd-auth"] == defect.token.strip()
        return request.target.removeprefix("/workflows"), request.json()

    def expected(self, sent: tuple[str, object] | str) -> tuple[str, object] | str:
        """The same with the edition's path of standard jobs."""
        if isinstance(sent, str):
            return sent
        return sent[0].replace("{jobs}", "/typebasedjob" if self.edition == "0.7.2" else "/standardjob"), sent[1]


@pytest.fixture(scope="module")
def stage() -> Iterator[Callable[..., Stage]]:
    """Gives the stage of a client, started when it is first asked for."""
    kept: dict[tuple[object, ...], Stage] = {}
    with ExitStack() as stack:

        def give(start: Callable[..., Client], edition: str, token: str = "emulator") -> Stage:
            key = (start, edition, token)
            if key not in kept:
                kept[key] = Stage(stack, *key)
            return kept[key]

        yield give


@pytest.mark.parametrize(
    ("defect", "edition"),
    [pytest.param(defect, edition, id=f"{defect.name}-{edition}") for defect in DEFECTS for edition in defect.editions],
)
def test_an_input(defect: Defect, edition: str, stage: Callable[..., Stage]) -> None:
    theirs, mine = stage(official, edition, defect.token), stage(ours, edition, defect.token)
    assert theirs.sent(defect) == theirs.expected(defect.wrong)
    assert mine.sent(defect) == mine.expected(defect.right)


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_unknown_status_word_is_kept(edition: str, stage: Callable[..., Stage]) -> None:
    reply = Reply(200, json.dumps(PAUSED).encode())
    theirs, mine = stage(official, edition).asked(reply), stage(ours, edition).asked(reply)
    assert theirs.type in {"ValidationError", "ResponseValidationError"}
    assert mine.value == PAUSED


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_problem_is_one_by_its_own_content_type(edition: str, stage: Callable[..., Stage]) -> None:
    theirs, mine = stage(official, edition).asked(PROBLEM), stage(ours, edition).asked(PROBLEM)
    assert theirs.type == "APIError"
    assert "ProblemDetailsError" in mine.bases
    assert mine.status == theirs.status == 400
