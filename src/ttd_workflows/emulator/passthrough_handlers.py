"""Handlers of what is passed through to GraphQL and REST v3."""

from __future__ import annotations

import asyncio
from typing import Unpack

from ttd_workflows import models
from ttd_workflows.core.operation import Body, CallOptions
from ttd_workflows.emulator import rest
from ttd_workflows.emulator.resolvers import Graph
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.serving import sent_members, serves
from ttd_workflows.emulator.work import answer_request
from ttd_workflows.models.bodies import JSONArray, JSONObject
from ttd_workflows.operations import GraphQLRequest, RESTRequest


@serves(GraphQLRequest.submit_graph_ql_request)
async def submit_graph_ql_request(
    call: Call, /, *, request: Body[models.GraphQLRequestInput] = None, **_: Unpack[CallOptions]
) -> JSONObject | JSONArray:
    sent = sent_members(request)
    graph = Graph.of(call.scene.on(call.service.picture()))
    return JSONObject(await asyncio.to_thread(answer_request, graph, sent["request"], sent.get("variables")))


@serves(RESTRequest.submit_rest_request)
def submit_rest_request(
    call: Call, /, *, request: Body[models.CallRestAPIWorkflowInput] = None, **_: Unpack[CallOptions]
) -> JSONObject | JSONArray:
    sent = sent_members(request)
    return rest.answer(call, sent["methodType"], sent["endpoint"] or "", sent.get("dataBody"))
