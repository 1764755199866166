"""Where a blocking call spends its CPU, layer by layer: ``PYTHONPATH=src python benchmarks/profile_call.py [CALLS]``.

The boundaries of the layers are wrapped and read the thread's CPU clock; a layer's time is its own, without that of
the layers below it. Reading the clock costs too: what that comes to is measured and taken off. The last lines are the
same call without any wrapping, and bare httpcore2, both measured in processes of their own.
"""

from __future__ import annotations

import socket
import sys
from functools import wraps
from time import thread_time_ns
from typing import TYPE_CHECKING, Any

import httpcore2
from sides import ours, service

from ttd_workflows import Workflows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ABOVE, ENGINE, HTTPCORE, KERNEL = "above the engine", "engine", "httpcore2 and h11", "kernel: the socket's calls"
LAYERS = (ABOVE, ENGINE, HTTPCORE, KERNEL)
CALLS = 3000


class Clock:
    """Charges CPU time to whichever layer is running."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(LAYERS, 0)
        self.entered = dict.fromkeys(LAYERS, 0)
        self._running = [ABOVE]
        self._since = thread_time_ns()

    def enter(self, layer: str) -> None:
        """A layer was called; until it returns, time is its own."""
        self._charge()
        self.entered[layer] += 1
        self._running.append(layer)

    def leave(self) -> None:
        """It returned."""
        self._charge()
        self._running.pop()

    def _charge(self) -> None:
        now = thread_time_ns()
        self.spent[self._running[-1]] += now - self._since
        self._since = now

    def within(self, layer: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, charged to a layer."""

        @wraps(function)
        def charged(*arguments: Any, **named: Any) -> Any:
            self.enter(layer)
            try:
                return function(*arguments, **named)
            finally:
                self.leave()

        return charged

    def within_steps(self, layer: str, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """The same for a function that yields: each step is charged, what happens in between is not."""

        @wraps(function)
        def charged(*arguments: Any, **named: Any) -> Iterator[Any]:
            steps = function(*arguments, **named)
            step = self.within(layer, lambda: next(steps, None))
            while (piece := step()) is not None:
                yield piece

        return charged

    def within_async(self, layer: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same for a coroutine that never suspends."""

        @wraps(function)
        async def charged(*arguments: Any, **named: Any) -> Any:
            self.enter(layer)
            try:
                return await function(*arguments, **named)
            finally:
                self.leave()

        return charged


def wrapping_cost() -> float:
    """Nanoseconds that one wrapped call adds."""
    clock, calls = Clock(), 100_000
    nothing = clock.within(KERNEL, lambda: None)
    begin = thread_time_ns()
    for _ in range(calls):
        nothing()
    return (thread_time_ns() - begin) / calls


def profile(url: str, calls: int) -> dict[str, float]:
    """Microseconds per call in each layer."""
    with Workflows(ttd_auth="token", server_url=url) as workflows:
        call = workflows.job_status.get_job_status
        call(id=412651)
        clock = Clock()
        engine = workflows._exchange.blocking.engine  # noqa: SLF001 - the boundary is private
        engine.send = clock.within_async(ENGINE, engine.send)  # type: ignore[method-assign]
        boundaries: tuple[tuple[str, Any, str], ...] = (
            (HTTPCORE, httpcore2.ConnectionPool, "handle_request"),
            (HTTPCORE, httpcore2.HTTPConnection, "handle_request"),
            (HTTPCORE, httpcore2.Response, "close"),
            (KERNEL, socket.socket, "sendall"),
            (KERNEL, socket.socket, "send"),
            (KERNEL, socket.socket, "recv"),
        )
        for layer, owner, name in boundaries:
            setattr(owner, name, clock.within(layer, getattr(owner, name)))
        httpcore2.Response.iter_stream = clock.within_steps(HTTPCORE, httpcore2.Response.iter_stream)  # type: ignore[method-assign]
        for _ in range(200):
            call(id=412651)
        clock.spent = dict.fromkeys(LAYERS, 0)
        clock.entered = dict.fromkeys(LAYERS, 0)
        for _ in range(calls):
            call(id=412651)
        clock.enter(ABOVE)
    # About half of what a wrapping costs falls into the layer it enters, the other half into the one that entered it.
    half = wrapping_cost() / 2
    entered = {**clock.entered, ABOVE: 0}
    above = {ABOVE: ENGINE, ENGINE: HTTPCORE, HTTPCORE: KERNEL}
    return {
        layer: (spent - half * (entered[layer] + entered.get(above.get(layer, ""), 0))) / calls / 1e3
        for layer, spent in clock.spent.items()
    }


def main() -> None:
    """Print the layers."""
    calls = int(sys.argv[1]) if sys.argv[1:] else CALLS
    with service() as url:
        layers = profile(url, calls)
        whole, raw = (
            (ours().probe(what, url, str(calls)) or {}).get("microseconds", 0.0)
            for what in ("blocking", "raw-blocking")
        )
    for layer, microseconds in layers.items():
        print(f"{layer:<32}{microseconds:8.1f} µs")
    print(f"{'sum':<32}{sum(layers.values()):8.1f} µs")
    print(f"{'a call, nothing wrapped':<32}{whole:8.1f} µs")
    print(f"{'httpcore2 alone, kernel included':<32}{raw:8.1f} µs")


if __name__ == "__main__":
    main()
