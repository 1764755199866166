"""``health`` and ``clock``: whether the emulator answers, what time it is there, and moving that time."""

from typing import Any

from ttd_workflows.emulator.clock import WrongMove, timestamp, told
from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.problems import invalid


@controls("GET", "health")
async def health(asked: Controlling) -> dict[str, Any]:
    """Whether it answers, and which world it is."""
    service = asked.service
    return {"status": "ok", "seed": service.world.seed, "now": timestamp(service.clock.now())}


@controls("GET", "clock")
async def read_clock(asked: Controlling) -> dict[str, Any]:
    """What time it is."""
    return told(asked.service.clock)


@controls("POST", "clock")
async def move_clock(asked: Controlling) -> dict[str, Any]:
    """Move forward, stop, go on, or go faster, and let happen what is due by then."""
    clock = asked.service.clock
    try:
        clock.move(**read_moves(await asked.body()))
    except WrongMove as wrong:
        raise invalid(f"$.{wrong.name}", str(wrong)) from None
    return told(clock)


def read_moves(data: dict[str, Any]) -> dict[str, Any]:
    """What a move of the clock says, each member of its own type."""
    kinds: dict[str, type | tuple[type, ...]] = {"advance": (int, float), "speed": (int, float), "freeze": bool}
    for name, value in data.items():
        if name not in kinds:
            raise invalid(f"$.{name}", f"A clock has {', '.join(kinds)}, and no '{name}'.")
        if not isinstance(value, kinds[name]) or (name != "freeze" and isinstance(value, bool)):
            wanted = "true or false" if name == "freeze" else "a number"
            raise invalid(f"$.{name}", f"The value must be {wanted}, not {value!r}.")
    if not data:
        raise invalid("$.advance", "The number of seconds to move the clock forward is required; or freeze, or speed.")
    return data
