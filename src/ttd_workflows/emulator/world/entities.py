"""Campaigns and ad groups: made, changed and archived. A member that is absent stays, one that is null is cleared.

``sent`` is the body by wire name with the given members only; ``path`` is where it stands in the request.
Everything is checked before anything is stored.
"""

from dataclasses import replace
from typing import TypeVar

from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.problems import Refusal, invalid
from ttd_workflows.emulator.rules import (
    AD_GROUP_RULES,
    CAMPAIGN_RULES,
    AdGroupDraft,
    CampaignDraft,
    Errors,
    errors_of,
)
from ttd_workflows.emulator.rules.drafts import Share
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import AdGroup, Advertiser, Campaign, Members, World

E = TypeVar("E", Advertiser, Campaign, AdGroup)
C = TypeVar("C", Campaign, AdGroup)

# A goal has exactly one member: one goal takes the place of another, they do not mingle.
_WORDS = {Advertiser: "advertiser", Campaign: "campaign", AdGroup: "ad group"}
_REPLACED_WHOLE = {"primaryGoal", "secondaryGoal", "tertiaryGoal", "roiGoal"}


def create_campaign(scene: Scene, sent: Members, path: str = "$") -> tuple[Campaign, list[AdGroup]]:
    """A new campaign and the ad groups that came with it."""
    where = f"{path}.primaryInput.advertiserId"
    _named(scene, Advertiser, sent["primaryInput"]["advertiserId"], where)
    _check_new_campaign(scene, sent, path)
    return make_campaign(scene, sent)


def make_campaign(scene: Scene, sent: Members) -> tuple[Campaign, list[AdGroup]]:
    """The same without looking whether it breaks a rule."""
    world, draft = scene.world, _drafted(scene, sent)
    campaign = replace(draft, id=world.entity_id(), flights=_numbered(world, draft.flights))
    world.put(campaign)
    return campaign, [_add_nested(scene, campaign, group) for group in sent.get("adGroups") or ()]


def update_campaign(scene: Scene, sent: Members, path: str = "$") -> Campaign:
    """A campaign with its given members changed."""
    campaign = _to_change(scene, Campaign, sent, path)
    given, advanced = sent.get("primaryInput") or {}, dict(sent.get("advancedInput") or {})
    flights = advanced.pop("flights", campaign.flights) or []
    primary = merged(campaign.primary, given, scene.settings)
    primary["seedId"] = primary.get("seedId") or scene.advertiser_of(campaign).default_seed_id
    advanced = merged(campaign.advanced, advanced, scene.settings)
    changed = replace(campaign, primary=primary, advanced=advanced, flights=flights, updated_at=scene.now)
    groups = len(scene.world.ad_groups_of(campaign.id))
    given_flights = flights is not campaign.flights
    draft = CampaignDraft(
        scene, path, changed, is_new=False, given=given, given_flights=given_flights, group_count=groups
    )
    _refuse(errors_of(draft, CAMPAIGN_RULES))
    if given_flights:
        changed = replace(changed, flights=_numbered(scene.world, flights))
    scene.world.put(changed)
    return changed


def create_ad_group(scene: Scene, sent: Members, path: str = "$") -> AdGroup:
    """A new ad group in an existing campaign."""
    campaign = _named(scene, Campaign, sent["campaignId"], f"{path}.campaignId")
    if campaign.is_archived:
        raise invalid(f"{path}.campaignId", f"Campaign '{campaign.id}' is archived and takes no new ad groups.")
    primary, advanced = dict(sent["primaryInput"]), dict(sent.get("advancedInput") or {})
    shares = _shares(campaign, advanced)
    _refuse(errors_of(AdGroupDraft(scene, path, campaign, primary, advanced, primary, shares), AD_GROUP_RULES))
    ad_group = AdGroup(scene.world.entity_id(), campaign.id, primary, advanced, scene.now, scene.now)
    scene.world.put(ad_group)
    return ad_group


def update_ad_group(scene: Scene, sent: Members, path: str = "$") -> AdGroup:
    """An ad group with its given members changed."""
    ad_group = _to_change(scene, AdGroup, sent, path)
    campaign = scene.world.campaigns[ad_group.campaign_id]
    given, given_advanced = sent.get("primaryInput") or {}, sent.get("advancedInput") or {}
    primary = merged(ad_group.primary, given, scene.settings)
    advanced = merged(ad_group.advanced, given_advanced, scene.settings)
    shares = _shares(campaign, given_advanced)
    draft = AdGroupDraft(scene, path, campaign, primary, advanced, given, shares, before=ad_group)
    _refuse(errors_of(draft, AD_GROUP_RULES))
    changed = replace(ad_group, primary=primary, advanced=advanced, updated_at=scene.now)
    scene.world.put(changed)
    return changed


