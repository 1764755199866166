"""Submitting once: the ledger is told before the request, before its first byte, and of the answer."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ttd_workflows import errors, models
from ttd_workflows.core.redaction import without_callback_headers
from ttd_workflows.core.request import server_at
from ttd_workflows.core.secrets import MASK
from ttd_workflows.core.surface import finish
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.ledger import Claim, Entry, Ledger, Standing, ledger_at
from ttd_workflows.jobs.reference import JobKind, Reference
from ttd_workflows.models.base import Input, given, refusal
from ttd_workflows.models.jobs import GraphQlBulkJobResponse, TypeBasedJobSubmitResponse
from ttd_workflows.operations import RESOURCES
from ttd_workflows.types import Unset

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Coroutine, Sequence

    from ttd_workflows.core.exchange import Exchange
    from ttd_workflows.core.operation import Operation
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.snapshot import Snapshot

logger = logging.getLogger("ttd_workflows")

LONGEST_OUTCOME = 500
"""Letters of what the ledger keeps of an error."""
PROGRESS_WORTH_RECORDING = 5.0
"""Percentage points; a record on the disk for each question would cost more than the question."""
_FIRST_LOOK = 0.05
_LONGEST_LOOK = 1.0


class Desk:
    """Where submissions are handed in: one client, one server, one ledger or none."""

    def __init__(self, exchange: Exchange, server: str, ledger: Ledger | None, scope: str, *, required: bool) -> None:
        self.exchange = exchange
        self.server = server
        self.ledger = ledger
        self._scope = scope
        self._required = required
        """Whether the ledger was asked for by name. One at the default place may fail a submission without a key."""
        self._warned = False
        self._observed: dict[Reference, tuple[str, float]] = {}

    async def submit(
        self,
        port: Port,
        operation: Operation[Any, Any],
        request: Input,
        *,
        key: str | None,
        labels: Mapping[str, str] | None,
        inputs: Sequence[Any] | None = None,
        whole: str = "",
    ) -> Job:
        """Submit once under ``key``, or find the job that the key already stands for.

        ``whole`` is what the request is a part of: the same key for another whole is another submission.
        """
        self.exchange.check_open()
        _check_key(key, labels)
        if key is not None and self.ledger is None:
            raise errors.ConfigurationError("key= needs a ledger, and this client was set up with ledger=None")
        if self.ledger is None or getattr(request, "validate_input_only", None):
            return await self._unrecorded(port, operation, request, inputs)
        claim = self._claim(operation, request, key, labels, whole)
        try:
            standing, entry = await self._until_free(port, lambda: self._ledger.claim(claim))
        except errors.LedgerError as error:
            if key is not None or self._required:
                raise
            self._warn(error)
            return await self._unrecorded(port, operation, request, inputs)
        return await self._proceed(port, operation, request, standing, entry, inputs=inputs)

    async def _until_free(self, port: Port, claim: Callable[[], tuple[Standing, Entry]]) -> tuple[Standing, Entry]:
        """Claim, and while another thread or process is sending the same, look again what came of it."""
        look = _FIRST_LOOK
        while True:
            grip = _Grip(self._ledger, claim)
            try:
                standing, entry = await port.blocking(grip.claim)
            except BaseException:
                grip.let_go()
                raise
            if standing is not Standing.BUSY:
                return standing, entry
            await port.sleep(look)
            look = min(look * 2, _LONGEST_LOOK)

    async def _proceed(
        self,
        port: Port,
        operation: Operation[Any, Any],
        request: Input,
        standing: Standing,
        entry: Entry,
        *,
        inputs: Sequence[Any] | None,
    ) -> Job:
        """Do what a claim's standing allows."""
        if standing is Standing.UNKNOWN:
            raise self.unknown(entry, lambda port: self.resubmit(port, entry, request, inputs))
        if standing is Standing.TAKEN_ON:
            return self.job_of_entry(entry, inputs=inputs)
        return await self.send(port, operation, request, entry, inputs)

    async def send(
        self, port: Port, operation: Operation[Any, Any], request: Input, entry: Entry, inputs: Sequence[Any] | None
    ) -> Job:
        """Send a claimed submission, and record what it came to."""
        hold = _Hold(self._ledger, entry, port)
        problem: errors.WorkflowsError
        try:
            payload = await self.exchange.call(operation, {"request": request}, port, watch=hold)
            reference = job_of(payload, str(operation))
        except errors.OutcomeUnknown as error:
            problem = self.unknown(entry, lambda port: self.resubmit(port, entry, request, inputs), error)
            await self._settle(hold, "unknown", error)
        except (errors.NotSent, errors.RateLimited, errors.InputError, errors.ConfigurationError) as error:
            problem = error
            await self._settle(hold, "unsent", error)
        except errors.WorkflowsError as error:
            problem = error
            await self._settle(hold, "refused", error)
        else:
            await self._record(hold, reference)
            return Job(self, reference, operation=entry.operation, key=entry.key, payload=payload, inputs=inputs)
        finally:
            hold.let_go()
        raise problem

    def unknown(
        self,
        entry: Entry,
        again: Callable[[Port], Coroutine[Any, Any, Job]],
        cause: errors.WorkflowsError | None = None,
    ) -> errors.SubmissionUnknown:
        """The error for a submission that was sent and never settled; ``again`` is how it is sent again."""
        why = (
            cause.message.partition(" It may have been carried out.")[0] if cause else entry.outcome or "no answer came"
        )
        error = errors.SubmissionUnknown(
            f"{entry.name} ({entry.operation}) was sent, and it is not known whether the service took it on: {why}\n"
            "Look in the platform whether its work was done. If it was not, resubmit() of this error sends it again.",
            operation=entry.operation,
            response=cause.raw_response if cause else None,
        )
        error.entry = entry
        error.bind(lambda: finish(again(self.exchange.blocking)), lambda: again(self.exchange.awaiting))
        return error

    async def resubmit(self, port: Port, entry: Entry, request: Input, inputs: Sequence[Any] | None) -> Job:
        """Send a submission again, as the next attempt under its key."""
        operation = operation_named(entry.operation)
        claim = self._claim(operation, request, entry.key, json.loads(entry.labels))
        claim = replace(claim, body_hash=entry.body_hash)
        standing, again = await self._until_free(port, lambda: self._ledger.claim_again(entry, claim))
        return await self._proceed(port, operation, request, standing, again, inputs=inputs)

    async def resubmit_job(self, port: Port, reference: Reference, callback_input: Any, inputs: Any) -> Job:
        """Send a recorded job's submission again, from the record."""
        entry = await port.blocking(lambda: self._ledger.of_job(self.server, str(reference)))
        if entry is None:
            raise errors.InputError(f"job {reference} is not in the ledger; submit it anew, under another key")
        return await self.resubmit_entry(port, entry, callback_input, inputs)

    async def resubmit_entry(self, port: Port, entry: Entry, callback_input: Any = None, inputs: Any = None) -> Job:
        """Send a recorded submission again, from the record."""
        members = json.loads(entry.body)
        if callback_input is not None:
            members["callbackInput"] = callback_input
        elif (members.get("callbackInput") or {}).get("callbackHeaders") == MASK:
            raise errors.InputError(
                f"{entry.name} has callback headers, which are not kept; give them again with callback_input="
            )
        kinds = operation_named(entry.operation).types["request"].__args__
        name = next(kind.__name__ for kind in kinds if isinstance(kind, type) and issubclass(kind, Input))
        request = await port.blocking(lambda: checked(name, members))
        return await self.resubmit(port, entry, request, inputs)

    async def explain_missing(self, port: Port, reference: Reference, error: errors.NotFound) -> errors.NotFound:
        """Say of a job that the service does not know (any more) what the ledger knows of it."""
        if self.ledger is None:
            return error
        entry = await port.blocking(lambda: self._ledger.of_job(self.server, str(reference)))
        if entry is not None:
            taken_on = datetime.fromtimestamp(entry.settled_at or entry.created_at, UTC)
            under = f" under the key {entry.key!r}" if entry.key else ""
            error.message += (
                f"\nThe ledger has {reference} as taken on at {taken_on:%Y-%m-%d %H:%M:%S} UTC{under} "
                f"({entry.operation}), and the service does not know it any more. job.resubmit() sends it again."
            )
        return error

    async def observe(self, port: Port, snapshot: Snapshot) -> None:
        """Keep a job's state in the ledger, as far as it is there."""
        if self.ledger is not None and self._is_news(snapshot):
            completed = snapshot.completed_at.timestamp() if snapshot.completed_at else None
            job = str(snapshot.reference)
            try:
                await port.blocking(
                    lambda: self._ledger.observed(self.server, job, snapshot.state, snapshot.percent, completed)
                )
            except errors.LedgerError as error:
                self._warn(error)

    def _is_news(self, snapshot: Snapshot) -> bool:
        """Whether a job stands otherwise than was last recorded, by its state or by more than a little progress."""
        state, percent = self._observed.get(snapshot.reference, ("", -PROGRESS_WORTH_RECORDING))
        now = snapshot.percent or 0.0
        if snapshot.state == state and abs(now - percent) < PROGRESS_WORTH_RECORDING:
            return False
        self._observed[snapshot.reference] = (snapshot.state, now)
        return True

    @property
    def _ledger(self) -> Ledger:
        if self.ledger is None:
            raise errors.ConfigurationError("this needs a ledger, and the client was set up with ledger=None")
        return self.ledger

    async def _settle(self, hold: _Hold, state: str, error: errors.WorkflowsError) -> None:
        """Record what a submission came to; should that fail too, the row as it stands says no more than is certain."""
        lines = error.message.splitlines()
        said = lines[:1] if isinstance(error, errors.OutcomeUnknown) else lines  # below its first stands what to do
        outcome = f"{type(error).__name__}: {' '.join(map(str.strip, said))}"[:LONGEST_OUTCOME]
        try:
            await hold.write(lambda: self._ledger.settled(hold.entry, state, outcome))
        except errors.LedgerError as trouble:
            self._warn(trouble)

    async def _record(self, hold: _Hold, reference: Reference | None) -> None:
        try:
            await hold.write(lambda: self._ledger.accepted(hold.entry, str(reference) if reference else None))
        except errors.LedgerError as error:
            # The job exists: its id must reach the caller, whatever became of the file.
            logger.warning("job %s was taken on, but the ledger could not be told: %s", reference, error)

    async def _unrecorded(
        self,
        port: Port,
        operation: Operation[Any, Any],
        request: Input,
        inputs: Sequence[Any] | None,
    ) -> Job:
        payload = await self.exchange.call(operation, {"request": request}, port)
        reference = job_of(payload, str(operation))
        return Job(self, reference, operation=str(operation), payload=payload, inputs=inputs)

    def recorded(self, key: str) -> list[Entry]:
        """The latest submission under a key, and under the keys derived from it for the parts of one that was split."""
        return self._ledger.under(self.server, self._scope, key)

    def job_of_entry(self, entry: Entry, payload: Any = None, inputs: Sequence[Any] | None = None) -> Job:
        """The job that a submission became."""
        reference = Reference.parse(entry.job) if entry.job else None
        return Job(self, reference, operation=entry.operation, key=entry.key, payload=payload, inputs=inputs)

    def _claim(
        self,
        operation: Operation[Any, Any],
        request: Input,
        key: str | None,
        labels: Mapping[str, str] | None,
        whole: str = "",
    ) -> Claim:
        body = without_callback_headers(json.loads(request.wire()))
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return Claim(
            server=self.server,
            scope=self._scope,
            key=key,
            operation=str(operation),
            edition=self.exchange.settings.edition,
            body=text,
            body_hash=hashlib.sha256((whole or text).encode()).hexdigest(),
            labels=json.dumps(dict(labels or {}), ensure_ascii=False),
        )

    def _warn(self, error: errors.LedgerError) -> None:
        if not self._warned:
            self._warned = True
            logger.warning("going on without a record: %s", error)


