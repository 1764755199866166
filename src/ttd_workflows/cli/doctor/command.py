"""The command itself: every check in its order, told as it ends, and one exit code for all."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.doctor import installation, record, token, way
from ttd_workflows.cli.doctor.finding import Finding, State, problem
from ttd_workflows.cli.options import connect, connection_options, given, who
from ttd_workflows.cli.output import json_option, print_document
from ttd_workflows.cli.text import one_line
from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

COLOURS = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "red"}
STATE_WIDTH, CHECK_WIDTH = 9, 13
NARROWEST = 40

EPILOG = """\b
Examples:
  ttdw doctor
  ttdw doctor --profile acme
  ttdw doctor --server emulator
  ttdw doctor --json

Nothing is changed and nothing is submitted. The token is sent to the service only, once, with a question about a job
that cannot exist; it is not shown. Without a network it ends within seconds.

\b
Exit codes:
  0  all is well, or there are warnings
  1  there is a problem
"""


@command(epilog=EPILOG, operations=("job_status.get_job_status",))
@json_option
@connection_options
def doctor(*, as_json: bool) -> int:
    """Look for what keeps jobs from succeeding, and say what to do.

    Looks at the installation, the token, the proxy, the way to the service, its certificate, the clock and the ledger.
    """
    findings = []
    for finding in _examine():
        findings.append(finding)
        if not as_json:
            click.echo(_lines(finding))
    problems = sum(finding.state is State.PROBLEM for finding in findings)
    if as_json:
        print_document({"ok": not problems, "findings": [finding._asdict() for finding in findings]})
    else:
        voice.say(_summary(findings))
    return exits.ERROR if problems else exits.SUCCESS


def _examine() -> Iterator[Finding]:
    yield from installation.versions(given()["edition"])
    yield installation.import_name()
    yield installation.terminal()
    yield from _service()
    yield from record.ledger()


def _service() -> Iterator[Finding]:
    """The token and the way to the service; the token is sent only once the way is known to be clear."""
    from ttd_workflows.core.request import server_at  # noqa: PLC0415 - pydantic, which help does not need

    try:
        identity = who()
        server = server_at(identity.address, allow_http=False)
    except ConfigurationError as error:
        yield problem("settings", error.message, "Correct that setting; the service is not looked at.")
        return
    has_token = token.source(identity)
    yield has_token
    proxy = way.proxy(server.origin)
    yield proxy
    if proxy.state is State.PROBLEM:
        return
    is_clear = yield from way.walk(server.origin, f"{server.prefix}/")
    if is_clear and has_token.state is not State.PROBLEM:
        with connect() as workflows:
            yield from token.acceptance(workflows)


def _lines(finding: Finding) -> str:
    """A finding as it is read: how it stands, what was looked at, what was found and, below, what to do."""
    state = finding.state.value.ljust(STATE_WIDTH)
    if voice.is_coloured(sys.stdout):
        state = click.style(state, fg=COLOURS[finding.state])
    indent = " " * (STATE_WIDTH + CHECK_WIDTH)
    width = max(shutil.get_terminal_size().columns - len(indent), NARROWEST)
    found, advice = (_wrapped(text, width) for text in (finding.found, finding.advice))
    text = "\n".join([*found, *(f"{'> ' if number == 0 else '  '}{line}" for number, line in enumerate(advice))])
    return state + finding.check.ljust(CHECK_WIDTH) + text.replace("\n", f"\n{indent}")


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(one_line(text), width - 2, break_long_words=False, break_on_hyphens=False)


def _summary(findings: list[Finding]) -> str:
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    if not counts[State.PROBLEM] and not counts[State.WARNING]:
        return "All is well."
    told = " and ".join(
        f"{n} {state}{'s' * (n > 1)}" for state in (State.PROBLEM, State.WARNING) if (n := counts[state])
    )
    return f"{told}; what to do stands below each, after >."
