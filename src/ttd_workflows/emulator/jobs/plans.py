"""Job plans: how jobs go that are yet to be submitted. How long they take, how they end, what they leave."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from ttd_workflows.emulator.home import at_home
from ttd_workflows.emulator.names import nearest

if TYPE_CHECKING:
    from ttd_workflows.emulator.service import Service

GRAPHQL_JOB = "submit_graph_ql_bulk_query_job"
DATA_JOBS = ("get_first_party_data_job", "get_third_party_data_job")
BULK_JOBS = ("create_campaigns_job", "update_campaigns_job", "create_ad_groups_job", "update_ad_groups_job")
MUTATION_JOB = "create_mutation_bulk"
OPERATIONS = ("standard", "graphql", *DATA_JOBS, *BULK_JOBS, GRAPHQL_JOB, MUTATION_JOB)
"""What a plan can be for: all jobs of a kind, or those of one operation."""


class WrongPlan(ValueError):
    """A plan that cannot be; ``name`` is the member that is wrong."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """How jobs go. What is ``None`` goes as it does without a plan."""

    id: str = ""
    """What the emulator calls it."""
    operation: str | None = None
    """For which jobs: ``standard``, ``graphql``, an operation such as ``get_third_party_data_job``, or all."""
    times: int | None = None
    """For how many jobs; ``None`` is for good."""
    used: int = 0
    """For how many jobs it was used so far."""
    seconds: float | None = None
    """How long the job takes once it runs, on the emulator's clock."""
    polls: int | None = None
    """With which status call the job ends, whatever the clock says: 1 is the first."""
    stall_at: float | None = None
    """At which completion percentage the job stops and never ends, unless it is ended by hand."""
    outcome: Literal["Success", "PartialSuccess", "Failure", "Cancelled"] | None = None
    """How it ends. Work that fails stays failed; only GraphQL bulk jobs can be ``Cancelled``."""
    errors: list[str] | None = None
    """What the ended job says; for ``failing_items``, what is wrong with each."""
    failing_items: list[int] | None = None
    """Which inputs of a bulk job are refused, counted from 0."""
    rows: int | None = None
    """How many segments a first- or third-party data connection has in the result."""
    bytes: int | None = None
    """How large the result is at least: a smaller one is filled up with spaces, which JSON allows at its end."""

    @classmethod
    def of(cls, members: dict[str, Any]) -> JobPlan:
        """A plan from its members, checked. ``id`` and ``used`` are the emulator's."""
        if isinstance(operation := members.get("operation"), str):
            members = {**members, "operation": operation.rpartition(".")[2]}
        for name, value in members.items():
            if name not in _CHECKS:
                raise WrongPlan(name, f"A plan has no '{name}'{nearest(name, _CHECKS)}")
            says, is_right = _CHECKS[name]
            if value is not None and not is_right(value):
                near = nearest(value, _WORDS[name]) if name in _WORDS else ""
                raise WrongPlan(name, f"The value must be {says}, not {value!r}{near}")
        plan = cls(**members)
        _check_together(plan)
        return plan

    @property
    def is_used_up(self) -> bool:
        """Whether it was used as often as it was meant for."""
        return self.times is not None and self.used >= self.times

    def is_for(self, kind: str, operation: str) -> bool:
        """Whether it says how a job of this kind and operation goes."""
        return self.operation in {None, kind, operation} and not self.is_used_up

    def to_json(self) -> dict[str, Any]:
        """The plan in JSON's types, what it does not say left out."""
        given = asdict(self)
        return {name: given[name] for name, default in _DEFAULTS.items() if name == "id" or given[name] != default}


