"""``plans``: how the jobs go that are yet to be submitted."""

from typing import Any

from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.jobs.plans import JobPlan, WrongPlan
from ttd_workflows.emulator.problems import Refusal, invalid


@controls("GET", "plans")
async def read_plans(asked: Controlling) -> dict[str, Any]:
    """All plans, those that are used up included."""
    return {"plans": [plan.to_json() for plan in asked.service.plans]}


@controls("POST", "plans")
async def add_plan(asked: Controlling) -> dict[str, Any]:
    """Plan the jobs that are submitted from now on."""
    try:
        plan = JobPlan.of(await asked.body())
    except WrongPlan as wrong:
        raise invalid(f"$.{wrong.name}", str(wrong)) from None
    return asked.service.plans.put(plan).to_json()


@controls("DELETE", "plans/{id}")
async def remove_plan(asked: Controlling) -> None:
    """Take one back."""
    try:
        asked.service.plans.remove(asked.path["id"])
    except KeyError:
        raise Refusal(404, f"There is no plan '{asked.path['id']}'.") from None


@controls("DELETE", "plans")
async def clear_plans(asked: Controlling) -> None:
    """Take all back."""
    asked.service.plans.clear()
