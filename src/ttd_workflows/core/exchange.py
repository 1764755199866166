"""What the resources of one client share: its settings, its two ports and its end. Light to import."""

from __future__ import annotations

import weakref
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from ttd_workflows.core.operation import Operation
    from ttd_workflows.core.port import Engine
    from ttd_workflows.core.retry import RetryConfig
    from ttd_workflows.core.secrets import Secret
    from ttd_workflows.core.sending import Watch
    from ttd_workflows.core.surface import Awaiting, Blocking, Port
    from ttd_workflows.utils import Logger


_ON_A_LOOP = ("ttd_workflows.core.engines.awaiting", "anyio._backends._asyncio", "ttd_workflows.jobs.submissions")
"""What an event loop would otherwise load at its first call; the second is anyio's own, for its first connection."""


class Settings(NamedTuple):
    """How a client sends."""

    token: Secret | Callable[[], str | None]
    server_url: str
    edition: str
    retries: RetryConfig | None
    timeout_ms: int | None
    user_agent: str
    body_limit: int
    allow_http: bool
    debug_logger: Logger | None


class Exchange:
    """Sends for every resource of one client."""

    def __init__(self, settings: Settings, client: Any = None, async_client: Any = None) -> None:
        self.settings = settings
        self._client = client
        self._async_client = async_client
        self.closed = False
        self._loaded: set[Operation[Any, Any] | None] = set()

    def call(
        self, operation: Operation[Any, Any], arguments: Mapping[str, Any], port: Port, watch: Watch | None = None
    ) -> Coroutine[Any, Any, Any]:
        """One call, from its arguments to its payload; see :mod:`ttd_workflows.core.sending`."""
        return self._send(self, operation, arguments, port, watch)

    async def ready(self, operation: Operation[Any, Any] | None = None) -> None:
        """Load the engine, and what an operation needs, in a thread: it takes longer than a loop may be held."""
        if operation not in self._loaded:
            import asyncio  # noqa: PLC0415 - there is a loop, so it is there

            await asyncio.to_thread(_load, operation)
            self._loaded.add(operation)

    @cached_property
    def _send(self) -> Callable[..., Coroutine[Any, Any, Any]]:
        from ttd_workflows.core.sending import send  # noqa: PLC0415 - pydantic is loaded at the first call

        return send

    @cached_property
    def blocking(self) -> Blocking:
        """The port of the blocking form; its connections are closed with the client, or when it is forgotten."""
        from ttd_workflows.core.surface import Blocking, finish  # noqa: PLC0415

        engine: Engine
        if self._client is not None:
            from ttd_workflows.core.engines.callers import CallersBlockingEngine  # noqa: PLC0415

            engine = CallersBlockingEngine(self._client)
        else:
            from ttd_workflows.core.engines.blocking import BlockingEngine  # noqa: PLC0415

            engine = BlockingEngine()
            weakref.finalize(self, lambda: finish(engine.close()))
        return Blocking(engine)

    @cached_property
    def awaiting(self) -> Awaiting:
        """The port of the async form; its connections end with their event loops, or with the client."""
        from ttd_workflows.core.surface import Awaiting  # noqa: PLC0415

        engine: Engine
        if self._async_client is not None:
            from ttd_workflows.core.engines.callers import CallersAsyncEngine  # noqa: PLC0415

            engine = CallersAsyncEngine(self._async_client)
        else:
            from ttd_workflows.core.engines.awaiting import AsyncEngine  # noqa: PLC0415

            engine = AsyncEngine()
        return Awaiting(engine)

    def check_open(self) -> None:
        """Refuse to go on after the client was closed."""
        if self.closed:
            raise ConfigurationError("this client is closed; make the calls inside its with block, or build another")

    def close(self) -> None:
        """End both forms: the blocking one's connections now, the async one's on their own loops."""
        self.closed = True
        if "blocking" in self.__dict__:
            from ttd_workflows.core.surface import finish  # noqa: PLC0415

            finish(self.blocking.engine.close())
        if "awaiting" in self.__dict__:
            self.awaiting.engine.close_elsewhere()

    async def aclose(self) -> None:
        """End both forms from within an event loop."""
        if "awaiting" in self.__dict__:
            await self.awaiting.engine.close()
        self.close()


def _load(operation: Operation[Any, Any] | None) -> None:
    for name in _ON_A_LOOP:
        with suppress(ImportError):
            import_module(name)
    if operation is not None:
        from ttd_workflows.core.sending import build_models  # noqa: PLC0415

        build_models(operation)
