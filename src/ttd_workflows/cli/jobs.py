"""``ttdw jobs``: what was submitted from here, and how it stood when it was last asked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits, record, voice
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.durations import DurationType
from ttd_workflows.cli.output import Column, limit_option, output_option, print_rows
from ttd_workflows.cli.text import roughly
from ttd_workflows.jobs.ledger import default_path
from ttd_workflows.jobs.reference import JobKind
from ttd_workflows.jobs.snapshot import ENDED_STATES, RUNNING_STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ttd_workflows.jobs.ledger import Entry

SHOWN = 50
STATES = (*record.GROUPS, "unknown", "intent", "wire", "accepted", "refused", "unsent", *RUNNING_STATES, *ENDED_STATES)

EPILOG = """\b
Examples:
  ttdw jobs
  ttdw jobs --state unknown
  ttdw jobs --state running --newer 2d
  ttdw jobs --key '3pd/*' --json

Submissions of unknown outcome come first, then the newest. Nobody is asked: a
job stands as it did when ttdw or a program last asked about it, and its results
expire as counted from its end.

\b
States: those of the service for a job (InProgress, Success, Failure, …);
accepted, where nothing was asked yet; intent and wire while it is being sent;
refused and unsent, where nothing came of it; unknown, where this is not sure.
running, ended, failed and unsettled stand for several.
"""


@command(epilog=EPILOG)
@click.option("--state", "states", metavar="STATE", multiple=True, help="Only those that stand so; see below.")
@click.option("--kind", type=click.Choice(list(JobKind)), help="Only jobs of this kind.")
@click.option("--key", metavar="PATTERN", help="Only keys like this; * stands for anything.")
@click.option("--newer", type=DurationType(), metavar="TIME", help="Only those submitted within: 30m, 12h, 7d.")
@click.option("--older", type=DurationType(), metavar="TIME", help="Only those submitted before that.")
@limit_option
@output_option()
def jobs(
    states: tuple[str, ...],
    kind: str | None,
    key: str | None,
    newer: timedelta | None,
    older: timedelta | None,
    limit: int | None,
    output: str,
) -> int:
    """List what was submitted, from the record on this machine."""
    now = datetime.now(UTC)
    wanted = [_standing(word) for word in states]
    recorded = record.entries()
    entries = [
        entry
        for entry in recorded
        if (not wanted or any(holds(record.state(entry, now)) for holds in wanted))
        and (kind is None or (entry.job or "").startswith(f"{kind}:"))
        and (key is None or fnmatchcase(entry.key or "", key))
        and is_within(entry, now, newer=newer, older=older)
    ]
    if not entries and output == "table":
        voice.say(f"{default_path()} has {'no such submission' if recorded else 'no submissions yet'}.")
        return exits.SUCCESS
    columns = _columns(entries, now)
    rows = [record.document(entry, now) for entry in entries]
    print_rows(lambda: rows, output, columns, limit=limit, of_table=SHOWN)
    return exits.SUCCESS


def is_within(entry: Entry, now: datetime, *, newer: timedelta | None, older: timedelta | None) -> bool:
    """Whether a submission is of such an age."""
    age = now - datetime.fromtimestamp(entry.created_at, UTC)
    return (newer is None or age <= newer) and (older is None or age > older)


def _standing(word: str) -> Callable[[str], bool]:
    """What a state, or a group of them, holds for; also a word of the service that this version does not know."""
    if (group := record.GROUPS.get(word)) is not None:
        return group
    spelt = {known.lower(): known for known in STATES}
    if word.lower() not in spelt and (near := get_close_matches(word.lower(), spelt, n=1)):
        raise click.UsageError(
            f"There is no state {word!r}. Did you mean {spelt[near[0]]!r}?", click.get_current_context()
        )
    return lambda state: state.lower() == word.lower()


def _columns(entries: list[Entry], now: datetime) -> list[Column]:
    columns = [
        Column("job", lambda row: row["job"] or f"{record.SUBMISSION}{row['submission']}"),
        Column("state", lambda row: row["state"]),
        Column("done", lambda row: "" if row["percent"] is None else f"{row['percent']:.0f} %", is_number=True),
        Column("age", lambda row: roughly(now - datetime.fromisoformat(row["createdAt"])), is_number=True),
        Column("expires", lambda row: _expiry(row, now)),
        Column("key", lambda row: row["key"] or "", is_cut=True),
    ]
    if len({entry.server for entry in entries}) > 1:
        columns.append(Column("server", lambda row: row["server"], is_cut=True))
    return columns


def _expiry(row: Any, now: datetime) -> str:
    if row["expiresAt"] is None:
        return ""
    left = datetime.fromisoformat(row["expiresAt"]) - now
    return f"in {roughly(left)}" if left > timedelta() else "gone"
