"""REST v3 behind the passthrough: campaigns, ad groups, advertisers and partners, got, made, changed and queried."""

import json
from collections.abc import Iterable
from urllib.parse import unquote

from ttd_workflows import models
from ttd_workflows.emulator import entities
from ttd_workflows.emulator.bodies import read
from ttd_workflows.emulator.problems import PassedThrough, Refusal, invalid
from ttd_workflows.emulator.rest_names import (
    ad_group_input,
    ad_group_json,
    advertiser_json,
    campaign_input,
    campaign_json,
    folded,
    partner_json,
)
from ttd_workflows.emulator.scene import T
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.serving import sent_members
from ttd_workflows.emulator.world import AdGroup, Advertiser, Campaign, Members, Partner
from ttd_workflows.models.base import Input
from ttd_workflows.models.bodies import JSONObject

_INVALID = "The request failed validation. Please check your request and try again."


def answer(call: Call, method: str, endpoint: str, data_body: str | None) -> JSONObject:
    """What v3 answers. Raises :class:`PassedThrough` for an answer that is no 200."""
    path = _path(endpoint)
    body = _body(data_body) if method in {"POST", "PUT"} else {}
    try:
        return JSONObject(_route(call, method, path, body))
    except Refusal as refusal:
        details = [{"Property": path, "Reasons": reasons} for path, reasons in refusal.errors.items()]
        raise PassedThrough(400, {"Message": _INVALID, "ErrorDetails": details}) from None


def _path(endpoint: str) -> tuple[str, ...]:
    """The endpoint's steps; what would leave v3 is refused."""
    decoded = unquote(endpoint.strip())
    if "://" in decoded or decoded.startswith("//") or "\\" in decoded or ".." in decoded.split("/"):
        raise invalid("$.endpoint", "The endpoint must be a path below /v3.")
    steps = tuple(step for step in decoded.partition("?")[0].split("/") if step)
    steps = steps[1:] if steps[:1] == ("v3",) else steps
    if not steps:
        raise invalid("$.endpoint", "The endpoint field is required.")
    return steps


def _body(text: str | None) -> Members:
    try:
        body = json.loads(text or "")
    except ValueError:
        raise invalid("$.dataBody", "The dataBody field must be JSON text.") from None
    if not isinstance(body, dict):
        raise invalid("$.dataBody", "The dataBody field must hold a JSON object.")
    members: Members = folded(body)
    return members


def _route(call: Call, method: str, path: tuple[str, ...], body: Members) -> Members:
    match method, tuple(step.lower() for step in path[:1]) + path[1:]:
        case "GET", ("campaign", id):
            return campaign_json(_found(call, Campaign, id))
        case "GET", ("adgroup", id):
            return ad_group_json(call.world, _found(call, AdGroup, id))
        case "GET", ("advertiser", id):
            return advertiser_json(_found(call, Advertiser, id))
        case "GET", ("partner", id):
            return partner_json(_found(call, Partner, id))
        case "POST", ("campaign",):
            return _create_campaign(call, body)
        case "POST", ("adgroup",):
            return _create_ad_group(call, body)
        case "PUT", ("campaign", *rest):
            return _update_campaign(call, {"campaignid": "".join(rest), **body} if rest else body)
        case "PUT", ("adgroup", *rest):
            return _update_ad_group(call, {"adgroupid": "".join(rest), **body} if rest else body)
        case "POST", (kind, "query", *below):
            return _query(call, (kind, *below), body)
    raise _nothing_there(call, f"{method} /v3/{'/'.join(path)}")


def _create_campaign(call: Call, body: Members) -> Members:
    _require(body, "AdvertiserId", "CampaignName")
    defaults: Members = {"primaryChannel": "Display", "primaryGoal": {"maximizeReach": True}}
    primary = {**defaults, **campaign_input(body), "advertiserId": body["advertiserid"]}
    flights = [
        {
            "startDateInclusiveUTC": flight.get("startdateinclusiveutc"),
            "endDateExclusiveUTC": flight.get("enddateexclusiveutc"),
            "budgetInAdvertiserCurrency": flight.get("budgetinadvertisercurrency") or 0.0,
        }
        for flight in body.get("campaignflights") or ()
    ]
    sent = {"primaryInput": primary, "advancedInput": {"flights": flights or None}}
    sent = _checked(call, models.CampaignCreateWorkflowInput, sent)
    return campaign_json(entities.create_campaign(call.scene, sent)[0])


