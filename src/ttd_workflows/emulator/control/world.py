"""``world`` and ``reset``: the whole world read, replaced, and begun again."""

import asyncio
from typing import Any

from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.world.export import WrongDocument, document

_LARGEST_WORLD = 1 << 30


@controls("GET", "world")
async def read_world(asked: Controlling) -> dict[str, Any]:
    """The whole world and its clock."""
    return await asyncio.to_thread(document, *asked.service.snapshot())


@controls("PUT", "world")
async def load_world(asked: Controlling) -> None:
    """Go on with an exported world; a wrong document changes nothing."""
    try:
        asked.service.load(await asked.body(_LARGEST_WORLD))
    except WrongDocument as wrong:
        raise wrong.refusal() from None


@controls("POST", "reset")
async def reset(asked: Controlling) -> None:
    """Begin again with the world of the seed."""
    asked.service.reset()
