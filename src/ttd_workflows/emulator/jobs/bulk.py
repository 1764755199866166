"""Bulk jobs: each input carried out by itself, in order; what one refuses does not stop the next."""

from collections.abc import Callable
from typing import Any

from ttd_workflows.emulator.jobs.plans import MUTATION_JOB, JobPlan
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.world import entities
from ttd_workflows.emulator.world.documents import ad_group_document, campaign_document
from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import Job, Members, Outcome, World

_Step = Callable[[Scene, Members, str], Members]


def _create_campaign(scene: Scene, sent: Members, path: str) -> Members:
    campaign, groups = entities.create_campaign(scene, sent, path)
    shown = [ad_group_document(scene.world, group) for group in groups]
    return {"campaign": campaign_document(campaign), "adGroups": shown}


def _update_campaign(scene: Scene, sent: Members, path: str) -> Members:
    return {"campaign": campaign_document(entities.update_campaign(scene, sent, path))}


def _create_ad_group(scene: Scene, sent: Members, path: str) -> Members:
    return {"adGroup": ad_group_document(scene.world, entities.create_ad_group(scene, sent, path))}


def _update_ad_group(scene: Scene, sent: Members, path: str) -> Members:
    return {"adGroup": ad_group_document(scene.world, entities.update_ad_group(scene, sent, path))}


STEPS: dict[str, tuple[str, _Step]] = {
    "create_campaigns_job": ("campaign", _create_campaign),
    "update_campaigns_job": ("campaign", _update_campaign),
    "create_ad_groups_job": ("adGroup", _create_ad_group),
    "update_ad_groups_job": ("adGroup", _update_ad_group),
}


def is_bulk(job: Job) -> bool:
    """Whether a job's work is to carry out inputs, one by one."""
    return job.operation in STEPS or job.operation == MUTATION_JOB


def carry_out(scene: Scene, job: Job) -> Outcome:
    """Do what a bulk job asks for, at the moment it ends. With ``validateInputOnly`` nothing stays."""
    subject, step = STEPS.get(job.operation) or ("answer", _mutation(job.input["mutation"]))
    check_only = bool(job.input.get("validateInputOnly"))
    world = scene.world
    ground = world.picture() if check_only else world
    items: list[Members] = []
    for index, sent in enumerate(job.input["input"]):
        try:
            _refuse_by_plan(job.plan, index)
            made = step(scene.on(ground), sent, f"$.input[{index}]")
        except Refusal as refusal:
            items.append({"index": index, subject: None, "errors": _listed(refusal)})
        else:
            items.append({"index": index, **unborn(made, world, ground), "errors": []})

    errors = [f"{error['path']}: {error['message']}" for item in items for error in item["errors"]]
    failed = sum(bool(item["errors"]) for item in items)
    if failed and failed == len(items):
        return Outcome("Failure", errors, items)
    return Outcome("PartialSuccess" if failed else "Success", errors, items)


def _mutation(text: str) -> _Step:
    """The step of a bulk mutation: one run of the mutation, with one input's variables."""
    from ttd_workflows.emulator.graph.queries import bulk_mutation
    from ttd_workflows.emulator.graph.requests import mutate

    document = bulk_mutation(text)

    def step(scene: Scene, variables: Members, path: str) -> Members:
        answer, wrong = mutate(document, variables, scene)
        if wrong:
            raise Refusal(400, errors={path: wrong})
        return {"answer": answer}

    return step


def unborn(made: Any, world: World, ground: World) -> Any:
    """A document made on ``ground``, which will not last, without the ids of what ``world`` does not have."""
    if ground is world:
        return made
    if isinstance(made, list):
        return [unborn(item, world, ground) for item in made]
    if isinstance(made, dict):
        return {key: unborn(value, world, ground) for key, value in made.items()}
    for kept, passing in ((world.campaigns, ground.campaigns), (world.ad_groups, ground.ad_groups)):
        if isinstance(made, str) and made in passing and made not in kept:
            return None
    return made


def _refuse_by_plan(plan: JobPlan | None, index: int) -> None:
    if plan is not None and index in (plan.failing_items or ()):
        raise Refusal(400, errors={f"$.input[{index}]": plan.errors or [f"The input is refused: {plan.id} says so."]})


def _listed(refusal: Refusal) -> list[dict[str, str]]:
    return [{"path": path, "message": message} for path, messages in refusal.errors.items() for message in messages]
