"""``journal`` and ``requests``: what was asked and answered, and how often."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.entries import Entry
from ttd_workflows.emulator.names import full_name
from ttd_workflows.emulator.problems import Refusal, invalid

_LIMIT = 100
_STATUS = re.compile(r"(?i)none|[1-5](?:\d\d|xx)")


@controls("GET", "journal")
async def read_journal(asked: Controlling) -> dict[str, Any]:
    """Entries without bodies, oldest first, and how many there are of them in all.

    With ``after`` they are the first ``limit`` behind the entry of that id, without it the last ``limit``.
    """
    wanted = _Wanted.by(asked)
    found = [entry for entry in asked.service.journal if wanted.has(entry)]
    after, limit = _number(asked, "after"), _number(asked, "limit")
    limit = _LIMIT if limit is None else limit
    shown = found[-limit:] if after is None else [entry for entry in found if entry.id > after][:limit]
    return {
        "entries": [entry.summary() for entry in shown if limit],
        "total": len(found),
        "duplicates": sum(entry.duplicate_of is not None for entry in found),
    }


@controls("GET", "journal/{id:int}")
async def read_entry(asked: Controlling) -> dict[str, Any]:
    """One entry with its bodies."""
    id = int(asked.path["id"])
    try:
        return asked.service.journal[id].document()
    except KeyError:
        raise Refusal(404, f"There is no entry {id} in the journal, or no longer.") from None


@controls("DELETE", "journal")
async def forget_journal(asked: Controlling) -> None:
    """Forget all entries, and the counts."""
    asked.service.journal.clear()


@controls("GET", "requests")
async def read_counts(asked: Controlling) -> dict[str, int]:
    """The number of calls by operation."""
    return dict(asked.service.journal.counts)


@controls("DELETE", "requests")
async def forget_counts(asked: Controlling) -> None:
    """Begin to count anew."""
    asked.service.journal.counts.clear()


@dataclass(frozen=True)
class _Wanted:
    """Which entries are asked for."""

    operation: str | None
    method: str | None
    status: str | None
    text: str

    @classmethod
    def by(cls, asked: Controlling) -> Self:
        operation, method = asked.query("operation"), asked.query("method")
        return cls(
            operation and _operation(operation),
            method and method.upper(),
            _status(asked.query("status")),
            (asked.query("text") or "").casefold(),
        )

    def has(self, entry: Entry) -> bool:
        return (
            (not self.operation or entry.operation == self.operation)
            and (not self.method or entry.method == self.method)
            and (not self.status or _has_status(entry, self.status))
            and (not self.text or any(self.text in part.casefold() for part in _texts(entry)))
        )


def _operation(word: str) -> str:
    try:
        return full_name(word)
    except ValueError as error:
        raise invalid("operation", f"{error}.") from None


def _status(word: str | None) -> str | None:
    if word and not _STATUS.fullmatch(word):
        raise invalid("status", f"A status is a number such as 503, a class such as 5xx, or none, not '{word}'.")
    return word and word.lower()


def _has_status(entry: Entry, wanted: str) -> bool:
    """``none`` is no answer."""
    shown = "none" if entry.status is None else str(entry.status)
    return shown == wanted or (wanted.endswith("xx") and shown[0] == wanted[0])


def _texts(entry: Entry) -> Iterator[str]:
    yield entry.path
    yield entry.query
    yield entry.note or ""
    yield entry.request_body
    yield entry.response_body


def _number(asked: Controlling, name: str) -> int | None:
    text = asked.query(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise invalid(name, f"The value '{text}' is not a whole number.")
    return int(text)
