"""``health`` and ``clock``: whether the emulator answers, what time it is there, and moving that time."""

from typing import Any

from ttd_workflows.emulator.clock import timestamp
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
    return _told(asked)


@controls("POST", "clock")
async def move_clock(asked: Controlling) -> dict[str, Any]:
    """Move forward, and let happen what is due by then."""
    seconds = (await asked.body()).get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise invalid("$.advance", "The number of seconds to move the clock forward is required.")
    try:
        asked.service.clock.advance(seconds)
    except ValueError as error:
        raise invalid("$.advance", str(error)) from None
    asked.service.settle()
    return _told(asked)


def _told(asked: Controlling) -> dict[str, Any]:
    clock = asked.service.clock
    return {"now": timestamp(clock.now()), "ahead": clock.ahead}
