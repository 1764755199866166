"""The emulated service: its world, its clock, its settings and its results, and what happens as time goes by."""

import asyncio
import hmac
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from ttd_workflows.emulator import bulk
from ttd_workflows.emulator.callers import Callers
from ttd_workflows.emulator.clock import Clock, nothing, told
from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.home import Home
from ttd_workflows.emulator.journal import Journal
from ttd_workflows.emulator.life import has_ended
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.results import Results
from ttd_workflows.emulator.scene import Scene
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.work import outcome_of
from ttd_workflows.emulator.world import Job, JobKind, Members, World

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
        self.home = Home()
        self._woken = asyncio.Event()
        self._due: list[tuple[float, JobKind, int]] = []
        self._work: dict[tuple[JobKind, int], asyncio.Task[Job]] = {}
        self._pictures: dict[tuple[JobKind, int], World] = {}
        self._picture = world.picture()
        for job in (job for jobs in world.jobs.values() for job in jobs.values() if job.outcome is None):
            self._expect(job)
        heapify(self._due)

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
                    logger.exception("what was due could not happen; it is tried again with the next request")
                    await asyncio.sleep(_PAUSE)
                else:
                    await self._sleep()
        finally:
            self.clock.moved = nothing
            self.home.close()

    async def _sleep(self) -> None:
        """Until something is due, or the clock was moved, or something is due earlier than was known."""
        wait = self.clock.real_seconds_until(self._due[0][0]) if self._due else None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), None if wait is None else min(wait + _TICK, _LONGEST_SLEEP))

    def _follow_clock(self) -> None:
        self.home.do(self._catch_up)

    def _catch_up(self) -> None:
        self.settle()
        self._woken.set()
        self.publish("clock", lambda: told(self.clock))

    def settle(self) -> float:
        """Let happen what is due, in the order in which it is due. Called before every request; returns the present."""
        now = self.clock.now()
        while self._due and self._due[0][0] <= now:
            _, kind, id = heappop(self._due)
            job = self.world.jobs[kind][id]
            if job.operation in bulk.STEPS:
                self.world.jobs[kind][id] = replace(job, outcome=bulk.carry_out(self._scene(job, self.world), job))
            else:
                self._pictures[kind, id] = self.picture()
        return now

    def picture(self) -> World:
        """The world as it is now, for a thread."""
        if self._picture.changes != self.world.changes:
            self._picture = self.world.picture()
        return self._picture

    def accept(self, kind: JobKind, operation: str, input: Members, now: float, user: str) -> Job:
        """Take a job on."""
        job = self.world.add_job(kind, operation, input, now, self.settings.job_seconds, user)
        self._expect(job)
        return job

    async def job(self, kind: JobKind, id: int, now: float) -> Job:
        """A job, with its outcome if it has ended by ``now``, which was settled before."""
        job = self.world.jobs[kind].get(id)
        if job is None:
            raise Refusal(404, f"There is no job {id}.")
        if not has_ended(job, now) or self._is_complete(job):
            return job
        work = self._work.get((kind, id))
        if work is None:
            work = self._work[kind, id] = asyncio.create_task(self._complete(job))
            work.add_done_callback(_heard)
        return await asyncio.shield(work)

    def result_url(self, origin: str, job: Job, now: float) -> str:
        """A fresh address of a job's result, which needs no token and dies after a while."""
        assert job.ends_at is not None
        expires = int(min(now + self.settings.url_lifetime, job.ends_at + self.settings.results_lifetime))
        name = f"{job.kind}-{job.id}.json"
        return f"{origin}{RESULTS_PATH}{name}?expires={expires}&signature={self.signature(name, expires)}"

    def signature(self, name: str, expires: int) -> str:
        """What makes a result's address valid until ``expires``."""
        return hmac.digest(self.world.secret.encode(), f"{name}:{expires}".encode(), "sha256").hex()

    def _scene(self, job: Job, world: World) -> Scene:
        """What a job works on: the moment it ends, as who submitted it sees it."""
        assert job.ends_at is not None
        return Scene(world, self.settings, job.ends_at, self.callers.named(job.user))

    def _expect(self, job: Job) -> None:
        if job.ends_at is not None:
            heappush(self._due, (job.ends_at, job.kind, job.id))
            if self._due[0][2] == job.id:
                self._woken.set()

    def _is_complete(self, job: Job) -> bool:
        outcome = job.outcome
        return outcome is not None and (outcome.status == "Failure" or self.results.of(job) is not None)

    async def _complete(self, job: Job) -> Job:
        key = (job.kind, job.id)
        picture = self._pictures.pop(key, None) or self.picture()
        try:
            outcome = await asyncio.to_thread(outcome_of, job, self._scene(job, picture), self.results)
        finally:
            del self._work[key]
        complete = self.world.jobs[job.kind][job.id] = replace(job, outcome=outcome)
        return complete


def _heard(work: asyncio.Task[Job]) -> None:
    """Who waited for the work may be gone; an error of it is not to be reported as forgotten."""
    if not work.cancelled():
        work.exception()


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
