"""Handlers and the client's declarations, tied together: a handler whose arguments or answer differ is a type error."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from ttd_workflows.core.operation import Body, Operation
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.world.world import Members
from ttd_workflows.models.base import Input

P = ParamSpec("P")
R = TypeVar("R")
BODIES = {"request", "request_body"}
"""The arguments that are sent as a body."""
Handler = Callable[Concatenate[Call, P], R | Awaitable[R]]


class Served:
    """An operation, what answers it and with which status."""

    def __init__(self, operation: Operation[..., Any], handler: Handler[..., Any], status: int) -> None:
        self.operation = operation
        self.handler = handler
        self.status = status


SERVED: list[Served] = []


def serves(operation: Operation[P, R], *, status: int = 200) -> Callable[[Handler[P, R]], Handler[P, R]]:
    """Make a function the handler of an operation."""

    def register(handler: Handler[P, R]) -> Handler[P, R]:
        SERVED.append(Served(operation, handler, status))
        return handler

    return register


def body_type(operation: Operation[..., Any]) -> Any:
    """What an operation's body is read as: a model, ``list`` for a list of ids, or ``None`` where it has none."""
    if "request_body" in operation.parameters:
        return list
    if "request" not in operation.parameters:
        return None
    parts = operation.types["request"].__args__
    return next(part for part in parts if isinstance(part, type) and issubclass(part, Input))


def sent_members(request: Body[Any]) -> Members:
    """The given members of a body, by wire name; endpoints always give handlers a model."""
    assert isinstance(request, Input)
    members: Members = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return members
