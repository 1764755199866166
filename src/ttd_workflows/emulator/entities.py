"""Campaigns and ad groups: made, changed and archived. A member that is absent stays, one that is null is cleared.

``sent`` is the body by wire name with the given members only; ``path`` is where it stands in the request.
Everything is checked before anything is stored.
"""

from dataclasses import replace
from typing import TypeVar

from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.problems import invalid
from ttd_workflows.emulator.scene import Scene
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world import AdGroup, Advertiser, Campaign, Members, World

E = TypeVar("E", Advertiser, Campaign, AdGroup)
C = TypeVar("C", Campaign, AdGroup)

# A goal has exactly one member: one goal takes the place of another, they do not mingle.
_WORDS = {Advertiser: "advertiser", Campaign: "campaign", AdGroup: "ad group"}
_REPLACED_WHOLE = {"primaryGoal", "secondaryGoal", "tertiaryGoal", "roiGoal"}


def create_campaign(scene: Scene, sent: Members, path: str = "$") -> tuple[Campaign, list[AdGroup]]:
    """A new campaign and the ad groups that came with it."""
    primary, advanced = dict(sent["primaryInput"]), dict(sent.get("advancedInput") or {})
    where = f"{path}.primaryInput.advertiserId"
    advertiser = _named(scene, Advertiser, primary["advertiserId"], where)
    nested = sent.get("adGroups") or []
    for index, group in enumerate(nested):
        _require_name(group["primaryInput"], f"{path}.adGroups[{index}].primaryInput")

    primary["seedId"] = primary.get("seedId") or advertiser.default_seed_id
    flights = _numbered(scene.world, advanced.pop("flights", None) or _flight_from_budget(primary, scene))
    campaign = Campaign(scene.world.entity_id(), advertiser.id, primary, advanced, flights, scene.now, scene.now)
    scene.world.put(campaign)
    return campaign, [_add_nested(scene, campaign, group) for group in nested]


def update_campaign(scene: Scene, sent: Members, path: str = "$") -> Campaign:
    """A campaign with its given members changed."""
    campaign = _to_change(scene, Campaign, sent, path)
    given = sent.get("primaryInput") or {}
    _require_name({**campaign.primary, **given}, f"{path}.primaryInput")
    advanced = dict(sent.get("advancedInput") or {})
    flights = _numbered(scene.world, advanced.pop("flights") or []) if "flights" in advanced else campaign.flights
    changed = replace(
        campaign,
        primary=merged(campaign.primary, given, scene.settings),
        advanced=merged(campaign.advanced, advanced, scene.settings),
        flights=flights,
        updated_at=scene.now,
    )
    scene.world.put(changed)
    return changed


def create_ad_group(scene: Scene, sent: Members, path: str = "$") -> AdGroup:
    """A new ad group in an existing campaign."""
    campaign = _named(scene, Campaign, sent["campaignId"], f"{path}.campaignId")
    if campaign.is_archived:
        raise invalid(f"{path}.campaignId", f"Campaign '{campaign.id}' is archived and takes no new ad groups.")
    _require_name(sent["primaryInput"], f"{path}.primaryInput")
    advanced = dict(sent.get("advancedInput") or {})
    _check_flights(campaign, advanced, path)
    ad_group = AdGroup(scene.world.entity_id(), campaign.id, dict(sent["primaryInput"]), advanced, scene.now, scene.now)
    scene.world.put(ad_group)
    return ad_group


def update_ad_group(scene: Scene, sent: Members, path: str = "$") -> AdGroup:
    """An ad group with its given members changed."""
    ad_group = _to_change(scene, AdGroup, sent, path)
    given = sent.get("primaryInput") or {}
    _require_name({**ad_group.primary, **given}, f"{path}.primaryInput")
    advanced = sent.get("advancedInput") or {}
    _check_flights(scene.world.campaigns[ad_group.campaign_id], advanced, path)
    changed = replace(
        ad_group,
        primary=merged(ad_group.primary, given, scene.settings),
        advanced=merged(ad_group.advanced, advanced, scene.settings),
        updated_at=scene.now,
    )
    scene.world.put(changed)
    return changed


