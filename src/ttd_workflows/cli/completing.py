"""What a shell offers for a word that is half typed: jobs of the ledger, profiles. Quick, and silent when it fails."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

    from ttd_workflows.jobs.ledger import Entry

OFFERED = 50
"""Jobs; more than a screen of them helps nobody."""


def offer_profiles(_context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """The profiles whose names begin with what was typed."""
    with suppress(Exception):  # whatever is wrong with the folder: pressing a key is no place for an error
        from ttd_workflows.profiles import shelf  # noqa: PLC0415 - when somebody presses that key

        return [CompletionItem(name) for name in shelf.names() if name.startswith(typed)]
    return []


def offer_jobs(_context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """The newest jobs of the ledger that are called what was typed so far, by reference, number or key."""
    with suppress(Exception):
        from ttd_workflows.jobs import glance  # noqa: PLC0415
        from ttd_workflows.jobs.ledger import default_path  # noqa: PLC0415

        recorded = glance.entries(default_path(), newest=OFFERED * 10)
        spelt = {
            name: f"{entry.operation} {entry.job_state or ''}".strip() for entry in recorded for name in _names(entry)
        }
        fitting = [CompletionItem(name, help=text) for name, text in spelt.items() if name.startswith(typed)]
        # A number is quicker to read than a reference, so that is offered until somebody types a kind.
        return [item for item in fitting if typed or not item.value.startswith("standard:")][:OFFERED]
    return []


def _names(entry: Entry) -> Iterator[str]:
    """What a submission may be called. A key that a shell would take apart has to be typed."""
    if entry.job is not None:
        yield from (entry.job, entry.job.removeprefix("standard:"))
    if entry.key is not None and shlex.quote(entry.key) == entry.key:
        yield entry.key
