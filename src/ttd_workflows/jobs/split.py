"""Many inputs, split into several jobs that read as one."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttd_workflows import errors
from ttd_workflows.core.forms import awaiting, blocking
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.result import Result
from ttd_workflows.jobs.snapshot import GOOD_STATES, Snapshot

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from ttd_workflows import results
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.events import Event
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
        return f"{self._parts[0].name} to {self._parts[-1].name} ({len(self._parts)} jobs)"

    async def ask(self, port: Port, *, timeout: float | None = None) -> Snapshot:
        """Ask about each part."""
        for part in self._parts:
            if part.reference is not None:
                await part.ask(port, timeout=timeout)
        return self._merged()

    def outcome(self, on_partial: Any = "result") -> Result:
        """The result of all parts, or the error that they came to together."""
        return self.result_of(self._merged(), on_partial)

    def _result(self, snapshot: Snapshot) -> Result:
        return SplitResult(self, snapshot)

    def sum_up(self) -> None:
        """Bring ``last`` up to what was heard of the parts."""
        self._merged()

    def _merged(self) -> Snapshot:
        """The parts as one: as far as the slowest, as well as all together."""
        heard = [part.last for part in self._parts if part.last is not None]
        if not heard:
            raise errors.NotReady(f"job {self.name} has not been asked about")
        going_on = next((snapshot for snapshot in heard if not snapshot.ended), None)
        percents = [snapshot.percent or 0.0 for snapshot in heard]
        ends = [snapshot.completed_at for snapshot in heard if snapshot.completed_at]
        self.last = Snapshot(
            reference=heard[0].reference,
            state=going_on.state if going_on else _together({snapshot.state for snapshot in heard}),
            percent=sum(percents) / len(self._parts),
            created_at=min(snapshot.created_at for snapshot in heard),
            completed_at=max(ends, default=None) if going_on is None else None,
            errors=tuple(chain.from_iterable(snapshot.errors for snapshot in heard)),
            read_at=max(snapshot.read_at for snapshot in heard),
        )
        return self.last


class SplitResult(Result):
    """The results of all parts, one after the other."""

    def __repr__(self) -> str:
        return f"<Result of {self.job.name}>"

    def _results(self) -> Iterator[tuple[Job, Result | None, int]]:
        """Each part, its result if it has one, and the place of its first input."""
        start = 0
        for part in self.job.parts:
            good = part.last is None or part.last.state in GOOD_STATES
            yield part, Result(part, part.last, start=start) if good else None, start
            start += len(part.inputs or ())

    @blocking
    async def save(
        self,
        port: Port,
        /,
        path: str | os.PathLike[str],
        *,
        durable: bool = False,
        on_event: Callable[[Event], object] | None = None,
    ) -> str | os.PathLike[str]:
        """Put each part's result into a directory of this name: ``part-0001.json`` and so on."""
        await port.blocking(lambda: Path(path).mkdir(exist_ok=True))
        for number, (_, result, _) in enumerate(self._results(), 1):
            if result is not None:
                file = Path(path) / f"part-{number:04}.json"
                await Result.save.body(result, port, file, durable=durable, on_event=on_event)
        return path

    save_async = awaiting(save)

    def rows(self, path: Any = None, *, flatten: bool | str = False) -> Iterator[Any]:
        """The rows of each part, one after the other."""
        for _, result, _ in self._results():
            if result is not None:
                yield from result.rows(path, flatten=flatten)

    def items(self) -> Iterator[results.Item]:
        """What became of each input; those of a part that failed as a whole have its errors."""
        from ttd_workflows import results  # noqa: PLC0415 - as in Result

        for part, result, start in self._results():
            if result is not None:
                yield from result.items()
            else:
                said = part.last.errors if part.last else ()
                for index, given in enumerate(part.inputs or (), start):
                    yield results.Item(index, given, None, said or (f"job {part.name} ended without a result",))

    @blocking
    async def _document(self, port: Port, /) -> Any:  # noqa: ARG002 - the port of every body
        raise errors.InputError(
            f"job {self.job.name} left several documents; go through items() or rows(), or save() them into a directory"
        )


def _together(states: set[str]) -> str:
    if states == {"Success"}:
        return "Success"
    if states & GOOD_STATES:
        return "PartialSuccess"
    return "ResultsExpired" if states == {"ResultsExpired"} else "Failure"
