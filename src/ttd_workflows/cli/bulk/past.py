"""What the record of submissions has of a sheet's rows: on their way, or sent under another key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ttd_workflows.jobs.reference import whole_key
from ttd_workflows.sheets.outcomes import REFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ttd_workflows import Workflows
    from ttd_workflows.jobs.ledger import Entry
    from ttd_workflows.sheets import Row

_MAY_HAVE_ACTED = frozenset({"accepted", "unknown", "wire"})


class Past:
    """The submissions of one operation to one server that may have been carried out."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = [entry for entry in entries if entry.state in _MAY_HAVE_ACTED]

    @classmethod
    def of(cls, workflows: Workflows, operation: str) -> Past:
        """What a client's record has of an operation."""
        recorded, server = workflows.jobs.entries(), workflows.jobs.server
        return cls([entry for entry in recorded if entry.operation == operation and entry.server == server])

    def taken_on(self, key: str) -> list[Entry]:
        """The jobs that the service took on under a key, and the keys of further parts."""
        return [entry for entry in self._entries if _is_of(entry, key) and entry.state == "accepted"]

    def sent_before(self, rows: Sequence[Row], key: str) -> dict[int, Entry]:
        """The rows whose very input was submitted under another key, or none, by number.

        Those whose sheet says that the service refused them then are meant to be sent again.
        """
        before = {
            _canonical(sent): entry
            for entry in self._entries
            if not _is_of(entry, key)
            for sent in json.loads(entry.body).get("input") or ()
        }
        if not before:
            return {}
        sent = ((row, before.get(_canonical(json.loads(row.input.wire())))) for row in rows if row.input is not None)
        return {row.number: entry for row, entry in sent if entry is not None and row.told_before != REFUSED}


def _is_of(entry: Entry, key: str) -> bool:
    return entry.key is not None and key in {entry.key, whole_key(entry.key)}


def _canonical(sent: Any) -> str:
    return json.dumps(sent, sort_keys=True, separators=(",", ":"))
