"""The world: one object that survives JSON, grown from a seed, with ids and names that break careless clients."""

import json
import re
from dataclasses import replace
from itertools import chain

import pytest

from ttd_workflows.emulator.clock import Clock
from ttd_workflows.emulator.jobs.bulk import carry_out
from ttd_workflows.emulator.jobs.plans import JobPlan
from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.world import synthetic
from ttd_workflows.emulator.world.beginning import FINISHED_JOB, UNFINISHED_JOB, new_world
from ttd_workflows.emulator.world.export import document, read_document
from ttd_workflows.emulator.world.scene import Scene

NOW = 1_800_000_000.0


@pytest.fixture
def world():
    return new_world(Settings(), NOW)


def test_a_world_survives_json(world):
    done = carry_out(Scene(world, Settings(), NOW, User(name="emulator")), world.jobs["standard"][FINISHED_JOB])
    world.put_job(replace(world.standard[FINISHED_JOB], outcome=done, plan=JobPlan(id="plan-1", outcome="Success")))
    written = json.dumps(document(world, Clock(NOW).to_json()), allow_nan=False)
    restored, pace = read_document(json.loads(written))
    assert (restored, pace) == (world, Clock(NOW).to_json())
    assert restored.jobs["standard"][FINISHED_JOB].outcome == done
    assert restored.entity_id() == world.entity_id()


def test_the_seed_decides(world):
    assert new_world(Settings(), NOW) == world
    other = new_world(Settings(seed=1), NOW)
    assert other.advertisers.keys() != world.advertisers.keys()
    assert other.campaigns.keys() != world.campaigns.keys()


@pytest.mark.parametrize("seed", range(5))
def test_partners_advertisers_and_campaigns_are_there(seed):
    world = new_world(Settings(seed=seed), NOW)
    assert len(world.partners) == 4
    assert len(world.advertisers) == 24
    for advertiser in world.advertisers.values():
        campaigns = world.campaigns_of(advertiser.id)
        assert len(campaigns) == 5
        assert all(campaign.primary["seedId"] for campaign in campaigns)
        assert all(world.ad_groups_of(campaign.id) for campaign in campaigns)
    assert {"p1", "p2"} < world.partners.keys()
    assert {"adv0001", "0012345", "7654321", "adv0002"} < world.advertisers.keys()


def test_ids_are_as_the_platform_has_them(world):
    ids = list(chain(world.advertisers, world.campaigns, world.ad_groups, list(world.partners)[2:]))
    assert all(re.fullmatch(r"[0-9a-z]{7}", id) for id in ids)
    assert len(set(ids)) == len(ids)
    assert any(id.isdigit() and id.startswith("0") for id in world.campaigns.keys() | world.ad_groups.keys())
    seeds = [one.default_seed_id for one in world.advertisers.values()]
    assert seeds.count(None) == 4  # one advertiser of each partner has none
    assert all(re.fullmatch(r"[0-9a-z]{8}", one) for one in seeds if one)


def test_ids_do_not_repeat(world):
    ids = [world.entity_id() for _ in range(5_000)]
    assert len(set(ids)) == 5_000
    assert not set(ids) & world.campaigns.keys()


def test_a_picture_does_not_change_with_the_world(world):
    picture = world.picture()
    campaigns = dict(world.campaigns)
    world.entity_id()
    world.campaigns.popitem()
    assert picture.campaigns == campaigns
    assert picture.sequences != world.sequences


def test_two_jobs_are_there(world):
    jobs = world.jobs["standard"]
    assert list(jobs) == [FINISHED_JOB, UNFINISHED_JOB] == [412651, 412652]
    assert jobs[412651].ends_at < NOW
    assert jobs[412652].ends_at is None
    assert (world.number("standard"), world.number("graphql")) == (412653, 2989826)


def test_segments_are_odd():
    rows = [synthetic.third_party_segment(0, "p1", index, NOW) for index in range(300)]
    names = "".join(row["name"] for row in rows)
    assert all(sign in names for sign in ('"', "'", ",", "\t", "\\", "<b>", "健", "É", "☕"))
    assert "" in {row["description"] for row in rows}
    assert None in [row["activeUniques"] for row in rows]
    assert any(row["activeUniques"]["idsCount"] > 2**31 for row in rows if row["activeUniques"])
    assert all(re.fullmatch(r"\d+\|\w+", row["id"]) for row in rows)
    first_party = [synthetic.first_party_segment(0, "adv0001", index, NOW) for index in range(300)]
    assert all(type(row["id"]) is int for row in first_party)
    assert len({row["id"] for row in first_party}) == 300


def test_a_segment_does_not_depend_on_how_many_there_are():
    few, many = (synthetic.Segments(synthetic.third_party_segment, 0, "p1", n, NOW) for n in (10, 1_000_000))
    assert list(few) == many[:10]
    assert many[999_999]["id"].startswith("1999999|")
    with pytest.raises(IndexError):
        few[10]
