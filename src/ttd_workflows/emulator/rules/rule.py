"""What a rule is, how one is declared, and how a table of them is applied."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ttd_workflows.emulator.rules.common import Found
from ttd_workflows.emulator.rules.drafts import AdGroupDraft, CampaignDraft

D = TypeVar("D", CampaignDraft, AdGroupDraft)
Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Rule(Generic[D]):
    """One rule. It holds always, or while ``switch``, a setting, is on."""

    says: str
    broken: Callable[[D], Found]
    switch: str | None = None


Finder = Callable[[D], Found]


def rule_of(table: list[Rule[D]]) -> Callable[..., Callable[[Finder[D]], Finder[D]]]:
    """How the rules of a table are declared: above a function that finds what breaks one."""

    def declare(says: str, switch: str | None = None) -> Callable[[Finder[D]], Finder[D]]:
        def register(broken: Finder[D]) -> Finder[D]:
            table.append(Rule(says, broken, switch))
            return broken

        return register

    return declare


def errors_of(draft: D, table: Iterable[Rule[D]]) -> Errors:
    """All that is wrong with a draft, by JSON path."""
    errors: Errors = {}
    for rule in table:
        if rule.switch is None or getattr(draft.scene.settings, rule.switch):
            for place, message in rule.broken(draft):
                errors.setdefault(f"{draft.path}.{place}", []).append(message)
    return errors
