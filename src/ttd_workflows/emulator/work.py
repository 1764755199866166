"""What takes time, and is therefore done in a thread: queries and result files. GraphQL is loaded there too."""

import json
from dataclasses import replace

from ttd_workflows.emulator.bulk import STEPS
from ttd_workflows.emulator.resolvers import Graph
from ttd_workflows.emulator.results import Results
from ttd_workflows.emulator.scene import Scene
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world import Job, JobKind, Members, Outcome


def outcome_of(job: Job, scene: Scene, results: Results) -> Outcome:
    """How the job ended; its result file, if it has one, is written."""
    if job.operation in STEPS:
        outcome = job.outcome
        assert outcome is not None
        assert outcome.items is not None
        if outcome.status == "Failure":
            return outcome
        return replace(outcome, size=results.write(job, results.bulk_format(outcome.items)).size)
    return _run_query(job, scene, results)


def answer_request(graph: Graph, request: str, variables: Members | None) -> Members:
    """What GraphQL answers at once."""
    from ttd_workflows.emulator.graph import run

    return run(graph, request, variables)


def faults_of(kind: JobKind, job_input: Members) -> list[str]:
    """Why the query of a job cannot be run; nothing if it can."""
    from ttd_workflows.emulator.queries import BadQuery, bulk_query, data_query

    try:
        bulk_query(job_input["query"]) if kind == "graphql" else data_query(job_input)
    except BadQuery as bad:
        return [str(reason) for reason in bad.args]
    return []


def job_errors(job: Job, settings: Settings) -> str | None:
    """A job's errors as its status shows them: one string, or null."""
    if job.outcome is None or not job.outcome.errors:
        return None
    if settings.job_errors == "lines":
        return "\n".join(job.outcome.errors)
    return json.dumps(job.outcome.errors, ensure_ascii=False)


def _run_query(job: Job, scene: Scene, results: Results) -> Outcome:
    from ttd_workflows.emulator.projection import Projection
    from ttd_workflows.emulator.queries import BadQuery, bulk_query, data_query

    try:
        document = bulk_query(job.input["query"]) if job.kind == "graphql" else data_query(job.input)
    except BadQuery as bad:
        return Outcome("Failure", [str(reason) for reason in bad.args])
    projection = Projection(document, Graph.of(scene, whole=True))
    size = results.write(job, projection.document()).size
    errors = [error["message"] for error in projection.errors]
    if errors and not projection.any_data:
        return Outcome("Failure", errors)
    return Outcome("PartialSuccess" if errors else "Success", errors, size=size)
