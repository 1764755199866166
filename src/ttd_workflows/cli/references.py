"""Jobs as they are typed: a number, a reference, or a key that they were submitted under."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ttd_workflows.cli.calling import name_of_this_program
from ttd_workflows.cli.completing import offer_jobs
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import as_typed
from ttd_workflows.errors import InputError
from ttd_workflows.jobs.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.shell_completion import CompletionItem

    from ttd_workflows import Workflows
    from ttd_workflows.jobs.job import Job

KEY = "key:"
FORMS = "412651, standard:412651 or graphql:2989826"
HELP = """\b
JOB is a number (412651, a standard job's), a reference (graphql:2989826, as
those are numbered apart), or the key that it was submitted under, which the
record on this machine has. key:412651 is a key in any case."""

F = TypeVar("F", bound=Callable[..., Any])


class JobType(click.ParamType[str]):
    """A job on the command line. It is looked up when there is a client to look it up with."""

    name = "job"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The jobs that the ledger has."""
        return offer_jobs(ctx, param, incomplete)


def job_argument(function: F) -> F:
    """One ``JOB``."""
    return click.argument("job", type=JobType())(function)


def jobs_argument(function: F) -> F:
    """One ``JOB`` or several."""
    return click.argument("jobs", type=JobType(), nargs=-1, required=True, metavar="JOB...")(function)


def jobs_named(workflows: Workflows, words: Iterable[str]) -> list[Job]:
    """The jobs that were typed, each once. A key of a submission that was split stands for all of its jobs."""
    found: dict[Any, Job] = {}
    for word in words:
        for job in _named(workflows, word):
            found.setdefault(job.reference or word, job)
    return list(found.values())


def job_named(workflows: Workflows, word: str) -> Job:
    """The one job that was typed."""
    first, *rest = _named(workflows, word)
    if rest:
        raise click.UsageError(
            f"{word!r} was split into {len(rest) + 1} jobs; name one: {', '.join(job.name for job in (first, *rest))}.",
            click.get_current_context(),
        )
    return first


def reference_or_key(word: str) -> Reference | str:
    """What a word is: the reference of a job, or, where it is none, a key."""
    if word.startswith(KEY):
        return word.removeprefix(KEY)
    try:
        return Reference.parse(word)
    except InputError:
        return word


def _named(workflows: Workflows, word: str) -> list[Job]:
    named = reference_or_key(word)
    if isinstance(named, Reference):
        return [workflows.jobs.get(named)]
    try:
        return workflows.jobs.find(named)
    except InputError as error:
        raise _nothing_to_find(workflows, word, named, error) from None


def _nothing_to_find(workflows: Workflows, word: str, key: str, error: InputError) -> Exception:
    """The error for a key that stands for no job: nothing was submitted under it, or nothing came of that."""
    server = workflows.jobs.server
    if not any(entry.server == server and entry.key == key for entry in workflows.jobs.entries()):
        return no_job(word, error.message)
    return Trouble(
        "What was submitted under that key became no job.",
        error.message,
        "Submit it again, mended, under the same key; or as it was: "
        f"{name_of_this_program()} resubmit {shlex.quote(word)}{as_typed()}",
    )


def no_job(word: str, why: str) -> click.UsageError:
    """The error for a word that names no job."""
    return click.UsageError(f"{word!r} is no job ({FORMS}), and no key of one: {why}.", click.get_current_context())
