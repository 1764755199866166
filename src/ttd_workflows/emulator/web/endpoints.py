"""An operation over HTTP: token, arguments and body in, the handler's answer or refusal out."""

import asyncio
import logging
from functools import cached_property
from inspect import isawaitable
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from ttd_workflows.core.port import LARGEST_ID
from ttd_workflows.core.retry import Repeat
from ttd_workflows.emulator.callers import (
    EXPIRED,
    ExpiredToken,
    UnknownToken,
    expired_in_graphql,
    expired_token,
    unknown_token,
)
from ttd_workflows.emulator.clock import spelt
from ttd_workflows.emulator.handlers.serving import BODIES, Served, body_type
from ttd_workflows.emulator.jobs.results import Stopped
from ttd_workflows.emulator.problems import PassedThrough, Refusal, invalid
from ttd_workflows.emulator.service import Call, Service
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.web import bodies
from ttd_workflows.emulator.web.exchange import Incoming, json_bytes, respond, respond_problem
from ttd_workflows.models.base import Model
from ttd_workflows.models.jobs import (
    GraphQlBulkJobResponse,
    GraphQLBulkJobRetrievalResponse,
    TypeBasedJobStatusResponse,
)
from ttd_workflows.operations import GraphQLRequest, RESTRequest

logger = logging.getLogger("ttd_workflows.emulator")
_STATUSES = (TypeBasedJobStatusResponse, GraphQLBulkJobRetrievalResponse)
_TO_A_THREAD = 1 << 17
"""Bytes of JSON that take long enough to read or write that the event loop should not wait for it."""


class OperationEndpoint:
    """Answers one operation."""

    def __init__(self, served: Served, service: Service) -> None:
        self._service = service
        self._settings = service.settings
        self._handler = served.handler
        self._operation = served.operation
        self._status = served.status
        self._name = str(served.operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming.of(scope)
        try:
            user = self._user(incoming)
            counts = self._service.journal.counts
            counts[self._name] = counts.get(self._name, 0) + 1
            status, body = await self._answer(incoming, receive, user)
        except Refusal as refusal:
            await respond_problem(send, incoming, refusal, self._settings.problem_content_type)
        except PassedThrough as answer:
            body = b"" if answer.body is None else json_bytes(answer.body)
            await respond(send, incoming, answer.status, body)
        except (ConnectionResetError, Stopped):
            return
        except Exception:
            self._service.world.take_back()  # what it had begun
            logger.exception("%s failed", self._name)
            await respond_problem(send, incoming, Refusal(500), self._settings.problem_content_type)
        else:
            await respond(send, incoming, status, body)

    def _user(self, incoming: Incoming) -> User:
        """Who calls. A token that is not good is refused as the part of the service does that would see it."""
        try:
            return self._who(incoming)
        except UnknownToken:
            raise unknown_token(self._settings) from None
        except ExpiredToken:
            if self._operation is RESTRequest.submit_rest_request:
                raise PassedThrough(403, {"Message": EXPIRED}) from None
            if self._operation is GraphQLRequest.submit_graph_ql_request:
                raise expired_in_graphql(self._settings) from None
            raise expired_token(self._settings) from None

    def _who(self, incoming: Incoming) -> User:
        if incoming.has_expired_token:
            raise ExpiredToken
        service = self._service
        return service.callers.who(incoming.headers.get(b"ttd-auth"), service.world, service.clock.now())

    async def _answer(self, incoming: Incoming, receive: Receive, user: User) -> tuple[int, bytes]:
        arguments = await self._arguments(incoming, receive)
        now = self._service.settle()
        call = Call(self._service, incoming.origin, now, user, _is_strict(incoming))
        answer = self._handler(call, **arguments)
        if isawaitable(answer):
            answer = await answer
        self._service.commit()
        if self._operation.method != "GET" and incoming.entry is not None and self._changes(arguments):
            self._service.journal.carried_out(incoming.entry)
        status = self._status
        checked_only = getattr(arguments.get("request"), "validate_input_only", None)
        if checked_only and status == 201:
            status = 200
        if self._operation.bodiless and isinstance(answer, Model) and not answer.model_fields_set:
            return status, b""
        if _is_large(answer):
            return status, await asyncio.to_thread(_written, answer, self._settings)
        return status, _written(answer, self._settings)

    def _changes(self, arguments: dict[str, Any]) -> bool:
        """Whether the call left something behind that it would leave twice if it were sent twice."""
        request = arguments.get("request")
        graphql = getattr(request, "request", None)
        if getattr(request, "validate_input_only", None) or (graphql and "mutation" not in graphql):
            return False
        return self._operation.repeat(arguments) is Repeat.ONCE

    async def _arguments(self, incoming: Incoming, receive: Receive) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for name, kind in self._kinds.items():
            if name == "id":
                id = incoming.scope["path_params"]["id"]
                arguments[name] = _number(id) if kind is int else id
            elif name == "force_archive":
                arguments[name] = _flag(incoming, "forceArchive")
            else:
                arguments[name] = await self._body(incoming, receive, kind)
        return arguments

    async def _body(self, incoming: Incoming, receive: Receive, kind: Any) -> Any:
        content = await incoming.body(receive, self._settings.body_limit)
        content_type = incoming.header(b"content-type")
        if content_type and "json" not in content_type:
            raise Refusal(415, f"The body must be application/json, not {content_type}.")

        def read() -> Any:
            data = bodies.parse(content)
            if kind is list:
                return bodies.read_ids(data)
            return bodies.read(kind, data, self._settings, strict=_is_strict(incoming))

        return await asyncio.to_thread(read) if len(content) > _TO_A_THREAD else read()

    @cached_property
    def _kinds(self) -> dict[str, Any]:
        """What each argument is: ``int``, ``str``, ``bool``, a model, or ``list`` for a list of ids."""
        types, body = self._operation.types, body_type(self._operation)
        return {name: body if name in BODIES else types[name] for name in self._operation.parameters}


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    if not 0 < number <= LARGEST_ID:
        raise invalid("id", f"The value '{text}' is not valid.")
    return number


def _is_strict(incoming: Incoming) -> bool:
    return incoming.header(b"ttd-strict-mode").lower() == "true"


def _flag(incoming: Incoming, name: str) -> bool:
    query = parse_qs(incoming.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    text: str = query.get(name, ["false"])[-1]
    if text.lower() not in {"true", "false"}:
        raise invalid(name, f"The value '{text}' is not valid.")
    return text.lower() == "true"


def _is_large(answer: Any) -> bool:
    # What is passed through may be of any size, and to find that out takes as long as writing it.
    raw_result: str | None = getattr(answer, "raw_result", None)
    return not isinstance(answer, Model) or len(raw_result or "") > _TO_A_THREAD


def _written(answer: Any, settings: Settings) -> bytes:
    if not isinstance(answer, Model):
        return json_bytes(answer)
    if isinstance(answer, GraphQlBulkJobResponse) and answer.payload and not answer.payload.data:
        # The schema cannot say that an object may be null; GraphQL's payloads are, when there are errors.
        members = answer.model_dump(mode="json", by_alias=True)
        return json_bytes({**members, "payload": {"data": None, **members["payload"]}})
    leaves_out = settings.empty_members == "absent" and isinstance(answer, _STATUSES)
    if settings.timestamps == "microseconds":
        return answer.model_dump_json(by_alias=True, exclude_none=leaves_out).encode()
    members = answer.model_dump(by_alias=True, exclude_none=leaves_out)
    return json_bytes(members, lambda moment: spelt(moment, settings.timestamps))
