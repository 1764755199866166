"""The six ways to make a call: the built-in engine or a caller's ``httpx`` or ``httpx2`` client, blocking or async."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from support.calls import EXAMPLES, TOKEN
from ttd_workflows import Workflows
from ttd_workflows.utils import BackoffStrategy, RetryConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = RetryConfig("backoff", BackoffStrategy(1, 5, 1.5, 2_000), retry_connection_errors=True)
"""Repeats at once, so that a test need not wait."""


class Sender:
    """A client, and calls on it by the documented name."""

    def __init__(self, client: Workflows, runner: asyncio.Runner | None) -> None:
        self.client = client
        self._runner = runner

    def __call__(self, name: str, **options: Any) -> Any:
        """Call ``campaign.create`` or another, with its example's arguments where none are given."""
        own = {} if options.keys() & {"id", "request", "request_body"} else EXAMPLES[name].arguments
        return self.run(name, **own, **options)

    def run(self, name: str, **arguments: Any) -> Any:
        """Call with these arguments alone."""
        if self._runner is None:
            return attrgetter(name)(self.client)(**arguments)
        return self._runner.run(attrgetter(f"{name}_async")(self.client)(**arguments))


@dataclass(frozen=True)
class Way:
    """One way to make a call."""

    library: str | None
    is_async: bool
    client_settings: dict[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.library or 'built-in'}-{'async' if self.is_async else 'blocking'}"

    @contextmanager
    def open(self, server_url: str, *, own: dict[str, Any] | None = None, **settings: Any) -> Iterator[Sender]:
        """A sender to this address; ``own`` are settings of the caller's own client."""
        settings = {"ttd_auth": TOKEN, "retry_config": QUICK, "timeout_ms": 2_000} | settings
        if not self.is_async:
            caller = self._callers_client("Client", own)
            try:
                with Workflows(server_url=server_url, client=caller, **settings) as client:
                    yield Sender(client, None)
            finally:
                if caller is not None:
                    caller.close()
            return
        with asyncio.Runner() as runner:
            caller = self._callers_client("AsyncClient", own)
            client = Workflows(server_url=server_url, async_client=caller, **settings)
            try:
                yield Sender(client, runner)
            finally:
                runner.run(client.aclose())
                if caller is not None:
                    runner.run(caller.aclose())

    def _callers_client(self, kind: str, own: dict[str, Any] | None) -> Any:
        if self.library is None:
            return None
        import_module("anyio._backends._asyncio")  # slow, and done by the first call otherwise, against its timeout
        return getattr(import_module(self.library), kind)(
            **{"verify": _trusting_nobody(), "trust_env": False} | (own or {})
        )


@cache
def _trusting_nobody() -> ssl.SSLContext:
    """Loading the system's certificates is most of what making a client costs."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


WAYS = [Way(library, is_async) for library in (None, "httpx", "httpx2") for is_async in (False, True)]
BLOCKING = [way for way in WAYS if not way.is_async]
ASYNC = [way for way in WAYS if way.is_async]
BUILT_IN = [way for way in WAYS if way.library is None]