class _Grip:
    """A claim that is let go of when nobody is there any more to use it: its thread goes on after a cancellation."""

    def __init__(self, ledger: Ledger, claim: Callable[[], tuple[Standing, Entry]]) -> None:
        self._ledger = ledger
        self._claim = claim
        self._taken: Entry | None = None
        self._unwanted = False

    def claim(self) -> tuple[Standing, Entry]:
        """Claim, in whatever thread."""
        standing, entry = self._claim()
        if standing is Standing.MINE:
            self._taken = entry
            if self._unwanted:
                self._ledger.abandon(entry)
        return standing, entry

    def let_go(self) -> None:
        """The caller is gone. Either this or the claim sees the other, whichever comes last."""
        self._unwanted = True
        if self._taken is not None:
            self._ledger.abandon(self._taken)


class _Hold:
    """A submission in flight: it tells the ledger, and stays in flight until its last write has ended.

    A cancelled coroutine leaves its writes running; nobody may take the submission over before they have.
    """

    def __init__(self, ledger: Ledger, entry: Entry, port: Port) -> None:
        self.entry = entry
        self.trouble: errors.WorkflowsError | None = None
        self._ledger = ledger
        self._port = port
        self._guard = threading.Lock()
        self._writing = 0
        self._over = False

    async def on_wire(self) -> None:
        """The first byte is about to leave."""
        try:
            await self.write(lambda: self._ledger.on_wire(self.entry))
        except errors.LedgerError as error:
            self.trouble = error
            raise

    async def off_wire(self) -> None:
        """The service surely did not act; the call may be sent again."""
        await self.write(lambda: self._ledger.off_wire(self.entry))

    async def write(self, change: Callable[[], None]) -> None:
        """Change the row, and be done only when that is done."""
        with self._guard:
            self._writing += 1

        def run() -> None:
            try:
                change()
            finally:
                self._release(writing=-1)

        await self._port.blocking(run)

    def let_go(self) -> None:
        """The submission has come to an end here."""
        self._over = True
        self._release(writing=0)

    def _release(self, *, writing: int) -> None:
        with self._guard:
            self._writing += writing
            free = self._over and self._writing == 0
        if free:
            self._ledger.abandon(self.entry)