def archive_campaigns(scene: Scene, ids: list[str], force: bool) -> list[str]:
    """Archive campaigns and, with them, their ad groups, for ever. All of them, or none when one cannot be."""
    campaigns = [_named(scene, Campaign, id, f"$[{i}]") for i, id in enumerate(ids)]
    spares = scene.settings.archive_spares_active and not force
    for index, campaign in enumerate(campaigns if spares else ()):
        if (reason := _active(scene, campaign)) and not campaign.is_archived:
            raise invalid(f"$[{index}]", f"Campaign '{campaign.id}' {reason}; forceArchive is the way.")
    for campaign in campaigns:
        scene.world.put(replace(campaign, is_archived=True, updated_at=scene.now))
        for group in scene.world.ad_groups_of(campaign.id):
            scene.world.put(replace(group, is_archived=True, updated_at=scene.now))
    return [campaign.id for campaign in campaigns]


def archive_ad_groups(scene: Scene, ids: list[str], force: bool) -> list[str]:
    """Archive ad groups for ever. All of them, or none when one cannot be."""
    groups = [_named(scene, AdGroup, id, f"$[{i}]") for i, id in enumerate(ids)]
    spares = scene.settings.archive_spares_active and not force
    for index, group in enumerate(groups if spares else ()):
        is_running = flight_under_way(scene.world.campaigns[group.campaign_id], scene.now) is not None
        if is_running and group.primary.get("isEnabled") and not group.is_archived:
            message = (
                f"Ad group '{group.id}' is enabled and a flight of its campaign is under way; forceArchive is the way."
            )
            raise invalid(f"$[{index}]", message)
    for group in groups:
        scene.world.put(replace(group, is_archived=True, updated_at=scene.now))
    return [group.id for group in groups]


def flight_under_way(campaign: Campaign, now: float) -> Members | None:
    """The flight that is running, if one is."""
    today = timestamp(now)
    running = (
        flight
        for flight in campaign.flights
        if flight["startDateInclusiveUTC"] <= today < (flight.get("endDateExclusiveUTC") or "9999")
    )
    return next(running, None)


def _active(scene: Scene, campaign: Campaign) -> str | None:
    """Why a campaign is spared."""
    groups = scene.world.ad_groups_of(campaign.id)
    if enabled := [group.id for group in groups if group.primary.get("isEnabled") and not group.is_archived]:
        return f"has enabled ad groups ({', '.join(enabled)})"
    if flight := flight_under_way(campaign, scene.now):
        return f"has a flight under way ({flight['id']})"
    return None


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


def _check_new_campaign(scene: Scene, sent: Members, path: str) -> None:
    """Look for all that is wrong with a new campaign and its ad groups, before anything is stored."""
    campaign, nested = _drafted(scene, sent), sent.get("adGroups") or []
    given = sent["primaryInput"]
    draft = CampaignDraft(scene, path, campaign, is_new=True, given=given, given_flights=True, group_count=len(nested))
    errors = errors_of(draft, CAMPAIGN_RULES)
    for index, group in enumerate(nested):
        primary, advanced = group["primaryInput"], group.get("advancedInput") or {}
        # They cannot know the flights' numbers: their shares go by position.
        flights = dict(enumerate(campaign.flights))
        shares = [Share(i, flights.get(i), share) for i, share in enumerate(advanced.get("flights") or ())]
        here = f"{path}.adGroups[{index}]"
        errors |= errors_of(AdGroupDraft(scene, here, campaign, primary, advanced, primary, shares), AD_GROUP_RULES)
    _refuse(errors)


def _drafted(scene: Scene, sent: Members) -> Campaign:
    """A new campaign without its id and its flights' numbers."""
    primary, advanced = dict(sent["primaryInput"]), dict(sent.get("advancedInput") or {})
    advertiser = scene.world.advertisers[primary["advertiserId"]]
    primary["seedId"] = primary.get("seedId") or advertiser.default_seed_id
    flights = advanced.pop("flights", None) or _flight_from_budget(primary, scene)
    return Campaign("", advertiser.id, primary, advanced, flights, scene.now, scene.now)


def _shares(campaign: Campaign, advanced: Members) -> list[Share]:
    known = {flight["id"]: flight for flight in campaign.flights}
    given = enumerate(advanced.get("flights") or ())
    return [Share(index, known.get(share["campaignFlightId"]), share) for index, share in given]


def _refuse(errors: Errors) -> None:
    if errors:
        raise Refusal(400, errors=errors)


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
