"""Starting a job from the command line: submitted once, named on stdout, waited for and saved if that is wanted."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ttd_workflows.cli import documents, exits, voice, waiting
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import json_option, print_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from ttd_workflows.jobs.job import Job

ENVIRONMENT = "env:"
EPILOG = """\b
On stdout stands the job's reference alone; with --json, a document.
With --key, the same wish is submitted once, however often the command is run.
The exit code is that of the job where it is waited for, and 6 where it is not
known whether the service took the job on.
"""

F = TypeVar("F", bound=Callable[..., Any])


class Wish(NamedTuple):
    """How a job is to be submitted, and what is to be done about it then."""

    key: str | None
    labels: tuple[tuple[str, str], ...]
    callback_url: str | None
    callback_headers: tuple[tuple[str, str], ...]
    wait: bool
    timeout: timedelta | None
    poll: float
    save: str | None
    as_json: bool


class PairType(click.ParamType[tuple[str, str]]):
    """Reads ``NAME=VALUE``."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The two sides of the first ``=``."""
        name, equals, rest = value if isinstance(value, tuple) else str(value).partition("=")
        if not name or not equals:
            self.fail(f"{value!r} is no NAME=VALUE.", param, ctx)
        return name, rest


class SecretPairType(PairType):
    """Reads ``NAME=VALUE``, where ``env:VARIABLE`` stands for what the environment has: others see arguments."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The two sides of the first ``=``, the second looked up where it says so."""
        name, given = super().convert(value, param, ctx)
        if not given.startswith(ENVIRONMENT):
            return name, given
        variable = given.removeprefix(ENVIRONMENT)
        if variable not in os.environ:
            self.fail(f"{name}: there is no variable {variable!r} in the environment.", param, ctx)
        return name, os.environ[variable]


def callback_options(function: F) -> F:
    """Where the service is to report a job's end."""
    function = click.option(
        "--callback-header",
        "callback_headers",
        metavar="NAME=VALUE",
        type=SecretPairType(),
        multiple=True,
        help="A header of that report; env:VARIABLE as its value is looked up, so that it does not stand here.",
    )(function)
    return click.option("--callback-url", metavar="URL", help="Where the service is to report the end.")(function)


def callback(operation: str, url: str | None, headers: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """That report as a request has it. The two kinds of job write its headers differently."""
    pairs = list(headers)
    if url is None and pairs:
        raise click.UsageError("--callback-header needs --callback-url.", click.get_current_context())
    if url is None:
        return None
    as_list = [{"key": name, "value": value} for name, value in pairs]
    written: Any = as_list if operation.startswith("graph_ql_request.") else dict(pairs)
    return {"callback_url": url, "callback_headers": written or None}


_OPTIONS = (
    click.option("--key", metavar="KEY", help="Your name for this one wish; the same again gives the same job."),
    click.option(
        "--label", "labels", metavar="NAME=VALUE", type=PairType(), multiple=True, help="Kept with the submission."
    ),
    callback_options,
    click.option("--wait", is_flag=True, help="Wait until the job has ended."),
    waiting.save_option,
    waiting.waiting_options,
    json_option,
    connection_options,
)


def submission_options(function: Callable[..., int]) -> Callable[..., Any]:
    """What all submissions take besides what is to be submitted. Together they make the :class:`Wish`."""

    @wraps(function)
    def with_wish(**values: Any) -> int:
        own = {name: values.pop(name) for name in Wish._fields}
        return function(wish=Wish(**own), **values)

    taking: Callable[..., Any] = with_wish
    for option in reversed(_OPTIONS):
        taking = option(taking)
    return taking


def submit(operation: str, start: Callable[..., Job], wish: Wish) -> int:
    """Submit what ``start`` submits, and do what the wish says.

    ``start`` is given ``workflows.jobs`` and, by name, what every submission takes: key, labels and callback.
    """
    shared = {
        "key": wish.key,
        "labels": dict(wish.labels),
        "callback_input": callback(operation, wish.callback_url, wish.callback_headers),
    }
    with connect() as workflows:
        job = _taken_on(lambda: start(workflows.jobs, **shared))
        if not (wish.wait or wish.save):
            _print(job, wish)
            return exits.SUCCESS
        outcomes = waiting.wait(workflows, [job], timeout=wish.timeout, poll=wish.poll)
        saved = waiting.save(outcomes, wish.save) if wish.save else {}
        _print(job, wish, saved=saved.get(job))
        return waiting.conclude(outcomes)


def _taken_on(start: Callable[[], Job]) -> Job:
    try:
        job = start()
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(
            "The job may have been taken on. Under the same --key, the same command tells: it sends nothing twice.\n"
            "Without a key: ttdw jobs --state unknown"
        )
        raise
    if job.payload is None and job.key is not None:
        voice.say(f"The key {job.key!r} stands for {job.name} already; nothing was sent.")
    else:
        voice.say(f"The service took it on: {job.name}")
    return job


def document(job: Job) -> dict[str, Any]:
    """A job that was submitted, as programs are told of it; ``new`` says whether that was now."""
    return {**documents.of_job(job), "new": job.payload is not None}


def _print(job: Job, wish: Wish, *, saved: str | None = None) -> None:
    if wish.as_json:
        print_document({**document(job), "saved": saved})
    else:
        for part in job.parts:
            click.echo(part.name)
