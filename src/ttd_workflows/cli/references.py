"""Job references as they are typed: ``412651``, ``standard:412651``, ``graphql:2989826``."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

LARGEST_ID = 2**63 - 1
KINDS = ("standard", "graphql")


class Reference(NamedTuple):
    """A job's kind and its number; the two kinds are numbered apart."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class ReferenceType(click.ParamType[Reference]):
    """Reads a job reference from the command line."""

    name = "job"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Reference:
        """The reference that ``value`` spells."""
        if isinstance(value, Reference):
            return value
        kind, _, number = value.strip().rpartition(":")
        kind = kind or KINDS[0]
        if kind not in KINDS or not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= LARGEST_ID:
            self.fail(f"{value!r} is no job; write 412651, standard:412651 or graphql:2989826.", param, ctx)
        return Reference(kind, int(number))
