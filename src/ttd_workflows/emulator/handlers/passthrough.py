"""Handlers of what is passed through to GraphQL and REST v3."""

from __future__ import annotations

from typing import Unpack

from ttd_workflows import models
from ttd_workflows.core.operation import Body, CallOptions
from ttd_workflows.emulator.graph import answering
from ttd_workflows.emulator.handlers.serving import sent_members, serves
from ttd_workflows.emulator.rest import v3
from ttd_workflows.emulator.service import Call
from ttd_workflows.models.bodies import JSONArray, JSONObject
from ttd_workflows.operations import GraphQLRequest, RESTRequest


@serves(GraphQLRequest.submit_graph_ql_request)
async def submit_graph_ql_request(
    call: Call, /, *, request: Body[models.GraphQLRequestInput] = None, **_: Unpack[CallOptions]
) -> JSONObject | JSONArray:
    sent = sent_members(request)
    return JSONObject(await answering.answer(call, sent["request"], sent.get("variables")))


@serves(RESTRequest.submit_rest_request)
def submit_rest_request(
    call: Call, /, *, request: Body[models.CallRestAPIWorkflowInput] = None, **_: Unpack[CallOptions]
) -> JSONObject | JSONArray:
    sent = sent_members(request)
    return v3.answer(call, sent["methodType"], sent["endpoint"] or "", sent.get("dataBody"))
