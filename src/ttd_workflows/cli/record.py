"""The record of submissions as the command line reads it: from its file alone, without asking anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli.documents import moment
from ttd_workflows.cli.references import no_job, reference_or_key
from ttd_workflows.jobs import glance
from ttd_workflows.jobs.ledger import default_path
from ttd_workflows.jobs.reference import Reference, whole_key
from ttd_workflows.jobs.snapshot import ENDED_STATES, GOOD_STATES, RESULTS_LAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ttd_workflows.jobs.ledger import Entry

SUBMISSION = "submission:"
"""Names a submission by its number in the record, where it has neither a job nor a key."""
EXPIRED = "ResultsExpired"
WISHES = {
    "dmp.get_third_party_data_job": "third-party",
    "dmp.get_first_party_data_job": "first-party",
    "graph_ql_request.submit_graph_ql_bulk_query_job": "graphql",
    "campaign.create_campaigns_job": "create-campaigns",
    "campaign.update_campaigns_job": "update-campaigns",
    "ad_group.create_ad_groups_job": "create-ad-groups",
    "ad_group.update_ad_groups_job": "update-ad-groups",
}
"""What was wished for by each operation that starts a job, as ``ttdw submit`` calls it."""
GROUPS = {
    "running": lambda word: word == "accepted" or (word[:1].isupper() and word not in ENDED_STATES),
    "ended": lambda word: word in ENDED_STATES,
    "failed": lambda word: word in {"Failure", "Cancelled"},
    "unsettled": lambda word: word in {"unknown", "intent", "wire"},
}
"""States that are asked for together."""


def entries() -> list[Entry]:
    """Every submission, those of unknown outcome first, then the newest first. The file is read and not written."""
    return glance.entries(default_path())


def named(words: Sequence[str]) -> list[Entry]:
    """The submissions that were typed: all attempts under a key, and all parts of what was split."""
    recorded = entries()
    found: dict[int, Entry] = {}
    for word in words:
        matching = [entry for entry in recorded if _is_named(entry, word)]
        if not matching:
            raise no_job(word, "the record of submissions has nothing by that name")
        if len(servers := {entry.server for entry in matching}) > 1:
            numbers = ", ".join(f"{SUBMISSION}{entry.id} ({entry.server})" for entry in matching)
            raise click.UsageError(
                f"{word!r} names submissions to {len(servers)} servers; say which: {numbers}.",
                click.get_current_context(),
            )
        found |= {entry.id: entry for entry in matching}
    return list(found.values())


def _is_named(entry: Entry, word: str) -> bool:
    if word.startswith(SUBMISSION):
        return word.removeprefix(SUBMISSION) == str(entry.id)
    asked = reference_or_key(word)
    if isinstance(asked, Reference):
        return entry.job == str(asked)
    return entry.key is not None and asked in {entry.key, whole_key(entry.key)}


def state(entry: Entry, now: datetime) -> str:
    """One word for how a submission stands: the service's for its job, else what became of sending it."""
    if entry.state != "accepted":
        return entry.state
    left = expires_in(entry, now)
    if left is not None and left <= timedelta():
        return EXPIRED
    return entry.job_state or "accepted"


def expires_in(entry: Entry, now: datetime) -> timedelta | None:
    """How long the result is still there, as far as that is known."""
    if entry.completed_at is None or entry.job is None or entry.job_state not in GOOD_STATES:
        return None
    kept = RESULTS_LAST[Reference.parse(entry.job).kind]
    return datetime.fromtimestamp(entry.completed_at, UTC) + kept - now


def name(entry: Entry) -> str:
    """What to type to mean this submission."""
    return entry.job or f"{SUBMISSION}{entry.id}"


def document(entry: Entry, now: datetime) -> dict[str, Any]:
    """A submission as programs are told of it."""
    left = expires_in(entry, now)
    return {
        "submission": entry.id,
        "job": entry.job,
        "key": entry.key,
        "attempt": entry.attempt,
        "operation": entry.operation,
        "state": state(entry, now),
        "percent": entry.job_percent,
        "outcome": entry.outcome,
        "createdAt": _at(entry.created_at),
        "sentAt": _at(entry.sent_at),
        "settledAt": _at(entry.settled_at),
        "completedAt": _at(entry.completed_at),
        "observedAt": _at(entry.observed_at),
        "expiresAt": None if left is None else moment(now + left),
        "server": entry.server,
        "edition": entry.edition,
    }


def _at(seconds: float | None) -> str | None:
    return None if seconds is None else moment(datetime.fromtimestamp(seconds, UTC))
