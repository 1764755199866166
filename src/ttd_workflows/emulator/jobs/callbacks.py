"""Callbacks: when a job has ended, its caller is told by a POST. What becomes of that never changes the job.

At least once: a callback that is owed is part of the world until it was taken, or given up after the last attempt.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import deque
from dataclasses import replace
from functools import partial
from heapq import heapify, heappop, heappush
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.problems import invalid
from ttd_workflows.emulator.world.world import Calling, Job, JobKind, Members

if TYPE_CHECKING:
    import httpx2

    from ttd_workflows.emulator.service import Service

logger = logging.getLogger("ttd_workflows.emulator")
_AT_ONCE = 16
"""How many callbacks are under way at most."""
_PATIENCE = 10.0
"""Real seconds that one attempt may take."""
_GROWTH = 4.0
"""How much longer each pause between attempts is than the one before."""
_LOGGED = 1000
_THIS_MACHINE = re.compile(r"localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = {"host", "content-length", "transfer-encoding", "connection"}


class Delivery(NamedTuple):
    """One attempt to call back: what was answered, or what went wrong."""

    job: str
    url: str
    attempt: int
    at: float
    status: int | None = None
    error: str | None = None

    @property
    def was_taken(self) -> bool:
        """Whether the other side has it."""
        return self.status is not None and 200 <= self.status < 300

    def to_json(self) -> dict[str, Any]:
        """The attempt as the controls show it."""
        told = {"status": self.status} if self.error is None else {"error": self.error}
        return {"job": self.job, "url": self.url, "attempt": self.attempt, "at": timestamp(self.at), **told}


class Callbacks:
    """The callbacks of one world. Attempts are repeated on the emulator's clock, each pause longer than the last."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.log: deque[Delivery] = deque(maxlen=_LOGGED)
        """The latest attempts."""
        self._due = self._owed()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx2.AsyncClient | None = None

    @property
    def next_due(self) -> float | None:
        """When the next attempt is due."""
        return self._due[0][0] if self._due else None

    def check(self, kind: JobKind, input: Members) -> None:
        """Refuse a submission whose callback could not be made."""
        wanted = input.get("callbackInput")
        if not wanted:
            return
        if not _is_address(wanted["callbackUrl"]):
            raise invalid("$.callbackInput.callbackUrl", "The callback URL must be an http or https address.")
        for place, name, value in _headers(kind, wanted):
            path = f"$.callbackInput.callbackHeaders{place}"
            if not _HEADER_NAME.fullmatch(name):
                raise invalid(path, f"'{name}' is no name of a header.")
            if name.lower() in _OURS:
                raise invalid(path, f"The header '{name}' is the service's own.")
            if any(sign in value for sign in "\r\n\0") or not value.isascii():
                raise invalid(path, f"The value of '{name}' has characters that no header may have.")

    def expect(self, job: Job) -> None:
        """A job ends: if its caller wants to know, a callback is owed from then on."""
        if job.input.get("callbackInput") and job.ends_at is not None:
            self._owe(Calling(job.reference, 1, job.ends_at))

    def settle(self, now: float) -> None:
        """Begin all attempts that are due."""
        while self._due and self._due[0][0] <= now:
            at, reference = heappop(self._due)
            calling = self._service.world.calling.get(reference)
            if calling is not None and calling.due_at == at and reference not in self._under_way:
                self._under_way[reference] = asyncio.get_running_loop().create_task(self._deliver(calling))

    def drop(self) -> None:
        """Break off what is under way, for good: its world is left."""
        for task in self._under_way.values():
            task.cancel()

    async def stop(self) -> None:
        """Break off what is under way; it stays owed."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        self._due, self._slots = self._owed(), asyncio.Semaphore(_AT_ONCE)  # there may be another loop later

    def _owed(self) -> list[tuple[float, str]]:
        due = [(calling.due_at, calling.job) for calling in self._service.world.calling.values()]
        heapify(due)
        return due

    def _owe(self, calling: Calling) -> None:
        self._service.world.store("calling", calling.job, calling)
        heappush(self._due, (calling.due_at, calling.job))
        self._service.wake(calling.due_at)

    async def _deliver(self, calling: Calling) -> None:
        service = self._service
        kind: JobKind = "graphql" if calling.job.startswith("graphql") else "standard"
        try:
            job = await service.jobs.job(kind, int(calling.job.rpartition(":")[2]), service.clock.now())
            async with self._slots:
                delivery = await self._attempt(job, calling)
        except Exception:
            logger.exception("the callback of %s cannot be made", calling.job)
            return
        finally:
            del self._under_way[calling.job]
        self.log.append(delivery)
        service.publish("callback", delivery.to_json)
        last = calling.attempt >= service.settings.callback_attempts
        if delivery.was_taken or last or not self._may_call(delivery.url):
            service.world.remove("calling", calling.job)
        else:
            pause = service.settings.callback_pause * _GROWTH ** (calling.attempt - 1)
            self._owe(replace(calling, attempt=calling.attempt + 1, due_at=service.clock.now() + pause))
        service.commit()

    async def _attempt(self, job: Job, calling: Calling) -> Delivery:
        wanted, at = job.input["callbackInput"], self._service.clock.now()
        made = Delivery(job.reference, wanted["callbackUrl"], calling.attempt, at)
        if not self._may_call(made.url):
            host = urlsplit(made.url).hostname
            return made._replace(error=f"{host} is not this machine; Settings(callback_hosts=('{host}',)) allows it")
        headers = {name: value for _, name, value in _headers(job.kind, wanted)}
        try:
            async with asyncio.timeout(_PATIENCE):
                post = partial(self._post, made.url, headers)
                return made._replace(status=await self._service.faults.deliver(self._body(job), post))
        except TimeoutError:
            return made._replace(error=f"no answer within {_PATIENCE:g} s")
        except Exception as error:  # whatever the other side does is no failure of ours
            return made._replace(error=f"{type(error).__name__}: {error}")

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """Send it, and give the answer's status; its body is not read."""
        if self._client is None:
            self._client = await asyncio.to_thread(_new_client)
        given = {name.lower() for name in headers}
        if "content-type" not in given:
            headers = {**headers, "Content-Type": "application/json"}
        async with self._client.stream("POST", url, content=body, headers=headers) as answer:
            return answer.status_code

    def _body(self, job: Job) -> bytes:
        assert job.outcome is not None
        assert job.ends_at is not None
        completed = timestamp(job.ends_at)
        if self._service.settings.callback_times == "bare":
            completed = completed.removesuffix("Z")
        return json.dumps({"jobId": job.id, "status": job.outcome.status, "completedAtUtc": completed}).encode()

    def _may_call(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        return bool(_THIS_MACHINE.fullmatch(host)) or host in self._service.settings.callback_hosts


def _new_client() -> httpx2.AsyncClient:
    """Made in a thread: to load the package and the certificates takes long."""
    client: httpx2.AsyncClient = import_module("httpx2").AsyncClient(
        follow_redirects=False,
        trust_env=False,
        timeout=_PATIENCE,
        headers={"User-Agent": "ttd-workflows-emulator"},
    )
    return client


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _headers(kind: JobKind, wanted: Members) -> list[tuple[str, str, str]]:
    """Place, name and value of each header: standard jobs have a mapping, GraphQL bulk jobs a list of pairs."""
    given = wanted.get("callbackHeaders") or ()
    if kind == "standard":
        return [(f".{name}", name, value) for name, value in dict(given).items()]
    return [(f"[{i}].key", pair["key"] or "", pair["value"] or "") for i, pair in enumerate(given)]
