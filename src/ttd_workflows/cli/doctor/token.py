"""The token: is there one, whose is it, does the service take it. It is never shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ttd_workflows.cli.doctor.finding import Finding, ok, problem, warning
from ttd_workflows.cli.question import Verdict, ask
from ttd_workflows.core.secrets import Secret
from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows import Workflows
    from ttd_workflows.identity import Identity

NO_TOKEN = "Keep one with ttdw login, or set WORKFLOWS_TTD_AUTH; the local emulator needs none: --server emulator"  # noqa: S105


def source(who: Identity) -> Finding:
    """Where the token comes from, and what it beats."""
    try:
        token = Secret((who.token.reveal() if isinstance(who.token, Secret) else who.token()) or "")
    except ConfigurationError as error:
        return problem("token", error.message, "Log in again, or set WORKFLOWS_TTD_AUTH.")
    if not token.reveal().strip():
        return problem("token", f"there is none for {who.address}", NO_TOKEN)
    found = f"from {who.source}, {len(token.reveal().strip())} characters, for {who.address}"
    unused = os.environ.get("WORKFLOWS_PROFILE")
    if who.source == "WORKFLOWS_TTD_AUTH" and unused:
        return warning(
            "token",
            f"{found}; the profile {unused} of WORKFLOWS_PROFILE is not used",
            "Unset one of the two variables.",
        )
    return ok("token", found)


def acceptance(workflows: Workflows) -> Iterator[Finding]:
    """Whether the service takes it, asked by the client itself about a job that cannot exist."""
    try:
        verdict, error = ask(workflows)
    except ConfigurationError as problem_with_it:
        yield problem("accepted", problem_with_it.message, "Correct that; nothing was sent.")
        return
    what = error.message.splitlines()[0] if error is not None else "it even has the job that was asked about"
    if verdict is Verdict.TAKEN:
        yield ok("accepted", "the service takes the token: asked about a job that cannot exist, it says there is none")
    elif verdict is Verdict.REFUSED:
        yield problem(
            "accepted", f"the service does not take the token: {what}", "Get a new token, then: ttdw login --check"
        )
    elif error is not None and error.status_code is None:
        yield problem(
            "accepted", f"not known, because no answer came: {what}", "See the steps above; trying again is safe."
        )
    else:
        yield warning("accepted", f"the answer does not say: {what}", "Run ttdw doctor again in a minute.")
