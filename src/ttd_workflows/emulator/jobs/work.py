"""What takes time, and is therefore done in a thread: queries and result files. GraphQL is loaded there too."""

import json
from dataclasses import replace

from ttd_workflows.emulator.graph.resolvers import Graph
from ttd_workflows.emulator.jobs.bulk import is_bulk
from ttd_workflows.emulator.jobs.plans import JobPlan
from ttd_workflows.emulator.jobs.results import Results, answers_in_order
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import Job, JobKind, Members, Outcome


def outcome_of(job: Job, scene: Scene, results: Results) -> Outcome:
    """How the job ended; its result file, if it has one, is written."""
    outcome = _worked_out(job, scene, results)
    if outcome.status == "Failure" and outcome.items is None and scene.settings.failure_document:
        document = {"data": None, "errors": [{"message": error} for error in outcome.errors]}
        return replace(outcome, size=results.write(job, [json.dumps(document, ensure_ascii=False)]).size)
    return outcome


def _worked_out(job: Job, scene: Scene, results: Results) -> Outcome:
    if job.outcome is not None and job.outcome.items is None and job.outcome.status == "Failure":
        return job.outcome
    if not is_bulk(job):
        return by_plan(_run_query(job, scene, results), job.plan)
    outcome = job.outcome
    assert outcome is not None
    assert outcome.items is not None
    # A bulk mutation leaves what GraphQL answered to each input, whatever the format of the others is.
    written = answers_in_order if job.kind == "graphql" else results.bulk_format
    return replace(outcome, size=results.write(job, written(outcome.items), _least_size(job)).size)


def planned_outcome(job: Job) -> Outcome | None:
    """How the job ends whatever its work would give, if its plan says so."""
    plan = job.plan
    if plan is not None and plan.outcome == "Cancelled":
        return Outcome("Cancelled")
    if plan is not None and plan.outcome == "Failure":
        return Outcome("Failure", plan.errors or [f"The job fails: {plan.id} says so."])
    return None


def by_plan(outcome: Outcome, plan: JobPlan | None) -> Outcome:
    """The outcome of work, as the job's plan wants it told. Work that failed stays failed."""
    if plan is None or plan.outcome is None or not outcome.has_result:
        return outcome
    if plan.outcome == "Success":
        return replace(outcome, status="Success", errors=[])
    errors = outcome.errors if plan.errors is None or plan.failing_items else plan.errors
    return replace(outcome, status=plan.outcome, errors=errors or [f"Some of the work failed: {plan.id} says so."])


def faults_of(kind: JobKind, job_input: Members) -> list[str]:
    """Why the query of a job cannot be run; nothing if it can."""
    from ttd_workflows.emulator.graph.queries import BadQuery, bulk_query, data_query

    try:
        bulk_query(job_input["query"]) if kind == "graphql" else data_query(job_input)
    except BadQuery as bad:
        return [str(reason) for reason in bad.args]
    return []


def mutation_faults_of(text: str, variables: list[str]) -> tuple[list[str], list[Members]]:
    """Why a mutation cannot be run in bulk, and the variables of each input."""
    from ttd_workflows.emulator.graph.queries import BadQuery, bulk_mutation, bulk_variables

    try:
        bulk_mutation(text)
        return [], bulk_variables(variables)
    except BadQuery as bad:
        return [str(reason) for reason in bad.args], []


def job_errors(job: Job, settings: Settings) -> str | None:
    """A job's errors as its status shows them: one string, or null."""
    if job.outcome is None or not job.outcome.errors:
        return None
    if settings.job_errors == "lines":
        return "\n".join(job.outcome.errors)
    return json.dumps(job.outcome.errors, ensure_ascii=False)


def _run_query(job: Job, scene: Scene, results: Results) -> Outcome:
    from ttd_workflows.emulator.graph.projection import Projection
    from ttd_workflows.emulator.graph.queries import BadQuery, bulk_query, data_query

    try:
        document = bulk_query(job.input["query"]) if job.kind == "graphql" else data_query(job.input)
    except BadQuery as bad:
        return Outcome("Failure", [str(reason) for reason in bad.args])
    if job.plan is not None and job.plan.rows is not None:
        scene = replace(scene, settings=scene.settings.with_segments(job.plan.rows))
    projection = Projection(document, Graph.of(scene, whole=True))
    size = results.write(job, projection.document(), _least_size(job)).size
    errors = [error["message"] for error in projection.errors]
    if errors and not projection.any_data:
        return Outcome("Failure", errors)
    return Outcome("PartialSuccess" if errors else "Success", errors, size=size)


def _least_size(job: Job) -> int:
    return 0 if job.plan is None or job.plan.bytes is None else job.plan.bytes
