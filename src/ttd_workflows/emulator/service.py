"""The emulated service: its world, its clock, its settings and its results, and what happens as time goes by."""

import asyncio
import hmac
import logging
from contextlib import suppress
from dataclasses import dataclass

from ttd_workflows.emulator.callbacks import Callbacks
from ttd_workflows.emulator.callers import Callers
from ttd_workflows.emulator.clock import Clock, nothing, told
from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.faults.faults import Faults
from ttd_workflows.emulator.home import Home
from ttd_workflows.emulator.jobs import Jobs
from ttd_workflows.emulator.journal import Journal
from ttd_workflows.emulator.life import expires_at
from ttd_workflows.emulator.plans import Plans
from ttd_workflows.emulator.results import Results
from ttd_workflows.emulator.scene import Scene
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.world import Job, World

_TICK = 0.001
"""Seconds; to wake up a little late is better than to wake up twice."""
_LONGEST_SLEEP = 3600.0
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
        self._picture = world.picture()
        self.plans = Plans(self)
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
        """What changed since the last time lasts. Called before anybody is told."""
        self.world.keep()

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
        return hmac.digest(self.world.secret.encode(), f"{name}:{expires}".encode(), "sha256").hex()

    async def _sleep(self) -> None:
        """Until something is due, or the clock was moved, or something is due earlier than was known."""
        due = [at for at in (self.jobs.next_due, self.callbacks.next_due) if at is not None]
        self._sleeps_until = min(due, default=float("inf"))
        wait = self.clock.real_seconds_until(self._sleeps_until)
        with suppress(TimeoutError):
            await asyncio.wait_for(
                self._woken.wait(), _LONGEST_SLEEP if wait is None else min(wait + _TICK, _LONGEST_SLEEP)
            )

    def _follow_clock(self) -> None:
        self.home.do(self._catch_up)

    def _catch_up(self) -> None:
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
