"""What a user of the library may have: a nightly pull, and a campaign that is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttd_workflows import Workflows

if TYPE_CHECKING:
    from pathlib import Path


def pull(file: Path) -> None:
    with Workflows() as workflows:
        job = workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id name }")
        job.wait().save(file)


def create(workflows: Workflows, name: str) -> str:
    primary = {
        "advertiser_id": "0012345",
        "name": name,
        "primary_channel": "Video",
        "primary_goal": {"maximize_reach": True},
    }
    return workflows.campaign.create(request={"primary_input": primary}).campaign.id
