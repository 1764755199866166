"""The one event loop that an emulator lives on, and how another thread has something done there."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class AnotherProcess(RuntimeError):
    """A forked process has a copy of the emulator, but not the thread that it lives on."""

    def __init__(self) -> None:
        super().__init__("the emulator lives in the process that this one was forked from: reach it at its url")


class Home:
    """An event loop, while there is one. Before and after, and on the loop itself, things are done where they are."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._process = 0

    def open(self) -> None:
        """Live on the running loop from now on."""
        self._thread = threading.get_ident()
        self._process = os.getpid()
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """The loop is about to end."""
        self._loop = None

    @property
    def is_open(self) -> bool:
        """Whether there is a loop."""
        return self._loop is not None

    def do(self, function: Callable[[], T]) -> T:
        """Call a function on the loop, whichever thread this is, and wait for what it gives."""
        loop = self._reached()
        if loop is None or threading.get_ident() == self._thread:
            return function()
        done: Future[T] = Future()

        def call() -> None:
            try:
                done.set_result(function())
            except BaseException as failure:
                done.set_exception(failure)

        try:
            loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop has ended just now
            return function()
        return done.result()

    def wait(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Wait on another thread for work that is done on the loop; where there is no loop, on one of its own."""
        loop = self._reached()
        if loop is None:
            return asyncio.run(work())
        if threading.get_ident() == self._thread:
            raise RuntimeError("this is the emulator's own event loop, which cannot wait for itself")
        return asyncio.run_coroutine_threadsafe(work(), loop).result()

    def _reached(self) -> asyncio.AbstractEventLoop | None:
        if self._loop is not None and os.getpid() != self._process:
            raise AnotherProcess
        return self._loop


class AtHome(Protocol):
    """Something that lives on a loop."""

    home: Home


S = TypeVar("S", bound=AtHome)


def at_home(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A method that may be called from any thread: it runs on the loop."""

    @wraps(method)
    def call(self: S, /, *args: P.args, **named: P.kwargs) -> T:
        return self.home.do(lambda: method(self, *args, **named))

    return call
