"""``scenario``: plans, faults and the clock from one file, in one request."""

from typing import Any

from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.problems import Refusal

_LARGEST = 1 << 20


@controls("POST", "scenario")
async def apply_scenario(asked: Controlling) -> dict[str, Any]:
    """Apply a scenario, YAML or JSON; what holds now is told."""
    from ttd_workflows.emulator.clock import told
    from ttd_workflows.emulator.scenario import Scenario, WrongScenario

    service = asked.service
    try:
        Scenario.parse(await asked.content(_LARGEST)).apply(service)
    except WrongScenario as wrong:
        errors: dict[str, list[str]] = {}
        for path, message in wrong.mistakes:
            errors.setdefault(path, []).append(message)
        raise Refusal(400, errors=errors) from None
    return {
        "clock": told(service.clock),
        "plans": [plan.to_json() for plan in service.plans],
        "faults": [rule.document() for rule in service.faults],
    }
