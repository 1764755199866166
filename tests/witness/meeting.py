"""The two clients meet: both perform the same calls, each against a recorder of its own that answers both alike."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .answers import Successes
from .clients import Call, Client, Outcome, official, ours
from .contract import Contract, contract
from .generate import Generator
from .recorder import Recorded, Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CALLS = int(os.environ.get("TTDW_WITNESS_CALLS", "2000"))
"""How many calls are made up for each edition."""
SEED = os.environ.get("TTDW_WITNESS_SEED", "20261124")
"""What they are made up from: the same seed makes the same calls."""

Side = tuple[list[Outcome], dict[int | None, list[Recorded]]]


@dataclass(frozen=True)
class Meeting:
    """What became of the same calls at both clients: outcomes, and the requests of each call."""

    contract: Contract
    made: set[tuple[str, str, str]]
    calls: Sequence[Call]
    our_outcomes: list[Outcome]
    their_outcomes: list[Outcome]
    our_requests: dict[int | None, list[Recorded]]
    their_requests: dict[int | None, list[Recorded]]


def meeting(edition: str) -> Meeting:
    """Let both clients of this edition perform the made-up calls, at the same time."""
    document = contract(edition)
    generator = Generator(document, SEED)
    calls = list(generator.calls(CALLS))
    with ThreadPoolExecutor(2) as both:
        mine = both.submit(_perform, ours, document, calls)
        theirs = both.submit(_perform, official, document, calls)
        our_outcomes, our_requests = mine.result()
        their_outcomes, their_requests = theirs.result()
    return Meeting(document, generator.made, calls, our_outcomes, their_outcomes, our_requests, their_requests)


def _perform(client: Callable[[str, str], Client], document: Contract, calls: Sequence[Call]) -> Side:
    with Recorder(Successes(document, SEED)) as recorder, client(document.edition, recorder.url) as process:
        outcomes = process.perform(calls)
        return outcomes, recorder.by_call()
