"""Job references as they are typed: ``412651``, ``standard:412651``, ``graphql:2989826``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli.completing import offer_jobs
from ttd_workflows.jobs.reference import Reference

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class ReferenceType(click.ParamType[Reference]):
    """Reads a job reference from the command line."""

    name = "job"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Reference:
        """The reference that ``value`` spells."""
        if isinstance(value, Reference):
            return value
        try:
            return Reference.parse(value)
        except ValueError:
            self.fail(f"{value!r} is no job; write 412651, standard:412651 or graphql:2989826.", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The jobs that the ledger has."""
        return offer_jobs(ctx, param, incomplete)
