"""Running an emulator: in a thread of this process, or as the process that the command line starts."""

import asyncio
import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from ttd_workflows.emulator.app import BASE, build_app
from ttd_workflows.emulator.clock import Clock
from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.faults.faults import Faults
from ttd_workflows.emulator.jobs.callbacks import Delivery
from ttd_workflows.emulator.jobs.plans import Plans
from ttd_workflows.emulator.jobs.reports import WatchedJobs
from ttd_workflows.emulator.jobs.results import BULK_FORMATS, BulkFormat, Results
from ttd_workflows.emulator.journal import Journal
from ttd_workflows.emulator.service import Service
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.web.inside import Inside
from ttd_workflows.emulator.world.beginning import new_world
from ttd_workflows.emulator.world.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import httpx2

    from ttd_workflows.emulator.scenario import Scenario

    ScenarioSource = Path | str | Mapping[str, Any] | Scenario

HOST = "127.0.0.1"
DEFAULT_PORT = 8917
_GRACE = 0.2
"""Seconds that answers under way have to end when the emulator stops."""
_TICK = 0.1


class PortTaken(OSError):
    """Another process listens on the port."""


class _Server(uvicorn.Server):
    """Tells when it answers, and stops promptly: what is still open after the grace is cut."""

    def __init__(self, service: Service, inside: Inside, started: Callable[[], None]) -> None:
        self._app = build_app(service)
        super().__init__(
            uvicorn.Config(
                self._app,
                loop="asyncio",
                http="ttd_workflows.emulator.faults.sockets:WiredProtocol",  # loaded when a socket is served
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",  # endpoints log their own failures
                access_log=False,
                proxy_headers=False,
                server_header=False,
            )
        )
        self._inside = inside
        self._service = service
        self._started = started
        self._stirred = asyncio.Event()
        """Set when it is to end, and by the first connection."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def answer(self, listener: socket.socket, *, asked_first: bool = False) -> None:
        """Answer on this thread until stopped; ``asked_first``: take connections from the moment when one comes."""
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:  # the one that can watch a socket
            runner.run(self._answer(listener, asked_first=asked_first))

    async def _answer(self, listener: socket.socket, *, asked_first: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._inside.open(self._app)
        living = asyncio.create_task(self._service.live())
        try:
            if asked_first:
                self._started()
                await self._first_connection(listener)
            if not self.should_exit:
                await self.serve([listener])
        finally:
            self._end_service()
            living.cancel()
            self._inside.close()

    def _end_service(self) -> None:
        """Let nobody go on for long: who writes results, who listens to events."""
        self._service.results.stop()
        self._service.events.close()

    async def _first_connection(self, listener: socket.socket) -> None:
        """Wait until somebody connects, or the end comes. Who has connected is kept by the system meanwhile."""
        assert self._loop is not None
        self._loop.add_reader(listener, self._stirred.set)
        await self._stirred.wait()
        self._loop.remove_reader(listener)
        self._stirred.clear()

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stirred.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), _TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_service()
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        deadline = time.monotonic() + _GRACE
        while (state.connections or state.tasks) and time.monotonic() < deadline:  # noqa: ASYNC110 - uvicorn tells no event
            await asyncio.sleep(_TICK / 10)
        for connection in list(state.connections):
            connection.transport.abort()
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)


class Emulator:
    """A Workflows service on this machine, for as long as the ``with`` block lasts.

    It listens on a free port unless one is given. ``settings`` say how it behaves; ``seed`` and ``job_seconds``,
    where given, go before them. With ``in_process``, the clients of :meth:`client_arguments` reach it without a socket:
    its port is there all the same, for result files and for other programs, and is served from the first connection on.
    A ``scenario``, a file or a dict, has settings, job plans, faults and the clock.
    With ``state``, its world is kept in that file, and goes on from there the next time.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        seed: int | None = None,
        job_seconds: float | None = None,
        settings: Settings | None = None,
        bulk_format: BulkFormat | None = None,
        in_process: bool = False,
        scenario: "ScenarioSource | None" = None,
        state: str | os.PathLike[str] | None = None,
    ) -> None:
        told = None if scenario is None else _read(scenario)
        given: dict[str, Any] = {"seed": seed, "job_seconds": job_seconds}
        given = {name: value for name, value in given.items() if value is not None}
        told_settings = (told and told.settings) or {}
        self.settings = replace(settings or Settings(), **told_settings | given)
        clock = Clock()
        world = new_world(self.settings, clock.now())
        results = Results(bulk_format or BULK_FORMATS[self.settings.bulk_result])
        self.service = Service(world, clock, self.settings, results, Events())
        if state is not None:
            self.service.keep_in(state)
        self.port = port
        """Where it listens; once it runs, never 0."""
        self.in_process = in_process
        self._inside = Inside()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        if told is not None:
            told.put(self.service)

    @property
    def clock(self) -> Clock:
        """Its time, to be moved."""
        return self.service.clock

    @property
    def world(self) -> World:
        """All it knows, to be looked at."""
        return self.service.world

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self.service.faults

    def reset(self) -> None:
        """Begin again: the world of the seed, the machine's time, no plans, no faults, an empty journal."""
        self.service.reset()

    def export(self) -> dict[str, Any]:
        """The whole world and its clock in JSON's types, for :meth:`load`; secrets of callers are in it."""
        from ttd_workflows.emulator.world.export import document

        return document(*self.service.snapshot())

    def load(self, data: dict[str, Any]) -> None:
        """Go on with an exported world, at the moment when it was exported.

        Raises:
            WrongDocument: It is none, a ``ValueError`` that names each mistake; nothing has changed.
        """
        self.service.load(data)

    @property
    def plans(self) -> Plans:
        """How the jobs go that are yet to be submitted."""
        return self.service.plans

    @property
    def jobs(self) -> WatchedJobs:
        """Its jobs, to be looked at and to be ended by hand."""
        return WatchedJobs(self.service)

    @property
    def callbacks(self) -> list[Delivery]:
        """The latest attempts to call back, oldest first."""
        return list(self.service.callbacks.log)

    @property
    def journal(self) -> Journal:
        """Every request and its answer."""
        return self.service.journal

    @property
    def events(self) -> Events:
        """Tells those who listen to it what happens."""
        return self.service.events

    @property
    def url(self) -> str:
        """The address of the service, as a client's ``server_url``."""
        return f"http://{HOST}:{self.port}{BASE}"

    @property
    def token(self) -> str:
        """The token it accepts."""
        return self.settings.token

    @cached_property
    def client(self) -> "httpx2.Client":
        """A client of httpx2 whose calls stay within this process; any thread may use it."""
        from ttd_workflows.emulator.web.transports import blocking_client

        return blocking_client(self._inside, self.url)

    @cached_property
    def async_client(self) -> "httpx2.AsyncClient":
        """The same for any event loop."""
        from ttd_workflows.emulator.web.transports import awaiting_client

        return awaiting_client(self._inside, self.url)

    def client_arguments(self) -> dict[str, Any]:
        """What a ``Workflows`` needs to be a client of this emulator, which runs: address, token, and the way there."""
        arguments: dict[str, Any] = {"ttd_auth": self.token, "server_url": self.url}
        if self.in_process:
            arguments |= {"client": self.client, "async_client": self.async_client}
        return arguments

    def apply(self, scenario: "ScenarioSource") -> None:
        """Let a scenario hold: its plans and faults instead of those that are there, and its moves of the clock.

        Raises:
            WrongScenario: It has mistakes, or settings that this emulator was not made with. Nothing has changed then.
        """
        _read(scenario).apply(self.service)

    def __enter__(self) -> Self:
        self._prepare(self._ready.set)
        self._thread = threading.Thread(target=self._run_aside, name=f"emulator on {self.port}", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            self.service.close()
            raise RuntimeError("the emulator did not start") from self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join()
        self.service.close()

    def run(self) -> None:
        """Serve on this thread until SIGINT or SIGTERM; the first line printed ends with the address."""
        self._prepare(self._announce)
        endings = {sig: signal.signal(sig, self._end) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._server.answer(self._socket)
        finally:
            for sig, handler in endings.items():
                signal.signal(sig, handler)
            self._socket.close()
            self.service.close()

    def _announce(self) -> None:
        # In one piece: whoever reads the first line only may have gone before a second one.
        print(f"The emulator answers at {self.url}\nIts token is {self.token}; Ctrl-C stops it.", flush=True)

    def _prepare(self, started: Callable[[], None]) -> None:
        self._socket = _bound(self.port)
        self.port = self._socket.getsockname()[1]
        self.service.open()
        self._ready.clear()
        self._failure = None
        self._server = _Server(self.service, self._inside, started)

    def _run_aside(self) -> None:
        try:
            self._server.answer(self._socket, asked_first=self.in_process)
        except BaseException as failure:
            self._failure = failure
        finally:
            self._socket.close()
            self._ready.set()

    def _end(self, *_: object) -> None:
        # The server takes both signals over while it runs, and hands them on here when it has ended.
        self._server.should_exit = True


def serve(
    port: int = DEFAULT_PORT,
    *,
    seed: int | None = None,
    job_seconds: float | None = None,
    settings: Settings | None = None,
    scenario: "ScenarioSource | None" = None,
    state: str | os.PathLike[str] | None = None,
) -> None:
    """Run an emulator until SIGINT or SIGTERM. The first line on stdout ends with its address."""
    Emulator(port, seed=seed, job_seconds=job_seconds, settings=settings, scenario=scenario, state=state).run()


def _read(scenario: "ScenarioSource") -> "Scenario":
    from ttd_workflows.emulator.scenario import Scenario

    return Scenario.read(scenario)


def _bound(port: int) -> socket.socket:
    """A socket that listens already: whoever knows the port can connect from now on."""
    # With the protocol named, asyncio switches Nagle's algorithm off; otherwise each answer would wait for 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere this would let two processes share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} is taken: stop what listens there, or choose another port (0 is a free one)"
            raise PortTaken(errno.EADDRINUSE, message) from None
        raise
    return listener
