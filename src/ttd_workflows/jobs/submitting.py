"""Submitting once: the ledger is told before the request, before its first byte, and of the answer."""

from __future__ import annotations

import hashlib
import json
import logging
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
    from collections.abc import Callable, Mapping, Sequence

    from ttd_workflows.core.exchange import Exchange
    from ttd_workflows.core.operation import Operation
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.snapshot import Snapshot

logger = logging.getLogger("ttd_workflows")

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
        if getattr(request, "validate_input_only", None):
            return await self._unrecorded(port, operation, request, None, inputs)
        if self.ledger is None:
            if key is not None:
                raise errors.ConfigurationError("key= needs a ledger, and this client was set up with ledger=None")
            return await self._unrecorded(port, operation, request, None, inputs)
        claim = self._claim(operation, request, key, labels, whole)
        try:
            standing, entry = await self._until_free(port, lambda: self._ledger.claim(claim))
        except errors.LedgerError as error:
            if key is not None or self._required:
                raise
            self._warn(error)
            return await self._unrecorded(port, operation, request, None, inputs)
        return await self._proceed(port, operation, request, standing, entry, inputs=inputs)

    async def _until_free(self, port: Port, claim: Callable[[], tuple[Standing, Entry]]) -> tuple[Standing, Entry]:
        """Claim, and while another thread or process is sending the same, look again what came of it."""
        look = _FIRST_LOOK
        standing, entry = await port.blocking(claim)
        while standing is Standing.BUSY:
            await port.sleep(look)
            look = min(look * 2, _LONGEST_LOOK)
            standing, entry = await port.blocking(claim)
        return standing, entry

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
            raise self.unknown(entry, request, inputs)
        if standing is Standing.TAKEN_ON:
            return self._job(entry, None, inputs)
        return await self.send(port, operation, request, entry, inputs)

    async def send(
        self, port: Port, operation: Operation[Any, Any], request: Input, entry: Entry, inputs: Sequence[Any] | None
    ) -> Job:
        """Send a claimed submission, and record what it came to."""
        ledger = self._ledger
        problem: errors.WorkflowsError
        try:
            payload = await self.exchange.call(operation, {"request": request}, port, watch=_Watch(ledger, entry, port))
            reference = job_of(payload, str(operation))
        except errors.OutcomeUnknown as error:
            problem = self.unknown(entry, request, inputs, error)
            await self._settle(port, entry, "unknown", error)
        except (errors.NotSent, errors.RateLimited, errors.InputError, errors.ConfigurationError) as error:
            problem = error
            await self._settle(port, entry, "unsent", error)
        except errors.WorkflowsError as error:
            problem = error
            await self._settle(port, entry, "refused", error)
        else:
            await self._record(port, entry, reference)
            return Job(self, reference, operation=entry.operation, key=entry.key, payload=payload, inputs=inputs)
        finally:
            ledger.abandon(entry)
        raise problem

    def unknown(
        self, entry: Entry, request: Input, inputs: Sequence[Any] | None, cause: errors.WorkflowsError | None = None
    ) -> errors.SubmissionUnknown:
        """The error for a submission that was sent and never settled."""
        name = f"the submission with the key {entry.key!r}" if entry.key else f"submission {entry.id}"
        why = cause.message if cause else entry.outcome or "no answer came"
        error = errors.SubmissionUnknown(
            f"{name} ({entry.operation}) was sent, and it is not known whether the service took it on: {why}\n"
            "Look in the platform whether its work was done. If it was not, resubmit() of this error sends it again.",
            operation=entry.operation,
            response=cause.raw_response if cause else None,
        )
        error.entry = entry
        error.bind(
            lambda: finish(self.resubmit(self.exchange.blocking, entry, request, inputs)),
            lambda: self.resubmit(self.exchange.awaiting, entry, request, inputs),
        )
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
        members = json.loads(entry.body)
        if callback_input is not None:
            members["callbackInput"] = callback_input
        elif (members.get("callbackInput") or {}).get("callbackHeaders") == MASK:
            raise errors.InputError(
                f"job {reference} has callback headers, which are not kept; give them again with callback_input="
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
        if self.ledger is not None:
            completed = snapshot.completed_at.timestamp() if snapshot.completed_at else None
            job = str(snapshot.reference)
            try:
                await port.blocking(
                    lambda: self._ledger.observed(self.server, job, snapshot.state, snapshot.percent, completed)
                )
            except errors.LedgerError as error:
                self._warn(error)

    @property
    def _ledger(self) -> Ledger:
        if self.ledger is None:
            raise errors.ConfigurationError("this needs a ledger, and the client was set up with ledger=None")
        return self.ledger

    async def _settle(self, port: Port, entry: Entry, state: str, error: errors.WorkflowsError) -> None:
        """Record what a submission came to; should that fail too, the row as it stands says no more than is certain."""
        outcome = f"{type(error).__name__}: {error.message.splitlines()[0][:300]}"
        try:
            await port.blocking(lambda: self._ledger.settled(entry, state, outcome))
        except errors.LedgerError as trouble:
            self._warn(trouble)

    async def _record(self, port: Port, entry: Entry, reference: Reference | None) -> None:
        try:
            await port.blocking(lambda: self._ledger.accepted(entry, str(reference) if reference else None))
        except errors.LedgerError as error:
            # The job exists: its id must reach the caller, whatever became of the file.
            logger.warning("job %s was taken on, but the ledger could not be told: %s", reference, error)

    async def _unrecorded(
        self,
        port: Port,
        operation: Operation[Any, Any],
        request: Input,
        key: str | None,
        inputs: Sequence[Any] | None,
    ) -> Job:
        payload = await self.exchange.call(operation, {"request": request}, port)
        reference = job_of(payload, str(operation))
        return Job(self, reference, operation=str(operation), key=key, payload=payload, inputs=inputs)

    def _job(self, entry: Entry, payload: Any, inputs: Sequence[Any] | None) -> Job:
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


class _Watch:
    """Tells the ledger what a call in flight has come to."""

    def __init__(self, ledger: Ledger, entry: Entry, port: Port) -> None:
        self._ledger = ledger
        self._entry = entry
        self._port = port
        self.trouble: errors.WorkflowsError | None = None

    async def on_wire(self) -> None:
        """The first byte is about to leave."""
        try:
            await self._port.blocking(lambda: self._ledger.on_wire(self._entry))
        except errors.LedgerError as error:
            self.trouble = error
            raise

    async def off_wire(self) -> None:
        """The service surely did not act; the call may be sent again."""
        await self._port.blocking(lambda: self._ledger.off_wire(self._entry))


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
        raise errors.APIError(f"{operation}: the service did not take the job on: {'; '.join(told) or payload.errors}")
    return None
