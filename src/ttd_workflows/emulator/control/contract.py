"""``openapi.json``: the document of an edition, for tools that read one."""

import asyncio
from typing import Any

from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION
from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.problems import invalid


@controls("GET", "openapi.json")
async def document(asked: Controlling) -> dict[str, Any]:
    """The document; ``?edition=`` chooses another than the newest."""
    from ttd_workflows.emulator.openapi import openapi  # it loads every model

    edition = asked.query("edition") or NEWEST_EDITION
    if edition not in EDITIONS:
        raise invalid("edition", f"There is no edition {edition}, only {' and '.join(EDITIONS)}.")
    return await asyncio.to_thread(openapi, edition)
