"""The emulated service: its world, its clock, its settings and its results, and what happens as time goes by."""

import asyncio
import hmac
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttd_workflows.emulator.callers import Callers
from ttd_workflows.emulator.clock import Clock, nothing, told
from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.faults.faults import Faults
from ttd_workflows.emulator.home import Home, at_home
from ttd_workflows.emulator.jobs.callbacks import Callbacks
from ttd_workflows.emulator.jobs.jobs import Jobs
from ttd_workflows.emulator.jobs.life import expires_at
from ttd_workflows.emulator.jobs.plans import Plans
from ttd_workflows.emulator.jobs.results import Results
from ttd_workflows.emulator.journal import Journal
from ttd_workflows.emulator.problems import NotKept
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.world.beginning import new_world
from ttd_workflows.emulator.world.export import read_document
from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import Job, World

if TYPE_CHECKING:
    from ttd_workflows.emulator.world.state import StateFile

_TICK = 0.001
"""Seconds; to wake up a little late is better than to wake up twice."""
_LONGEST_SLEEP = 3600.0
_STEP = 0.25
"""Real seconds between two looks at the progress of jobs, while somebody listens."""
_PAUSE = 1.0
logger = logging.getLogger("ttd_workflows.emulator")
RESULTS_PATH = "/_emulator/results/"


