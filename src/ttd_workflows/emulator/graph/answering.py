"""A GraphQL request answered at once: what reads is read in a thread, what changes things is done on the event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ttd_workflows.emulator.graph.resolvers import Graph

if TYPE_CHECKING:
    from ttd_workflows.emulator.graph.requests import Request
    from ttd_workflows.emulator.service import Call
    from ttd_workflows.emulator.settings import Settings
    from ttd_workflows.emulator.world.world import Members


async def answer(call: Call, text: str, variables: Members | None) -> Members:
    """What GraphQL says to a request: ``data``, ``errors``, or both. What it changed is still to be committed."""
    request = await asyncio.to_thread(_prepared, text, variables, call.settings)
    if isinstance(request, dict):
        return request
    if request.is_query:
        graph = Graph.of(call.scene.on(call.service.picture()))
        return await asyncio.to_thread(request.run, graph)
    return await request.perform(Graph.of(call.scene, call=call))


def _prepared(text: str, variables: Members | None, settings: Settings) -> Request | Members:
    """A request that can be run, or the answer to one that cannot. GraphQL is loaded here, in a thread."""
    from ttd_workflows.emulator.graph.requests import NotRun, prepare

    try:
        return prepare(text, variables, settings)
    except NotRun as not_run:
        return not_run.answer
