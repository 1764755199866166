"""``callbacks``: the attempts to call back."""

from typing import Any

from ttd_workflows.emulator.control.request import Controlling, controls


@controls("GET", "callbacks")
async def read_callbacks(asked: Controlling) -> dict[str, Any]:
    """The latest attempts, oldest first."""
    return {"callbacks": [delivery.to_json() for delivery in asked.service.callbacks.log]}
