"""Many inputs, split into several jobs that read as one."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from ttd_workflows import errors
from ttd_workflows.core.forms import awaiting, blocking
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.result import Result, room
from ttd_workflows.jobs.snapshot import GOOD_STATES, Snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from ttd_workflows import results
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.events import Event
    from ttd_workflows.jobs.job import OnPartial
    from ttd_workflows.jobs.reference import Reference
    from ttd_workflows.jobs.result import Flatten, Keys
    from ttd_workflows.jobs.submitting import Desk

INPUTS_PER_JOB = 1_000
"""The most that the layer below the service takes in one job, as far as is known."""


class SplitJob(Job):
    """Several jobs, each over its share of the inputs. It has ended when all have, and well when all went well."""

    def __init__(self, desk: Desk, parts: Sequence[Job], *, key: str | None, inputs: Sequence[Any]) -> None:
        super().__init__(desk, None, operation=parts[0].operation, key=key, inputs=inputs)
        self._parts = tuple(parts)

    @property
    def parts(self) -> tuple[Job, ...]:
        """The jobs that this one consists of."""
        return self._parts

    @property
    def name(self) -> str:
        """How messages call it."""
        names = [part.name for part in self._parts]
        return f"{names[0]} to {names[-1]} ({len(names)} jobs)"

    @property
    def known_reference(self) -> Reference:
        """Raises :class:`NotReady`: there is a reference for each part, and none for all."""
        parts = ", ".join(part.name for part in self._parts)
        raise errors.NotReady(
            f"this job is {len(self._parts)} jobs, each with its own id and token: go through job.parts ({parts})"
        )

    async def ask(self, port: Port, *, timeout: float | None = None) -> Snapshot:
        """Ask about each part."""
        for part in self._to_follow:
            await part.ask(port, timeout=timeout)
        return self._merged()

    def outcome(self, on_partial: OnPartial = "result") -> Result:
        """The result of all parts, or the error that they came to together."""
        return self.result_of(self._merged(), on_partial) if self._to_follow else SplitResult(self, None)

    def _result(self, snapshot: Snapshot) -> Result:
        return SplitResult(self, snapshot)

    def sum_up(self) -> None:
        """Bring ``last`` up to what was heard of the parts."""
        self._merged()

    def _merged(self) -> Snapshot:
        """The parts as one: as far as the slowest, as well as all together. What was done at once went well."""
        started = self._to_follow
        heard = [part.last for part in started if part.last is not None]
        if not started:
            raise errors.NotReady("the service acted at once and started no jobs; what it did is in job.parts' payload")
        if len(heard) < len(started):
            raise errors.NotReady(f"not all parts of job {self.name} have been asked about")
        at_once = len(self._parts) - len(started)
        going_on = next((snapshot for snapshot in heard if not snapshot.ended), None)
        percents = [snapshot.percent or 0.0 for snapshot in heard] + [100.0] * at_once
        ends = [snapshot.completed_at for snapshot in heard if snapshot.completed_at]
        states = {snapshot.state for snapshot in heard} | ({"Success"} if at_once else set())
        self.last = Snapshot(
            reference=heard[0].reference,
            state=going_on.state if going_on else _together(states),
            percent=sum(percents) / len(self._parts),
            created_at=min(snapshot.created_at for snapshot in heard),
            completed_at=max(ends, default=None) if going_on is None else None,
            errors=tuple(chain.from_iterable(snapshot.errors for snapshot in heard)),
            read_at=max(snapshot.read_at for snapshot in heard),
        )
        return self.last


class SplitResult(Result):
    """The results of all parts, one after the other: :meth:`rows`, :meth:`items` and :meth:`save`."""

    def __init__(self, job: Job, snapshot: Snapshot | None) -> None:
        super().__init__(job, snapshot)
        self._of_parts = tuple(_of_each(job))

    def __repr__(self) -> str:
        return f"<Result of {self.job.name}>"

    @blocking
    async def save(
        self,
        port: Port,
        /,
        path: str | os.PathLike[str],
        *,
        durable: bool = False,
        parallel: int | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> str | os.PathLike[str]:
        """Put each part's result into a directory of this name: ``part-0001.json`` and so on.

        The arguments are those of :meth:`Result.save`.

        Raises:
            InputError: There is a file of this name, or no directory to make it in.
        """
        collecting = await room(port, "ttd_workflows.jobs.collecting")
        place = os.fspath(path)
        if not collecting.is_url(place):
            await port.blocking(lambda: collecting.directory_at(place))
        for number, (_, result, _) in enumerate(self._of_parts, 1):
            if result is not None:
                file = f"{place.rstrip('/')}/part-{number:04}.json"
                await Result.save.body(result, port, file, durable=durable, parallel=parallel, on_event=on_event)
        return path

    save_async = awaiting(save)

    def rows(self, path: Keys = None, *, flatten: Flatten = False) -> Iterator[Any]:
        """The rows of each part, one after the other."""
        for _, result, _ in self._of_parts:
            if result is not None:
                yield from result.rows(path, flatten=flatten)

    async def rows_async(self, path: Keys = None, *, flatten: Flatten = False) -> AsyncIterator[Any]:
        """The rows of each part, one after the other."""
        for _, result, _ in self._of_parts:
            if result is not None:
                async for row in result.rows_async(path, flatten=flatten):
                    yield row

    def items(self) -> Iterator[results.Item]:
        """What became of each input; those of a part that failed as a whole have its errors."""
        for part, result, start in self._of_parts:
            yield from _failed(part, start) if result is None else result.items()

    async def items_async(self) -> AsyncIterator[results.Item]:
        """What became of each input; those of a part that failed as a whole have its errors."""
        for part, result, start in self._of_parts:
            if result is None:
                await room(self._exchange.awaiting, "ttd_workflows.results")
                for item in _failed(part, start):
                    yield item
            else:
                async for item in result.items_async():
                    yield item

    @blocking
    async def _document(self, port: Port, /) -> Any:  # noqa: ARG002 - the port of every body
        raise errors.InputError(
            f"job {self.job.name} left a document for each part: go through rows() or items(), save() them into a "
            "directory, or take tables and files part by part: [part.result().to_arrow() for part in job.parts]"
        )


def _of_each(job: Job) -> Iterator[tuple[Job, Result | None, int]]:
    """Each part, its result if it has one, and the place of its first input."""
    start = 0
    for part in job.parts:
        good = part.last is None or part.last.state in GOOD_STATES
        yield part, Result(part, part.last, start=start) if good else None, start
        start += len(part.inputs or ())


def _failed(part: Job, start: int) -> Iterator[results.Item]:
    from ttd_workflows import results  # noqa: PLC0415 - as in Result

    said = part.last.errors if part.last else ()
    for index, given in enumerate(part.inputs or (), start):
        yield results.Item(index, given, None, said or (f"job {part.name} ended without a result",))


def _together(states: set[str]) -> str:
    if states == {"Success"}:
        return "Success"
    if states & GOOD_STATES:
        return "PartialSuccess"
    return "ResultsExpired" if states == {"ResultsExpired"} else "Failure"