class Service:
    """All that handlers work on. Used from one event loop; only results are computed in threads."""

    def __init__(self, world: World, clock: Clock, settings: Settings, results: Results, events: Events) -> None:
        self.world = world
        self.clock = clock
        self.settings = settings
        self.results = results
        self.callers = Callers(settings)
        self.events = events
        self.publish = events.publish
        self.journal = Journal(clock, events)
        self.faults = Faults(settings.seed, events)
        self.home = Home()
        self._woken = asyncio.Event()
        self._sleeps_until = 0.0
        self.state: StateFile | None = None
        self.plans = Plans(self)
        self._inhabit()

    def open(self) -> None:
        """Be ready to run, again if it ran before."""
        if self.state is not None and not self.state.is_open:
            self.keep_in(self.state.path)
        self.results.open()

    def close(self) -> None:
        """Let go of all files."""
        self.results.close()
        if self.state is not None:
            self.state.close()

    def keep_in(self, path: str | os.PathLike[str]) -> None:
        """Go on with the world that is in a file, or begin the file with this one; from now on keep it there."""
        from ttd_workflows.emulator.world.state import StateFile

        state = StateFile(Path(path))
        state.open()
        try:
            found = state.read()
            if found is None:
                state.begin(self.world, self.clock.to_json())
            else:
                self.world, pace = found
                self.clock.restore(pace)
                self._inhabit()
        except BaseException:
            state.close()
            raise
        self.state = state

    @at_home
    def reset(self) -> None:
        """Begin again: the world of the seed, the machine's time, no plans, no faults, an empty journal."""
        self._enter(new_world(self.settings, self.clock.real), Clock().to_json())
        self.faults.clear()
        self.journal.clear()
        self.publish("reset", dict)

    @at_home
    def load(self, data: dict[str, Any]) -> None:
        """Go on with an exported world, at the moment when it was exported.

        Raises:
            WrongDocument: It is none; nothing has changed.
        """
        world, pace = read_document(data)
        self._enter(world, self.clock.resumed(pace))
        self.publish("reset", dict)

    @at_home
    def snapshot(self) -> tuple[World, dict[str, Any]]:
        """This moment, which does not change any more, and how the clock goes: what an export is made of."""
        self.settle()
        return self.world.copy(), self.clock.picture()

    def _enter(self, world: World, pace: dict[str, Any]) -> None:
        """Leave this world for another."""
        if self.state is not None:
            self.state.begin(world, pace)
        self.callbacks.drop()
        self.world, self.results = world, self.results.emptied()
        self._inhabit()
        self.clock.restore(pace)

    def _inhabit(self) -> None:
        self._picture = self.world.picture()
        self.callbacks = Callbacks(self)
        self.jobs = Jobs(self)

    async def live(self) -> None:
        """Let happen what is due when it is due, without a request, until this is cancelled."""
        self.home.open()
        self._woken = asyncio.Event()
        self.clock.moved = self._follow_clock
        try:
            while True:
                self._woken.clear()
                try:
                    self.settle()
                except Exception:
                    logger.exception("what was due could not happen; it is tried again")
                    await asyncio.sleep(_PAUSE)
                else:
                    await self._sleep()
        finally:
            self.clock.moved = nothing
            self.home.close()
            await self.callbacks.stop()

    def settle(self) -> float:
        """Let happen what is due, in the order in which it is due. Called before every request; returns the present."""
        now = self.clock.now()
        self.jobs.settle(now)
        if self.home.is_open:
            self.callbacks.settle(now)
        return now

    def commit(self) -> None:
        """What changed since the last time lasts. Called before anybody is told. Raises :class:`NotKept`."""
        world = self.world
        if not world.changed:
            return
        if self.state is not None:
            try:
                self.state.write(world, world.changed)
            except NotKept as error:
                logger.error("%s", error.detail)  # noqa: TRY400 - all of it is said
                world.take_back()
                raise
        world.keep()
        self.jobs.forget_past()

    def wake(self, at: float) -> None:
        """Something will be due at a point on the clock."""
        if at < self._sleeps_until:
            self._woken.set()

    def picture(self, seen: int | None = None) -> World:
        """The world as it is now, or as it was after ``seen`` changes, for a thread."""
        if seen is not None and seen < self.world.changes:
            return self.world.picture(seen)
        if self._picture.changes != self.world.changes:
            self._picture = self.world.picture()
        return self._picture

    def scene(self, job: Job, world: World) -> Scene:
        """What a job works on: the moment it ends, as who submitted it sees it."""
        assert job.ends_at is not None
        return Scene(world, self.settings, job.ends_at, self.callers.named(job.user))

    def result_url(self, origin: str, job: Job, now: float) -> str:
        """A fresh address of a job's result, which needs no token and dies after a while."""
        expires = int(min(now + self.settings.url_lifetime, expires_at(job, self.settings)))
        name = f"{job.kind}-{job.id}.json"
        return f"{origin}{RESULTS_PATH}{name}?expires={expires}&signature={self.signature(name, expires)}"

    def signature(self, name: str, expires: int) -> str:
        """What makes a result's address valid until ``expires``."""
        return _signature(self.world.secret, name, expires)

    async def _sleep(self) -> None:
        """Until something is due, or the clock was moved, or something is due earlier than was known."""
        due = [at for at in (self.jobs.next_due, self.callbacks.next_due) if at is not None]
        self._sleeps_until = min(due, default=float("inf"))
        wait = self.clock.real_seconds_until(self._sleeps_until)
        if self.events.listeners:
            self.jobs.tell_progress(self.clock.now())
            wait = min(_STEP, _STEP if wait is None else wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(
                self._woken.wait(), _LONGEST_SLEEP if wait is None else min(wait + _TICK, _LONGEST_SLEEP)
            )

    def _follow_clock(self) -> None:
        self.home.do(self._catch_up)

    def _catch_up(self) -> None:
        if self.state is not None:
            self.state.write_clock(self.clock.to_json())
        self.settle()
        self._woken.set()
        self.publish("clock", lambda: told(self.clock))


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the service: what a handler is given besides the operation's arguments."""

    service: Service
    origin: str
    """The address the caller reached the emulator at; result URLs are built on it."""
    now: float
    user: User
    is_strict: bool = False
    """Whether the caller wants unknown members to be refused."""

    @property
    def scene(self) -> Scene:
        """The world as the caller sees it now."""
        return Scene(self.service.world, self.service.settings, self.now, self.user)

    @property
    def world(self) -> World:
        """The state."""
        return self.service.world

    @property
    def settings(self) -> Settings:
        """The behaviour."""
        return self.service.settings


@lru_cache(maxsize=1024)  # a job that is polled tells the same address for a second
def _signature(secret: str, name: str, expires: int) -> str:
    return hmac.digest(secret.encode(), f"{name}:{expires}".encode(), "sha256").hex()
