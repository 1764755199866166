"""What became of a row, in the words that a copy of the sheet has for it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ttd_workflows.results import Item
    from ttd_workflows.sheets.kinds import Kind

CREATED: Final = "created"
UPDATED: Final = "updated"
VALID: Final = "valid"
REFUSED_LOCALLY: Final = "refused locally"
REFUSED: Final = "refused by the service"
UNKNOWN: Final = "unknown"
SUBMITTED: Final = "submitted"
NOT_SENT: Final = "not sent"

DONE = frozenset({CREATED, UPDATED})
OPEN = frozenset({UNKNOWN, SUBMITTED})
"""Nobody knows yet whether the row was carried out: only a person's word sends it again."""
WORDS = (CREATED, UPDATED, VALID, REFUSED_LOCALLY, REFUSED, UNKNOWN, SUBMITTED, NOT_SENT)

_ABOUT_INPUT = re.compile(r"\binput\[(\d+)\]")
_PLACE = re.compile(r"\$\.input\[\d+\]\.?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row."""

    word: str
    """One of :data:`WORDS`."""
    id: str = ""
    """The id of what was created or updated."""
    error: str = ""
    """Why not, or what went wrong besides."""


def of_item(item: Item, kind: Kind, *, only_checked: bool = False) -> Outcome:
    """The outcome of one input, as the job's result tells it."""
    said = _in_the_row(item.message)
    if item.entity is None:
        return Outcome(REFUSED, error=said)
    if only_checked:
        return Outcome(REFUSED if item.errors else VALID, error=said)
    return Outcome(kind.done, str(item.entity.get("id") or ""), said)


def of_failed_job(said: Iterable[str], inputs: int, job: str) -> Iterator[Outcome]:
    """The outcomes of a job that left no result: what its errors say of each input, and nothing where they do not."""
    by_input: dict[int, list[str]] = defaultdict(list)
    of_all: list[str] = []
    for error in said:
        about = _ABOUT_INPUT.search(error)
        (by_input[int(about[1])] if about else of_all).append(error)
    silent = "; ".join(of_all) or "it did not say why"
    for index in range(inputs):
        if index in by_input:
            yield Outcome(REFUSED, error=_in_the_row("; ".join(by_input[index])))
        else:
            yield Outcome(UNKNOWN, error=f"job {job} failed: {silent}")


def _in_the_row(said: str) -> str:
    """What the service said without the input's place in the request: what it is about stands in the same row."""
    return _PLACE.sub("", said)


def headings(kind: Kind) -> Sequence[str]:
    """The columns that a copy adds. A sheet of updates has its ids already."""
    return ("outcome", "id", "error") if kind.creates else ("outcome", "error")
