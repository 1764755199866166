"""``faults``: the rules by which things go wrong, made and taken away while the emulator runs."""

from typing import Any

from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.problems import Refusal, invalid


@controls("GET", "faults")
async def read_faults(asked: Controlling) -> dict[str, Any]:
    """All rules, in order."""
    return {"faults": [rule.document() for rule in asked.service.faults]}


@controls("GET", "faults/kinds")
async def read_kinds(_: Controlling) -> dict[str, Any]:
    """What can go wrong, and what a rule may say about it."""
    from ttd_workflows.emulator.faults.kinds import descriptions
    from ttd_workflows.emulator.faults.rules import frequencies
    from ttd_workflows.emulator.names import CALLBACK, operations

    return {"kinds": descriptions(), "frequency": frequencies(), "operations": ["*", *operations(), CALLBACK]}


@controls("POST", "faults")
async def add_fault(asked: Controlling) -> dict[str, Any]:
    """Add a rule."""
    from ttd_workflows.emulator.faults.parameters import WrongFault

    try:
        rule = asked.service.faults.rule(await asked.body())
    except WrongFault as wrong:
        raise invalid(f"$.{wrong.name}".rstrip("."), str(wrong)) from None
    asked.service.faults.put([rule])
    return rule.document()


@controls("PATCH", "faults/{id:int}")
async def switch_fault(asked: Controlling) -> dict[str, Any]:
    """Put a rule in force or out of it."""
    body = await asked.body()
    if body.keys() != {"enabled"} or not isinstance(body["enabled"], bool):
        raise invalid("$.enabled", "Of a rule only enabled can be changed, to true or false.")
    id, faults = _known(asked), asked.service.faults
    (faults.enable if body["enabled"] else faults.disable)(id)
    return faults[id].document()


@controls("DELETE", "faults/{id:int}")
async def remove_fault(asked: Controlling) -> None:
    """Take a rule away."""
    asked.service.faults.remove(_known(asked))


@controls("DELETE", "faults")
async def clear_faults(asked: Controlling) -> None:
    """Take all rules away."""
    asked.service.faults.clear()


def _known(asked: Controlling) -> int:
    id = int(asked.path["id"])
    if id not in {rule.id for rule in asked.service.faults}:
        raise Refusal(404, f"There is no fault rule {id}.")
    return id