class Plans:
    """The plans of one emulator. A plan with ``times`` goes before one for good; among those, the newest holds."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.home = service.home

    def __iter__(self) -> Iterator[JobPlan]:
        return iter(list(self._service.world.plans.values()))

    def __len__(self) -> int:
        return len(self._service.world.plans)

    def add(self, **members: Any) -> JobPlan:
        """Plan the jobs that are submitted from now on; the members are those of :class:`JobPlan`."""
        return self.put(JobPlan.of(members))

    @at_home
    def put(self, plan: JobPlan) -> JobPlan:
        """Add a plan that was checked."""
        world = self._service.world
        plan = replace(plan, id=f"plan-{world.number('plan')}")
        world.store("plans", plan.id, plan)
        self._service.commit()
        return plan

    @at_home
    def remove(self, id: str) -> None:
        """Take a plan back; jobs that were submitted by it go on by it. ``KeyError``: there is no such plan."""
        if id not in self._service.world.plans:
            raise KeyError(id)
        self._service.world.remove("plans", id)
        self._service.commit()

    @at_home
    def clear(self) -> None:
        """Take all plans back."""
        for id in list(self._service.world.plans):
            self._service.world.remove("plans", id)
        self._service.commit()

    def take(self, kind: str, operation: str) -> JobPlan | None:
        """The plan of a job that is being submitted, counted as used."""
        plans = self._service.world.plans
        if not plans:
            return None
        fitting = [plan for plan in plans.values() if plan.is_for(kind, operation)]
        counted = next((plan for plan in fitting if plan.times is not None), None)
        plan = counted or (fitting[-1] if fitting else None)
        if counted is not None:
            self._service.world.store("plans", counted.id, replace(counted, used=counted.used + 1))
        return plan


def _is_count(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53


def _is_number(value: Any, below: float = math.inf) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < below


def _is_list(value: Any, of: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(of(item) for item in value)


_OUTCOMES = ("Success", "PartialSuccess", "Failure", "Cancelled")
_CHECKS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "operation": ("a kind of job or its operation", lambda value: value in OPERATIONS),
    "times": ("a whole number from 1", lambda value: _is_count(value, 1)),
    "seconds": ("a number of seconds from 0", _is_number),
    "polls": ("a whole number from 1", lambda value: _is_count(value, 1)),
    "stall_at": ("a percentage from 0 and below 100", lambda value: _is_number(value, 100)),
    "outcome": ("how a job ends", lambda value: value in _OUTCOMES),
    "errors": ("a list of texts", lambda value: _is_list(value, lambda item: isinstance(item, str))),
    "failing_items": ("a list of places, counted from 0", lambda value: _is_list(value, _is_count)),
    "rows": ("a whole number from 0", _is_count),
    "bytes": ("a whole number from 0", _is_count),
}
_WORDS: dict[str, tuple[str, ...]] = dict.fromkeys(_CHECKS, ()) | {"operation": OPERATIONS, "outcome": _OUTCOMES}
_DEFAULTS = {field.name: None if field.default is MISSING else field.default for field in fields(JobPlan)}


def _check_together(plan: JobPlan) -> None:
    if plan.polls is not None and plan.seconds is not None:
        raise WrongPlan("polls", "A job ends by polls or by seconds, not by both.")
    if plan.polls is not None and plan.stall_at is not None:
        raise WrongPlan("stall_at", "A job that stalls never ends, so it cannot end by polls.")
    if plan.outcome == "Cancelled" and plan.operation not in {"graphql", GRAPHQL_JOB}:
        raise WrongPlan("outcome", "Only GraphQL bulk jobs can be Cancelled: say operation: graphql.")
    if plan.failing_items is not None and plan.operation in {"graphql", GRAPHQL_JOB, *DATA_JOBS}:
        raise WrongPlan("failing_items", f"Only bulk jobs have items that fail: {', '.join(BULK_JOBS)}.")
    if plan.rows is not None and plan.operation in BULK_JOBS:
        raise WrongPlan("rows", "Only first- and third-party data has rows; a bulk job has one for each input.")
    if plan.errors is not None and plan.outcome not in {"PartialSuccess", "Failure"} and plan.failing_items is None:
        raise WrongPlan("errors", "Say what they belong to: outcome: PartialSuccess or Failure, or failing_items.")
