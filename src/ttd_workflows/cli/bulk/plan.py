"""What a sheet will do, told before it is done; and the questions that stand before it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.asking import confirm
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.text import one_line
from ttd_workflows.sheets.outcomes import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.cli.bulk.past import Past
    from ttd_workflows.sheets import Sheet

ROWS_SHOWN = 3
WIDTH = 78
_BUDGET = "budgetInAdvertiserCurrency"


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What is not passed without a word."""

    again: bool
    """Whether rows that were sent before are meant to be sent again."""
    inputs: int
    budget: Decimal | None

    def passed_by(self, plan: Plan) -> list[str]:
        """What a plan passes, each with the option that allows it."""
        passed = []
        if plan.count > self.inputs:
            option = f"--max-{'creates' if plan.sheet.kind.creates else 'updates'} {plan.count}"
            passed.append(f"{plan.sheet.kind.counted(plan.count)}, and the ceiling is {self.inputs:,} ({option})")
        if plan.sent_before and not self.again:
            first = min(plan.sent_before)
            entry = plan.sent_before[first]
            under = f"{entry.job or 'a job that is not known'}, key {entry.key!r}"
            passed.append(
                f"{len(plan.sent_before):,} of these rows submitted before, row {first} by {under}; the copy from "
                "then, mended, sends only what failed (--again)"
            )
        if self.budget is not None and plan.at_stake > self.budget:
            stake, ceiling = _amount(plan.at_stake), _amount(self.budget)
            passed.append(f"budgets of {stake}, and the ceiling is {ceiling} (--max-budget {plan.at_stake:f})")
        return passed


class Plan:
    """What the rows of a sheet that can be sent will do."""

    def __init__(
        self, sheet: Sheet, *, key: str | None, only_check: bool, server: str, shares: int, past: Past
    ) -> None:
        self.sheet = sheet
        self.only_check = only_check
        self.server = server
        self.key = None if only_check else key or key_of(sheet)
        self.taken_on = past.taken_on(self.key) if self.key else []
        """The jobs that do it already."""
        self.is_under_way = len(self.taken_on) >= shares
        self.sent_before = past.sent_before(sheet.to_send, self.key) if self.key and not self.is_under_way else {}
        wires = [json.loads(made.wire()) for made in sheet.inputs]
        self.count = len(wires)
        self.budgets: dict[str, Decimal] = defaultdict(Decimal)
        self.at_stake = Decimal()
        """The sum over all rows of each row's largest budget: a campaign's flights share what the campaign has."""
        for wire in wires:
            amounts: dict[str, Decimal] = defaultdict(Decimal)
            for path, amount in _budgets(wire):
                amounts[path] += amount
                self.budgets[path] += amount
            self.at_stake += max(amounts.values(), default=Decimal())

    @property
    def deed(self) -> str:
        """What is done, as one says it."""
        verb = "check" if self.only_check else "create" if self.sheet.kind.creates else "update"
        return f"{verb} {self.sheet.kind.counted(self.count)}"

    def lines(self) -> Iterator[str]:
        """What is told before anything is sent."""
        done = sum(row.outcome is not None and row.outcome.word in DONE for row in self.sheet.rows)
        hidden = len(self.sheet.rows) - self.count - len(self.sheet.wrong) - done
        besides = [
            f"{number:,} {what}"
            for number, what in (
                (len(self.sheet.wrong), "wrong and left out"),
                (done, "carried out before"),
                (hidden, "hidden and left out"),
            )
            if number
        ]
        rows = f"{len(self.sheet.rows):,} rows"
        yield f"{self.sheet.path.name}: {rows}{', ' if besides else ''}{', '.join(besides)}"
        yield f"To do:   {self.deed} at {self.server}"
        for path, amount in self.budgets.items():
            yield f"Budgets: {_amount(amount)} in all, each in its advertiser's currency ({path.rpartition('.')[0]})"
        for row in self.sheet.to_send[:ROWS_SHOWN]:
            yield _cut(f"Row {row.number}:   {self.sheet.shown(row)}")
        if self.count > ROWS_SHOWN:
            yield f"         and {self.count - ROWS_SHOWN:,} more"
        if self.is_under_way:
            jobs = ", ".join(entry.job or "done at once" for entry in self.taken_on)
            yield f"Before:  submitted already ({jobs}); nothing is sent, its outcome is looked at"
        if self.key is not None:
            yield f"Key:     {self.key}"
            yield "         Run again, this goes on where it stood: under a key nothing is done twice."

    def consent(self, ceilings: Ceilings, *, is_given: bool) -> None:
        """Have a person's word for it, where that is needed. Raises :class:`Trouble` without it."""
        if self.only_check or self.is_under_way:
            return
        passed = ceilings.passed_by(self)
        if passed and not voice.can_ask():
            raise Trouble(
                "A ceiling would be passed; nothing was sent.",
                "; ".join(passed),
                "If that is meant, run it again with what stands in brackets.",
                exits.USAGE,
            )
        for line in passed:
            click.echo(f"Careful: {line}", err=True)
        confirm(f"{self.deed[0].upper()}{self.deed[1:]}?", yes=is_given and not passed)


def key_of(sheet: Sheet) -> str:
    """The key that a sheet has by what it says: saved again, renamed or in another form, it has the same."""
    digest = hashlib.sha256()
    for made in sheet.inputs:
        digest.update(made.wire() + b"\n")
    return f"sheet/{sheet.kind.name}/{digest.hexdigest()[:20]}"


def _budgets(value: Any, path: str = "") -> Iterator[tuple[str, Decimal]]:
    """Every budget in an input, by its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            here = f"{path}.{name}" if path else name
            if name == _BUDGET and isinstance(member, (int, float)):
                yield here, Decimal(str(member))
            else:
                yield from _budgets(member, here)
    elif isinstance(value, list):
        for member in value:
            yield from _budgets(member, path)


def _amount(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
