"""The commands by name. Each stands in a module of its own, which is imported when the command is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import DEBUG, Commands, Room, needs_a_command
from ttd_workflows.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ttd_workflows.cli.commands import Sections

SECTIONS: Sections = {
    "Jobs": {
        "submit": Room("submit:submit", "Start a job: pull data, create or change in bulk, run a query."),
        "status": Room("status:status", "Ask the service what became of jobs."),
        "wait": Room("wait:wait", "Wait until jobs have ended, and say what each came to."),
        "save": Room("save:save", "Save what a job left, and print where."),
        "rows": Room("rows:rows", "Print the rows that jobs left, one job after the other."),
    },
    "The record of submissions": {
        "jobs": Room("jobs:jobs", "List what was submitted, from the record on this machine."),
        "show": Room("show:show", "Show what was submitted, when, and what came of it."),
        "resubmit": Room("resubmit:resubmit", "Send a recorded submission once more, on your word."),
        "forget": Room("forget:forget", "Take submissions out of the record; their keys are free again."),
    },
    "Calls": {
        "graphql": Room("graphql:graphql", "Run a GraphQL request and print its answer."),
        "rest": Room("rest:rest", "Run a request of the REST API v3 and print its answer."),
        "campaign": Room("entities:campaign", "Create, change or archive campaigns, one call each."),
        "ad-group": Room("entities:ad_group", "Create, change or archive ad groups, one call each."),
    },
    "Without an account": {
        "demo": Room("demo:demo", "Watch a whole job happen on a local service."),
        "emulator": Room("emulator.starting:emulator", "Run a local service that behaves like the real one."),
    },
    "This machine": {
        "top": Room("top.command:top", "Watch the jobs of the ledger live in the terminal."),
        "doctor": Room("doctor.command:doctor", "Look for what keeps jobs from succeeding, and say what to do."),
        "login": Room("profiles:login", "Keep a token, for one of several partners if need be."),
        "logout": Room("profiles:logout", "Forget a token that was kept."),
        "completion": Room("completion:completion", "Print what makes a shell complete commands, jobs and profiles."),
        "profiles": Room("profiles:profiles", "List the tokens that are kept, without showing them."),
    },
}

EPILOG = """\b
Start here, no credentials needed:
  ttdw demo                                watch a job from start to result
  ttdw emulator                            a local service to work against
  ttdw status 412651 --server emulator     ask it about a job it has

\b
The token is read from WORKFLOWS_TTD_AUTH, the service's address from
WORKFLOWS_SERVER_URL; without one it is The Trade Desk's production service.

\b
Exit codes:
""" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in exits.MEANINGS.items())

app = click.version_option(__version__, "-V", "--version", message="ttdw %(version)s")(
    Commands(
        help="Run jobs on The Trade Desk's Workflows API.",
        epilog=EPILOG,
        sections={title: rooms for title, rooms in SECTIONS.items() if rooms},
        callback=needs_a_command,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
)


def debugging(arguments: Sequence[str]) -> bool:
    """Whether ``--debug`` was given, also where reading the command line went wrong before it got there."""
    return DEBUG in arguments