def _check_key(key: object, labels: object) -> None:
    if key is not None and not (isinstance(key, str) and key.strip() and key.isprintable()):
        raise errors.InputError(f"key={key!r}: a key is text that names one submission, and is not empty")
    if labels is not None and not (
        isinstance(labels, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in labels.items())
    ):
        raise errors.InputError(f"labels={labels!r}: labels are a dict of text to text")


def desk_of(exchange: Exchange, place: str | os.PathLike[str] | Unset | None, scope: str) -> Desk:
    """The desk of a client, with the ledger at a place."""
    settings = exchange.settings
    server = server_at(settings.server_url, allow_http=settings.allow_http)
    named = not isinstance(place, Unset)
    return Desk(exchange, f"{server.origin}{server.prefix}", ledger_at(place), scope, required=named)


def checked(model: str, members: Mapping[str, Any]) -> Input:
    """A request by its model's name. Raises :class:`InputError`."""
    kind: type[Input] = getattr(models, model)
    try:
        return kind.model_validate(given(dict(members)))
    except ValidationError as error:
        problem = refusal(kind, error)
    raise problem


def operation_named(name: str) -> Operation[Any, Any]:
    """The operation that the ledger has by its name."""
    attribute, _, method = name.partition(".")
    resource = next(resource for resource in RESOURCES if resource.attribute == attribute)
    operation: Operation[Any, Any] = getattr(resource, method)
    return operation


def job_of(payload: Any, operation: str) -> Reference | None:
    """The job that an answer tells of; ``None`` when the service acted at once."""
    if isinstance(payload, TypeBasedJobSubmitResponse):
        return Reference(JobKind.STANDARD, payload.id)
    if isinstance(payload, GraphQlBulkJobResponse):
        job = payload.payload.data if payload.payload else None
        if job is not None:
            return Reference(JobKind.GRAPHQL, job.id)
        told = [error.message or "" for error in (payload.payload.errors if payload.payload else None) or []]
        said = "; ".join(told) or payload.errors
        if not said:
            raise errors.OutcomeUnknownUnreadable(f"{operation}: the service answered with neither a job nor errors")
        raise errors.APIError(f"{operation}: the service did not take the job on: {said}")
    return None
