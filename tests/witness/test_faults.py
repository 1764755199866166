"""Both official SDKs and ours go through the same troubles at the emulator, each with the settings that it comes with.

All troubles of a client happen at the same time, in one process of that client, each at an emulator of its own; the
emulator's journal tells how often a call was sent, its world what was made. What is expected stands in ``troubles``.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from ttd_workflows.emulator import Emulator

from .clients import CLIENTS, Call, Client, Outcome
from .conftest import REPORT
from .troubles import ANSWER, PATIENCE, READ, REQUESTS, SLOW_CREATES, STILL_TRYING, SUBMIT, TROUBLES, Came, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AT_ONCE = ("--timeout-ms", "0", "--patience", str(PATIENCE))
WORDS = {"StillTrying": STILL_TRYING}


class Stage:
    """One trouble, at an emulator of its own."""

    def __init__(self, stack: ExitStack, trouble: Trouble) -> None:
        self._emulator = stack.enter_context(Emulator())
        self._operation = trouble.operation
        self._before = self._things()
        attribute, method = trouble.operation.split(".")
        arguments = {**REQUESTS[trouble.operation], **trouble.options, "server_url": self._emulator.url}
        self.calls = [Call(attribute, method + trouble.form, arguments)] * trouble.calls
        for fault in trouble.faults:
            self._emulator.faults.add(trouble.operation, **fault)

    def came(self, outcomes: Iterable[Outcome]) -> Came:
        """What became of the calls."""
        sent = self._emulator.journal.requests(self._operation)
        return Came(len(sent), self._things() - self._before, _told(outcomes))

    def _things(self) -> int:
        world = self._emulator.world
        return len(world.campaigns) + sum(map(len, world.jobs.values()))


@pytest.fixture(scope="module")
def came() -> dict[str, dict[str, Came]]:
    """What became of each trouble with each client."""
    with ThreadPoolExecutor(len(CLIENTS)) as clients:
        return dict(zip(CLIENTS, clients.map(_through_all, CLIENTS.values()), strict=True))


def _through_all(client: Callable[..., Client]) -> dict[str, Came]:
    with ExitStack() as stack:
        stages = {trouble.name: Stage(stack, trouble) for trouble in TROUBLES}
        with client("http://127.0.0.1:9", *AT_ONCE) as process:  # each call has an address of its own
            outcomes = iter(process.perform_at_once([call for stage in stages.values() for call in stage.calls]))
        return {name: stage.came([next(outcomes) for _ in stage.calls]) for name, stage in stages.items()}


def _told(outcomes: Iterable[Outcome]) -> str:
    """What the callers got, as the table has it."""
    got = Counter(map(_word, outcomes))
    return ", ".join(word if times == 1 else f"{times} times {word}" for word, times in sorted(got.items()))


def _word(outcome: Outcome) -> str:
    if outcome.ok:
        return ANSWER
    name = "OutcomeUnknown" if "OutcomeUnknown" in outcome.bases else outcome.type
    return f"{name} {outcome.status}" if outcome.status else WORDS.get(name, name)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_what_becomes_of_it(came: dict[str, dict[str, Came]], trouble: Trouble, client: str) -> None:
    expected, found = trouble.came[client], came[client][trouble.name]
    if trouble.goes_on and expected.got == STILL_TRYING:
        assert found.got == STILL_TRYING
        assert found.requests >= expected.requests
        assert found.made >= expected.made
    else:
        assert found in {expected, trouble.or_else.get(client, expected)}


@pytest.mark.parametrize("slow", SLOW_CREATES, ids=lambda trouble: trouble.form or "blocking")
def test_0_13_2_makes_several_of_a_slow_create_and_ours_one(
    came: dict[str, dict[str, Came]], slow: Trouble, record_property: Callable[[str, object], None]
) -> None:
    theirs, mine = came["0.13.2"][slow.name], came["ours"][slow.name]
    record_property(
        REPORT,
        f"faults, {slow.operation}{slow.form} takes 7 s: 0.13.2 sent it {theirs.requests} times "
        f"in {PATIENCE:.0f} s and made {theirs.made}, ours sent it {mine.requests} time and made {mine.made}",
    )
    assert theirs.requests > 1
    assert theirs.made == theirs.requests
    assert (mine.requests, mine.made, mine.got) == (1, 1, ANSWER)


def test_ours_never_makes_more_than_was_asked_for_and_comes_to_an_end(came: dict[str, dict[str, Came]]) -> None:
    assert [name for name, mine in came["ours"].items() if mine.made > 1 or mine.got == STILL_TRYING] == []


@pytest.mark.parametrize(("client", "follows"), [("0.7.2", False), ("0.13.2", True), ("ours", False)])
@pytest.mark.parametrize("operation", [READ, SUBMIT])
def test_who_takes_the_token_to_where_it_is_redirected(client: str, operation: str, *, follows: bool) -> None:
    """The other emulator is of another origin, and does nothing without the token."""
    with Emulator() as emulator, Emulator() as other:
        path = {READ: "/standardjob/412652/status", SUBMIT: "/standardjob/thirdpartydata"}[operation]
        emulator.faults.add(operation, status=308, location=other.url + path)
        with CLIENTS[client](emulator.url) as process:
            outcome = process.call(*operation.split("."), **REQUESTS[operation])
        assert outcome.ok is follows
        assert [entry.status for entry in other.journal] == ([{READ: 200, SUBMIT: 202}[operation]] if follows else [])
