"""Drafts: campaigns and ad groups as they would be, with what this request gave. Rules look at these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import AdGroup, Advertiser, Campaign, Members


@dataclass(frozen=True)
class CampaignDraft:
    """A campaign before it is stored. ``given_flights``: this request brings flights."""

    scene: Scene
    path: str
    """Where it stands in the request."""
    campaign: Campaign
    is_new: bool
    given: Members
    """The members of ``primaryInput`` in this request."""
    given_flights: bool
    group_count: int

    @property
    def advertiser(self) -> Advertiser:
        """Whose campaign it is."""
        return self.scene.world.advertisers[self.campaign.advertiser_id]


class Share(NamedTuple):
    """An ad group's share of one of its campaign's flights; ``flight`` is ``None`` if there is no such flight."""

    place: int
    flight: Members | None
    members: Members


@dataclass(frozen=True)
class AdGroupDraft:
    """An ad group before it is stored."""

    scene: Scene
    path: str
    campaign: Campaign
    primary: Members
    """The members of ``primaryInput`` as they would stand."""
    advanced: Members
    given: Members
    """The members of ``primaryInput`` in this request."""
    shares: Sequence[Share] = ()
    """The flights in this request."""
    before: AdGroup | None = None

    @property
    def advertiser(self) -> Advertiser:
        """Whose ad group it is."""
        return self.scene.world.advertisers[self.campaign.advertiser_id]

    @property
    def siblings(self) -> list[AdGroup]:
        """The other ad groups of its campaign that are not archived."""
        return [
            group
            for group in self.scene.world.ad_groups_of(self.campaign.id)
            if not group.is_archived and (self.before is None or group.id != self.before.id)
        ]
