"""The part of a job that takes time: its queries run and its result file written, in a thread, on a picture of the world."""

import json
from dataclasses import replace

from ttd_workflows.emulator.bulk import STEPS
from ttd_workflows.emulator.resolvers import Graph
from ttd_workflows.emulator.results import Results
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world import Job, Outcome, World


def outcome_of(job: Job, picture: World, settings: Settings, results: Results) -> Outcome:
    """How the job ended; its result file, if it has one, is written."""
    if job.operation in STEPS:
        outcome = job.outcome
        assert outcome is not None and outcome.items is not None
        if outcome.status == "Failure":
            return outcome
        return replace(outcome, size=results.write(job, results.bulk_format(outcome.items)).size)
    return _run_query(job, picture, settings, results)


def job_errors(job: Job, settings: Settings) -> str | None:
    """A job's errors as its status shows them: one string, or null."""
    if job.outcome is None or not job.outcome.errors:
        return None
    if settings.job_errors == "lines":
        return "\n".join(job.outcome.errors)
    return json.dumps(job.outcome.errors, ensure_ascii=False)


def _run_query(job: Job, picture: World, settings: Settings, results: Results) -> Outcome:
    from ttd_workflows.emulator.projection import Projection
    from ttd_workflows.emulator.queries import BadQuery, bulk_query, data_query

    try:
        document = bulk_query(job.input["query"]) if job.kind == "graphql" else data_query(job.input)
    except BadQuery as bad:
        return Outcome("Failure", [str(reason) for reason in bad.args])
    assert job.ends_at is not None
    projection = Projection(document, Graph(picture, settings, job.ends_at, whole=True))
    size = results.write(job, projection.document()).size
    errors = [error["message"] for error in projection.errors]
    if errors and not projection.any_data:
        return Outcome("Failure", errors)
    return Outcome("PartialSuccess" if errors else "Success", errors, size=size)