def _create_ad_group(call: Call, body: Members) -> Members:
    _require(body, "CampaignId", "AdGroupName")
    defaults: Members = {"channel": "Display", "funnelLocation": "Awareness"}
    sent = {"campaignId": body["campaignid"], "primaryInput": {**defaults, **ad_group_input(body)}}
    sent = _checked(call, models.AdGroupCreateWorkflowInput, sent)
    return ad_group_json(call.world, entities.create_ad_group(call.scene, sent))


def _update_campaign(call: Call, body: Members) -> Members:
    _require(body, "CampaignId")
    _found(call, Campaign, body["campaignid"])
    sent: Members = {"id": body["campaignid"], "primaryInput": campaign_input(body)}
    sent = _checked(call, models.CampaignUpdateWorkflowInput, sent)
    return campaign_json(entities.update_campaign(call.scene, sent))


def _update_ad_group(call: Call, body: Members) -> Members:
    _require(body, "AdGroupId")
    _found(call, AdGroup, body["adgroupid"])
    sent: Members = {"id": body["adgroupid"], "primaryInput": ad_group_input(body)}
    sent = _checked(call, models.AdGroupUpdateWorkflowInput, sent)
    return ad_group_json(call.world, entities.update_ad_group(call.scene, sent))


def _checked(call: Call, model: type[Input], sent: Members) -> Members:
    """What v3 was sent is held to the same types as what the service is sent."""
    return sent_members(read(model, sent, call.settings, strict=call.is_strict))


def _query(call: Call, kind: tuple[str, ...], body: Members) -> Members:
    world = call.world
    shown: Iterable[Members]
    match kind:
        case ("partner",):
            shown = [partner_json(partner) for partner in call.scene.all(Partner)]
        case ("advertiser", "partner"):
            partner = _found(call, Partner, _required(body, "PartnerId"))
            shown = [advertiser_json(one) for one in call.scene.all(Advertiser) if one.partner_id == partner.id]
        case ("campaign", "advertiser"):
            advertiser = _found(call, Advertiser, _required(body, "AdvertiserId"))
            shown = [campaign_json(campaign) for campaign in world.campaigns_of(advertiser.id)]
        case ("adgroup", "campaign"):
            campaign = _found(call, Campaign, _required(body, "CampaignId"))
            shown = [ad_group_json(world, group) for group in world.ad_groups_of(campaign.id)]
        case ("adgroup", "advertiser"):
            advertiser = _found(call, Advertiser, _required(body, "AdvertiserId"))
            campaigns = world.campaigns_of(advertiser.id)
            shown = [ad_group_json(world, group) for one in campaigns for group in world.ad_groups_of(one.id)]
        case _:
            raise _nothing_there(call, f"POST /v3/{kind[0]}/query/{'/'.join(kind[1:])}")
    return _page(list(shown), body)


def _page(rows: list[Members], body: Members) -> Members:
    """One page: PageSize null is all, 0 is the count only."""
    start, size = body.get("pagestartindex") or 0, body.get("pagesize")
    for name, value in (("PageStartIndex", start), ("PageSize", size)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise invalid(name, "The value must be a whole number, 0 or greater.")
    page = rows[start:] if size is None else rows[start : start + size]
    answer: Members = {"Result": page, "ResultCount": len(page)}
    if not body.get("excludetotalcounts"):
        answer |= {"TotalFilteredCount": len(rows), "TotalUnfilteredCount": len(rows)}
    return answer


def _found(call: Call, kind: type[T], id: str) -> T:
    if (thing := call.scene.find(kind, id)) is None:
        raise _nothing_there(call, f"'{id}'")
    return thing


def _nothing_there(call: Call, what: str) -> PassedThrough:
    message = f"Access Denied. {what} does not exist, or you do not have the required permissions to see it."
    return PassedThrough(call.settings.rest_unknown, {"Message": message})


def _required(body: Members, name: str) -> str:
    _require(body, name)
    return str(body[name.lower()])


def _require(body: Members, *names: str) -> None:
    missing = [name for name in names if not isinstance(body.get(name.lower()), str) or not body[name.lower()]]
    if missing:
        raise Refusal(400, errors={name: ["This property is required when creating."] for name in missing})
