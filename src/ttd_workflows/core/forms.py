"""Two forms of one body: a method that blocks, and its twin that is awaited.

A body is an ``async`` method that takes its port first and waits through nothing else::

    @blocking
    async def wait(self, port: Port, /, *, timeout: float | None = None) -> Result:
        \"""Wait until the job has ended.\"""

    wait_async = awaiting(wait)

``job.wait(timeout=60)`` blocks, ``await job.wait_async(timeout=60)`` does not; another body calls it as
``await Job.wait.body(self, port, timeout=60)``.
"""

from __future__ import annotations

from functools import update_wrapper
from inspect import signature
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from ttd_workflows.core.surface import finish

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ttd_workflows.core.exchange import Exchange
    from ttd_workflows.core.surface import Port

P = ParamSpec("P")
R = TypeVar("R")


class HasPorts(Protocol):
    """What methods in two forms stand on: something that knows its client's ports."""

    _exchange: Exchange


class Blocking(Generic[P, R]):
    """The blocking form of a body."""

    def __init__(self, body: Callable[Concatenate[Any, Port, P], Coroutine[Any, Any, R]]) -> None:
        self.body = body

        def call(owner: HasPorts, /, *arguments: Any, **named: Any) -> R:
            return finish(body(owner, owner._exchange.blocking, *arguments, **named))  # noqa: SLF001 - as it is for

        self._form = _shown_as(call, body)

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: HasPorts, kind: type) -> Callable[P, R]: ...
    def __get__(self, owner: HasPorts | None, kind: type) -> Any:
        return self if owner is None else MethodType(self._form, owner)


class Awaiting(Generic[P, R]):
    """The awaitable form of a body."""

    def __init__(self, blocking: Blocking[P, R]) -> None:
        body = blocking.body

        async def call(owner: HasPorts, /, *arguments: Any, **named: Any) -> R:
            exchange = owner._exchange  # noqa: SLF001
            await exchange.ready()
            return await body(owner, exchange.awaiting, *arguments, **named)

        self._form = _shown_as(call, body)
        self._form.__name__ += "_async"
        self._form.__qualname__ += "_async"

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: HasPorts, kind: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
    def __get__(self, owner: HasPorts | None, kind: type) -> Any:
        return self if owner is None else MethodType(self._form, owner)


blocking = Blocking
awaiting = Awaiting


def _shown_as(form: Any, body: Callable[..., Any]) -> Any:
    """``form`` with the name and the documentation of ``body``, its signature without the port."""
    update_wrapper(form, body)
    own, _, *rest = signature(body).parameters.values()
    form.__signature__ = signature(body).replace(parameters=[own, *rest])
    return form
