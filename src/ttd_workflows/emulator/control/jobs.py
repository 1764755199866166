"""``jobs``: all jobs to be looked at, and each to be ended by hand."""

from typing import Any

from ttd_workflows.emulator.control.request import Controlling, controls
from ttd_workflows.emulator.jobs.jobs import NoSuchJob, WrongAction
from ttd_workflows.emulator.jobs.reports import ACTIONS, WatchedJobs
from ttd_workflows.emulator.names import nearest
from ttd_workflows.emulator.problems import Refusal, invalid
from ttd_workflows.emulator.world.world import JobKind

_PAGE = 100
_LARGEST_PAGE = 1000
_KINDS: dict[str | None, JobKind | None] = {None: None, "standard": "standard", "graphql": "graphql"}


@controls("GET", "jobs")
async def read_jobs(asked: Controlling) -> dict[str, Any]:
    """The newest jobs: ``kind`` and ``status`` choose, ``limit`` and ``after`` page."""
    kind, limit = asked.query("kind"), asked.query("limit") or str(_PAGE)
    if kind not in _KINDS:
        raise invalid("kind", f"A job is standard or graphql, not '{kind}'.")
    if not (limit.isascii() and limit.isdecimal() and 0 < len(limit) < 5 and 0 < int(limit) <= _LARGEST_PAGE):
        raise invalid("limit", f"The value must be a whole number from 1 to {_LARGEST_PAGE}, not '{limit}'.")
    jobs, total = await WatchedJobs(asked.service).page(
        kind=_KINDS[kind], status=asked.query("status"), limit=int(limit), after=asked.query("after")
    )
    return {"jobs": [job.to_json() for job in jobs], "total": total}


@controls("GET", "jobs/{reference}")
async def read_job(asked: Controlling) -> dict[str, Any]:
    """One job."""
    try:
        return (await WatchedJobs(asked.service).read(asked.path["reference"])).to_json()
    except NoSuchJob as none:
        raise Refusal(404, str(none)) from None


@controls("POST", "jobs/{reference}")
async def act_on_job(asked: Controlling) -> dict[str, Any]:
    """End a job by hand, or let its result expire."""
    body = await asked.body()
    action, errors = body.get("action"), body.get("errors", [])
    if action not in ACTIONS:
        raise invalid("$.action", f"A job cannot be made to {action!r}{nearest(action, ACTIONS)}")
    if not isinstance(errors, list) or not all(isinstance(error, str) for error in errors):
        raise invalid("$.errors", "The errors are a list of texts.")
    if errors and action != "fail":
        raise invalid("$.errors", "Only a job that is made to fail has errors.")
    try:
        return (await WatchedJobs(asked.service).act(action, asked.path["reference"], *errors)).to_json()
    except NoSuchJob as none:
        raise Refusal(404, str(none)) from None
    except WrongAction as wrong:
        raise Refusal(409, str(wrong)) from None
