"""Declaring an operation: once, and both its forms, its repeat rule, its route and its documentation follow.

A declaration is an ordinary method without a body::

    @get("/{jobs}/{id}/status")
    def get_job_status(self, *, id: int, **options: Unpack[CallOptions]) -> TypeBasedJobStatusResponse:
        \"""Ask what became of a job.\"""
    get_job_status_async = twin(get_job_status)
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import cached_property, update_wrapper
from types import MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Self,
    TypeAlias,
    TypedDict,
    TypeVar,
    overload,
)

from ttd_workflows.core.retry import Repeat, RetryConfig
from ttd_workflows.core.surface import finish
from ttd_workflows.types import Unset  # noqa: TC001 - resolved at the first call

if TYPE_CHECKING:
    from inspect import Parameter

    from ttd_workflows.core.exchange import Exchange

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

SEED_EDITION = "0.7.2"
NEWEST_EDITION = "0.13.2"
EDITIONS = (SEED_EDITION, NEWEST_EDITION)
_JOBS_WORD = {SEED_EDITION: "typebasedjob", NEWEST_EDITION: "standardjob"}

Body: TypeAlias = T | Mapping[str, Any] | None
"""A request's body: a model, or a dict in Python's or the wire's names; ``None`` sends no body."""


class CallOptions(TypedDict, total=False):
    """What every operation takes besides its own arguments."""

    retries: RetryConfig | Unset | None
    """The policy for this call; left out, the client's; ``None``: never repeat."""
    server_url: str | None
    """Another address for this call."""
    timeout_ms: int | None
    """Milliseconds that one attempt may take as a whole."""
    http_headers: Mapping[str, str] | None
    """Header fields to add or replace."""
    repeat: Literal["safe"] | None
    """``"safe"``: the caller's word that sending this call twice does no harm."""


class Resource:
    """A group of operations, reached as an attribute of the client."""

    attribute: str

    def __init_subclass__(cls, *, attribute: str) -> None:
        cls.attribute = attribute

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange


class Operation(Generic[P, R]):
    """One HTTP call of the service, as declared. On a resource it is a plain method, on its class it is itself."""

    def __init__(
        self,
        declaration: Callable[..., R],
        *,
        method: str,
        path: str,
        repeat: Repeat | Callable[[Mapping[str, Any]], Repeat],
        only: str | None,
        bodiless: bool,
    ) -> None:
        self.declaration = declaration
        self.method = method
        self.only = only
        """The one edition that has the operation; ``None`` when both do."""
        self.bodiless = bodiless
        """Whether a 2XX without a body is a proper answer."""
        self.name = declaration.__name__
        self.resource: type[Resource]
        """The resource that declares it."""
        self._path = path
        self._repeat = repeat
        self._blocking = _blocking_form(self)

    def __set_name__(self, owner: type[Resource], name: str) -> None:
        self.resource, self.name = owner, name

    def __str__(self) -> str:
        return f"{self.resource.attribute}.{self.name}"

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource, owner: type) -> Callable[P, R]: ...
    def __get__(self, resource: Resource | None, owner: type) -> Any:
        return self if resource is None else MethodType(self._blocking, resource)

    def path(self, edition: str) -> str | None:
        """The path template in an edition, ``None`` where the edition lacks the operation."""
        if self.only not in {None, edition}:
            return None
        return self._path.replace("{jobs}", _JOBS_WORD[edition])

    def repeat(self, arguments: Mapping[str, Any]) -> Repeat:
        """Whether a call with these arguments may be sent twice."""
        return self._repeat if isinstance(self._repeat, Repeat) else self._repeat(arguments)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The operation's own arguments, without the call options."""
        from inspect import Parameter, signature  # noqa: PLC0415 - heavy, and wanted at the first call only

        declared = signature(self.declaration).parameters.values()
        return {p.name: p for p in declared if p.kind is Parameter.KEYWORD_ONLY}

    @cached_property
    def types(self) -> dict[str, Any]:
        """The annotations of the arguments and of ``return``, resolved; this loads the models they name."""
        from typing import get_type_hints  # noqa: PLC0415 - with the models, at the first call

        return get_type_hints(self.declaration, localns=_Names())


class _Names(dict[str, Any]):
    """The names that declarations use, looked up when they are: a declaration loads its own models only."""

    def __missing__(self, name: str) -> Any:
        from ttd_workflows import models  # noqa: PLC0415 - this file is below the models

        try:
            return getattr(models, name)
        except AttributeError:
            raise KeyError(name) from None  # then it is looked up where the declaration stands


class AsyncTwin(Generic[P, R]):
    """The awaitable form of an operation, with the same arguments."""

    def __init__(self, operation: Operation[P, R]) -> None:
        self.operation = operation
        self._async = _async_form(operation)

    def __set_name__(self, owner: type, name: str) -> None:
        if name != f"{self.operation.name}_async":
            raise TypeError(f"the twin of {self.operation} must be named {self.operation.name}_async, not {name}")

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource, owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
    def __get__(self, resource: Resource | None, owner: type) -> Any:
        return self if resource is None else MethodType(self._async, resource)


twin = AsyncTwin


def _blocking_form(operation: Operation[P, R]) -> Callable[..., R]:
    def call(self: Resource, **arguments: Any) -> R:
        exchange = self._exchange
        answer: R = finish(exchange.call(operation, arguments, exchange.blocking))
        return answer

    return update_wrapper(call, operation.declaration)


def _async_form(operation: Operation[P, R]) -> Callable[..., Coroutine[Any, Any, R]]:
    async def call(self: Resource, **arguments: Any) -> R:
        exchange = self._exchange
        await exchange.ready(operation)
        answer: R = await exchange.call(operation, arguments, exchange.awaiting)
        return answer

    update_wrapper(call, operation.declaration)
    call.__name__ += "_async"
    call.__qualname__ += "_async"
    return call


def _declared(
    method: str, path: str, repeat: Repeat | Callable[[Mapping[str, Any]], Repeat], only: str | None, *, bodiless: bool
) -> Callable[[Callable[Concatenate[Any, P], R]], Operation[P, R]]:
    def declare(declaration: Callable[Concatenate[Any, P], R]) -> Operation[P, R]:
        return Operation(declaration, method=method, path=path, repeat=repeat, only=only, bodiless=bodiless)

    return declare


def get(path: str, *, only: str | None = None) -> Callable[[Callable[Concatenate[Any, P], R]], Operation[P, R]]:
    """Declare a reading operation: SAFE."""
    return _declared("GET", path, Repeat.SAFE, only, bodiless=False)


def post(
    path: str,
    *,
    repeat: Repeat | Callable[[Mapping[str, Any]], Repeat] = Repeat.ONCE,
    only: str | None = None,
    bodiless: bool = False,
) -> Callable[[Callable[Concatenate[Any, P], R]], Operation[P, R]]:
    """Declare a posting operation: ONCE, unless it says otherwise."""
    return _declared("POST", path, repeat, only, bodiless=bodiless)


def patch(path: str) -> Callable[[Callable[Concatenate[Any, P], R]], Operation[P, R]]:
    """Declare a changing operation: ONCE, as a change may start a job or overwrite a later change."""
    return _declared("PATCH", path, Repeat.ONCE, None, bodiless=False)
