"""Waiting for jobs: one budget for all, and when it ends before they do, the exact command to come back with."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ttd_workflows import errors
from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.calling import name_of_this_program
from ttd_workflows.cli.durations import DurationType
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from ttd_workflows import Workflows
    from ttd_workflows.jobs.job import Job

EACH = "{job}"
"""In the name of a file to save to: stands for each job."""

ARRIVED = "What has arrived is kept."

F = TypeVar("F", bound=Callable[..., Any])


def waiting_options(function: F) -> F:
    """How long to wait and how often to ask: ``--timeout`` and ``--poll``."""
    function = click.option(
        "--poll",
        type=click.FloatRange(min=0.05),
        metavar="S",
        default=1.0,
        show_default=True,
        help="The shortest time between two questions about a job; the longer it runs, the more seldom it is asked.",
    )(function)
    return click.option(
        "--timeout",
        type=DurationType(),
        metavar="TIME",
        help="How long to wait in all: 90 (seconds), 30m, 2h. 0 asks once. Left out, there is no end.",
    )(function)


save_option = click.option(
    "--save",
    metavar="FILE",
    help="Save the result there. With several jobs, {job} in the name stands for each: results/{job}.json.",
)
"""Where to put the result of a job that is waited for."""


class Outcome(NamedTuple):
    """What a job came to, as far as was heard until the waiting ended."""

    job: Job
    code: int
    error: errors.WorkflowsError | None = None


def wait(
    workflows: Workflows, jobs: Sequence[Job], *, timeout: timedelta | None, poll: float, back: str | None = None
) -> list[Outcome]:
    """Wait until all have ended, or the time is over: for each, in the order given, what it came to.

    ``back`` is the command to come back with, where that is another than to wait for these jobs.
    """
    from ttd_workflows.jobs.pace import Polling  # noqa: PLC0415 - for commands that wait

    missing: dict[Job, errors.WorkflowsError] = {}
    pace = Polling(floor=poll, ceiling=max(poll, Polling().ceiling))
    end = None if timeout is None else monotonic() + timeout.total_seconds()
    with coming_back(jobs, back=back), voice.progress() as show:
        while True:
            left = [job for job in jobs if job not in missing]
            rest = None if end is None else max(end - monotonic(), 0.0)
            try:
                for _ in workflows.jobs.as_completed(left, timeout=rest, on_event=show, poll=pace):
                    pass
            except errors.WaitTimeout:
                break
            except errors.NotFound:
                missing |= _not_found(left)
            else:
                break
    return [Outcome(job, exits.ERROR, missing[job]) if job in missing else _outcome(job) for job in jobs]


def _not_found(jobs: Sequence[Job]) -> dict[Job, errors.WorkflowsError]:
    """Those that the service does not know; they must not keep the others from being waited for."""
    missing: dict[Job, errors.WorkflowsError] = {}
    for job in jobs:
        try:
            job.status()
        except errors.NotFound as error:
            missing[job] = error
    return missing


def _outcome(job: Job) -> Outcome:
    try:
        job.outcome("raise")
    except errors.NotReady as error:
        return Outcome(job, exits.TIMED_OUT, error)
    except errors.JobError as error:
        return Outcome(job, exits.of_status(error.snapshot.state if error.snapshot else ""), error)
    return Outcome(job, exits.SUCCESS)


def conclude(outcomes: Sequence[Outcome]) -> int:
    """The worst exit code; where that is not success, what is wrong is raised."""
    code = exits.worst(outcome.code for outcome in outcomes)
    worst = next(outcome for outcome in outcomes if outcome.code == code)
    if worst.error is None:
        return worst.code
    if worst.code == exits.TIMED_OUT:
        raise timed_out(outcomes)
    if len(outcomes) == 1:
        raise worst.error
    bad = [outcome for outcome in outcomes if outcome.error is not None]
    said = "; ".join(f"{outcome.job.name}: {_state(outcome)}" for outcome in bad)
    raise Trouble(
        f"{len(bad)} of {len(outcomes)} jobs did not end in success.",
        said,
        f"Ask about one of them for more: {name_of_this_program()} status {worst.job.name}{as_typed()}",
        worst.code,
    )


def _state(outcome: Outcome) -> str:
    return outcome.job.last.state if outcome.job.last else "not found"


def timed_out(outcomes: Sequence[Outcome], back: str | None = None) -> Trouble:
    """What is told where the time was over before all had ended."""
    left = [outcome.job for outcome in outcomes if outcome.code == exits.TIMED_OUT]
    one = len(left) == 1
    stand = ((job.name, job.last.state if job.last else "not answered for", job.last) for job in left)
    return Trouble(
        f"The time for waiting is over; the {'job goes' if one else 'jobs go'} on.",
        "; ".join(f"{name} is {state}{_percent(last)}" for name, state, last in stand) + ".",
        f"To come back: {back or way_back(left)}",
        exits.TIMED_OUT,
    )


def _percent(last: Any) -> str:
    return "" if last is None or last.percent is None else f" at {last.percent:.0f} %"


def way_back(jobs: Sequence[Job]) -> str:
    """The command that waits for these jobs as the one that was typed does."""
    names = " ".join(str(part.reference) for job in jobs for part in job.parts if part.reference is not None)
    return f"{name_of_this_program()} wait {names}{as_typed('timeout', 'poll', 'save', 'output', 'as_json')}"


@contextmanager
def coming_back(jobs: Sequence[Job], certain: str = "", back: str | None = None) -> Iterator[None]:
    """Whatever ends what is done here before its time tells what is certain, and how to come back to the jobs."""
    try:
        yield
    except (KeyboardInterrupt, errors.WorkflowsError) as end:
        goes_on = "The job goes on." if sum(len(job.parts) for job in jobs) == 1 else "The jobs go on."
        end.add_note(f"{certain or goes_on} To come back: {back or way_back(jobs)}")
        raise


def save(outcomes: Sequence[Outcome], place: str) -> dict[Job, str]:
    """Save what each job that has a result left, and say where."""
    saved: dict[Job, str] = {}
    good = [outcome.job for outcome in outcomes if outcome.code in {exits.SUCCESS, exits.PARTIAL_SUCCESS}]
    with coming_back([outcome.job for outcome in outcomes], ARRIVED), voice.progress() as show:
        for job in good:
            file = place.replace(EACH, job.name.replace(":", "-"))
            job.outcome().save(file, on_event=show)
            saved[job] = file
    for job, file in saved.items():
        voice.say(f"The result of {job.name} is in {shlex.quote(file)}")
    return saved


def check_place(place: str | None, jobs: int) -> None:
    """Refuse one file for several results, before anything is waited for."""
    if place is not None and jobs > 1 and EACH not in place:
        raise click.UsageError(
            f"--save {place}: {jobs} jobs need {jobs} files; {EACH} in the name stands for each job.",
            click.get_current_context(),
        )
