"""The world as an emulator begins with it: partners, advertisers, some campaigns, and two jobs."""

from dataclasses import replace
from hashlib import sha256

from ttd_workflows.emulator.callers import OWNER
from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.jobs.plans import JobPlan
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.world import entities, synthetic
from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import Advertiser, Job, Members, Partner, World

FINISHED_JOB = 412651
UNFINISHED_JOB = 412652
FIRST_GRAPHQL_JOB = 2989826
ENDLESS = JobPlan(seconds=0, stall_at=42)
"""How the job goes that never ends."""
_LAST_JOBS = {
    "usual": {"standard": UNFINISHED_JOB, "graphql": FIRST_GRAPHQL_JOB - 1},
    "large": {"standard": 2**53 + UNFINISHED_JOB, "graphql": 2**53 + FIRST_GRAPHQL_JOB},
    "colliding": {"standard": UNFINISHED_JOB, "graphql": UNFINISHED_JOB},
}
"""The numbers before those of the first jobs that are submitted."""
_DAY = 86_400
_CHANNELS = ("Display", "Video", "Audio", "TV")
_GOALS: tuple[Members, ...] = (
    {"maximizeReach": True},
    {"cpaInAdvertiserCurrency": 12.5},
    {"ctrInPercent": 0.35},
    {"vcrInPercent": 80.0},
)


def new_world(settings: Settings, now: float) -> World:
    """The world that grows from the seed."""
    secret = sha256(f"result urls {settings.seed} {now}".encode()).hexdigest()
    world = World(settings.seed, now, secret)
    world.sequences = {"flight": 70_000}
    scene = Scene(world, settings, now, User(name=OWNER))
    for number in range(settings.partners):
        _add_partner(scene, number)
    _add_jobs(world, now)
    world.sequences |= _LAST_JOBS[settings.job_ids]
    world.keep()
    return world


def _add_partner(scene: Scene, number: int) -> None:
    world, settings, now = scene.world, scene.settings, scene.now
    id = synthetic.partner_id(world.seed, number)
    world.partners[id] = Partner(id, f"Partner {id}")
    for place in range(settings.advertisers_per_partner):
        advertiser = synthetic.advertiser_id(world.seed, id, place)
        # One advertiser in six has no default seed: its campaigns must name one.
        seed_id = None if place % 6 == 5 else synthetic.seed_id(world.seed, advertiser)
        name, industry = synthetic.brand(world.seed, number + place), synthetic.industry(world.seed, advertiser)
        world.advertisers[advertiser] = Advertiser(advertiser, id, name, seed_id, industry)
        for serial in range(settings.campaigns_per_advertiser):
            sent = _campaign(advertiser, serial, now)
            if seed_id is None:
                sent["primaryInput"]["seedId"] = synthetic.seed_id(world.seed, advertiser)
            entities.make_campaign(replace(scene, now=now - (90 - serial) * _DAY), sent)


def _campaign(advertiser: str, serial: int, now: float) -> Members:
    channel = _CHANNELS[serial % len(_CHANNELS)]
    start, end = timestamp(now - 30 * _DAY), timestamp(now + (60 + serial) * _DAY)
    groups = [
        {
            "primaryInput": {
                "name": f"{channel} {stage} {serial + 1}",
                "channel": channel,
                "funnelLocation": stage,
                "isEnabled": stage != "Conversion",
                "baseBidCPMInAdvertiserCurrency": 1.5 + serial,
                "maxBidCPMInAdvertiserCurrency": 6.0 + serial,
            }
        }
        for stage in ("Awareness", "Consideration", "Conversion")
    ]
    return {
        "primaryInput": {
            "advertiserId": advertiser,
            "name": f"{channel} campaign {serial + 1}",
            "description": None if serial % 3 == 2 else f'"Always on", {channel.lower()}',
            "primaryChannel": channel,
            "primaryGoal": dict(_GOALS[serial % len(_GOALS)]),
            "budget": {"pacingMode": "PaceAhead", "budgetInAdvertiserCurrency": 10_000.0 * (serial + 1)},
            "startDateInUtc": start,
            "endDateInUtc": end,
        },
        "adGroups": groups,
    }


def _add_jobs(world: World, now: float) -> None:
    """Job 412651 ended a moment ago; job 412652 never ends.

    The first made ad groups: its result needs no GraphQL, so that the first answer of a new emulator comes at once.
    """
    campaign = next(iter(world.campaigns), "")
    groups = [
        {
            "campaignId": campaign,
            "primaryInput": {"name": f"Job {FINISHED_JOB}: {stage}", "channel": "Display", "funnelLocation": stage},
        }
        for stage in ("Awareness", "Conversion")
    ]
    world.put_job(Job("standard", FINISHED_JOB, "create_ad_groups_job", {"input": groups}, now - 180.0, 120.0))
    data = {"partnerId": "p1"}
    world.put_job(Job("standard", UNFINISHED_JOB, "get_third_party_data_job", data, now - 60.0, None, plan=ENDLESS))