def archive_campaigns(scene: Scene, ids: list[str], force: bool) -> list[str]:
    """Archive campaigns and, with them, their ad groups, for ever. All of them, or none when one cannot be."""
    campaigns = [_named(scene, Campaign, id, f"$[{i}]") for i, id in enumerate(ids)]
    for index, campaign in enumerate(campaigns):
        groups = scene.world.ad_groups_of(campaign.id)
        enabled = [g.id for g in groups if g.primary.get("isEnabled") and not g.is_archived]
        if enabled and not force and scene.settings.archive_spares_active:
            raise invalid(
                f"$[{index}]",
                f"Campaign '{campaign.id}' has enabled ad groups ({', '.join(enabled)}); forceArchive is the way.",
            )
    for campaign in campaigns:
        scene.world.put(replace(campaign, is_archived=True, updated_at=scene.now))
        for group in scene.world.ad_groups_of(campaign.id):
            scene.world.put(replace(group, is_archived=True, updated_at=scene.now))
    return [campaign.id for campaign in campaigns]


def archive_ad_groups(scene: Scene, ids: list[str]) -> list[str]:
    """Archive ad groups for ever."""
    groups = [_named(scene, AdGroup, id, f"$[{i}]") for i, id in enumerate(ids)]
    for group in groups:
        scene.world.put(replace(group, is_archived=True, updated_at=scene.now))
    return [group.id for group in groups]


def merged(old: Members, given: Members, settings: Settings) -> Members:
    """``old`` with the given members in their new state, nulls included."""
    new = dict(old)
    for name, value in given.items():
        before = old.get(name)
        mingle = settings.nested_update == "merge" and name not in _REPLACED_WHOLE
        if mingle and isinstance(value, dict) and isinstance(before, dict):
            new[name] = merged(before, value, settings)
        else:
            new[name] = value
    return new


def _named(scene: Scene, kind: type[E], id: str | None, path: str) -> E:
    word = _WORDS[kind]
    if not id:
        raise invalid(path, f"The id of the {word} is required.")
    thing = scene.world.table(kind).get(id)
    if thing is None or not scene.sees(thing):
        status = scene.settings.entity_unknown if thing is None else scene.settings.foreign_id
        raise invalid(path, f"There is no {word} '{id}', or the token may not see it.", status)
    return thing


def _to_change(scene: Scene, kind: type[C], sent: Members, path: str) -> C:
    thing = _named(scene, kind, sent["id"], f"{path}.id")
    if thing.is_archived:
        message = f"The {_WORDS[kind]} '{thing.id}' is archived; archived things cannot be changed or brought back."
        raise invalid(f"{path}.id", message)
    return thing


def _require_name(primary: Members, path: str) -> None:
    if not primary.get("name"):
        raise invalid(f"{path}.name", "The name field is required.")


def _check_flights(campaign: Campaign, advanced: Members, path: str) -> None:
    known = {flight["id"] for flight in campaign.flights}
    for index, share in enumerate(advanced.get("flights") or ()):
        if share["campaignFlightId"] not in known:
            raise invalid(
                f"{path}.advancedInput.flights[{index}].campaignFlightId",
                f"Campaign '{campaign.id}' has no flight {share['campaignFlightId']}.",
            )


def _add_nested(scene: Scene, campaign: Campaign, sent: Members) -> AdGroup:
    """Ad groups made along with a campaign cannot know its flights' numbers: their shares go by position."""
    advanced = dict(sent.get("advancedInput") or {})
    shares = zip(advanced.get("flights") or (), campaign.flights, strict=False)
    advanced["flights"] = [{**share, "campaignFlightId": flight["id"]} for share, flight in shares]
    ad_group = AdGroup(scene.world.entity_id(), campaign.id, dict(sent["primaryInput"]), advanced, scene.now, scene.now)
    scene.world.put(ad_group)
    return ad_group


def _numbered(world: World, flights: list[Members]) -> list[Members]:
    return [{**flight, "id": world.number("flight")} for flight in flights]


def _flight_from_budget(primary: Members, scene: Scene) -> list[Members]:
    budget = primary.get("budget")
    if not budget or not scene.settings.flight_from_budget:
        return []
    amounts = {name: value for name, value in budget.items() if name != "pacingMode"}
    dates = {
        "startDateInclusiveUTC": primary.get("startDateInUtc") or timestamp(scene.now),
        "endDateExclusiveUTC": primary.get("endDateInUtc"),
    }
    return [{**dates, **amounts}]
