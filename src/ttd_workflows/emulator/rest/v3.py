"""REST v3 behind the passthrough: campaigns, ad groups, advertisers and partners, got, made, changed and queried."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from ttd_workflows import models
from ttd_workflows.emulator import strict_json
from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.graph.resolvers import Graph
from ttd_workflows.emulator.handlers.serving import sent_members
from ttd_workflows.emulator.problems import PassedThrough, Refusal, invalid
from ttd_workflows.emulator.rest.names import (
    WRITABLE,
    ad_group_input,
    ad_group_json,
    advertiser_json,
    campaign_input,
    campaign_json,
    first_party_json,
    flight_json,
    folded,
    partner_json,
    property_of,
    third_party_json,
)
from ttd_workflows.emulator.service import Call, Service
from ttd_workflows.emulator.web.bodies import read
from ttd_workflows.emulator.world import entities, synthetic
from ttd_workflows.emulator.world.scene import T
from ttd_workflows.emulator.world.world import AdGroup, Advertiser, Campaign, Members, Partner
from ttd_workflows.models.base import Input
from ttd_workflows.models.bodies import JSONObject

_LONGEST_LOGIN = 1440
"""Minutes."""
_LONGEST_NAME = 256
_DENIED = "Access Denied. You do not have the required permissions to perform the requested action, or it is not there."
_INVALID = "The request failed validation. Please check your request and try again."


def answer(call: Call, method: str, endpoint: str, data_body: str | None) -> JSONObject:
    """What v3 answers. Raises :class:`PassedThrough` for an answer that is no 200."""
    path = _path(endpoint)
    kind = path[0].lower()
    body = _body(data_body) if method in {"POST", "PUT"} else {}
    try:
        if call.is_strict or call.settings.unknown_members == "refused":
            _refuse_unknown(kind, path, data_body if body else None)
        return JSONObject(_route(call, method, path, body))
    except Refusal as refusal:
        if refusal.status == 403:
            raise PassedThrough(403, {"Message": _DENIED}) from None
        details = [
            {"Property": property_of(kind, path), "Reasons": reasons} for path, reasons in refusal.errors.items()
        ]
        raise PassedThrough(400, {"Message": _INVALID, "ErrorDetails": details}) from None


def authenticate(service: Service, text: str) -> tuple[int, Any]:
    """The answer to a login: a status, and a token or what is wrong."""
    try:
        return _issue(service, _body(text))
    except Refusal as refusal:
        details = [{"Property": name, "Reasons": reasons} for name, reasons in refusal.errors.items()]
        return 400, {"Message": _INVALID, "ErrorDetails": details}


def _issue(service: Service, body: Members) -> tuple[int, Any]:
    minutes = body.get("tokenexpirationinminutes")
    minutes = _LONGEST_LOGIN if minutes is None else minutes
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= _LONGEST_LOGIN:
        raise invalid("TokenExpirationInMinutes", f"The value must be between 1 and {_LONGEST_LOGIN}.")
    login, password = _required(body, "Login"), _required(body, "Password")
    now = service.settle()
    token = service.callers.issue(login, password, minutes * 60.0, service.world, now)
    if token is None:
        return 401, "Invalid credentials. Please check them and try again."
    service.commit()
    return 200, {"Token": token, "ExpirationDate": timestamp(now + minutes * 60.0)}


def _refuse_unknown(kind: str, path: tuple[str, ...], text: str | None) -> None:
    """In strict mode, properties that are not there or cannot be set are refused."""
    if text is None or kind not in WRITABLE or "query" in path:
        return
    known = {name.lower() for name in WRITABLE[kind]}
    unknown = [name for name in json.loads(text) if name.lower() not in known]
    if unknown:
        raise Refusal(400, errors={name: [f"The property '{name}' is unknown or read-only."] for name in unknown})


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
        body = strict_json.loads(text or "")
    except ValueError:
        raise invalid("$.dataBody", "The dataBody field must be JSON text.") from None
    if not isinstance(body, dict):
        raise invalid("$.dataBody", "The dataBody field must hold a JSON object.")
    members: Members = folded(body)
    return members


def _route(call: Call, method: str, path: tuple[str, ...], body: Members) -> Members:
    kind, rest = path[0].lower(), path[1:]
    if method == "GET" and len(rest) == 1 and kind in _READ:
        return _READ[kind](call, rest[0])
    if method == "POST" and not rest and kind in _CREATED:
        return _CREATED[kind](call, body)
    if method == "PUT" and len(rest) < 2 and kind in _UPDATED:
        name, update = _UPDATED[kind]
        return update(call, {name: rest[0], **body} if rest else body)
    if method == "POST" and rest[:1] == ("query",):
        return _query(call, (kind, *rest[1:]), body)
    if method == "POST" and kind == "dmp" and len(rest) == 2 and rest[1] == "advertiser":
        return _data(call, rest[0], body)
    if method == "DELETE" and kind == "campaignflight" and len(rest) == 1:
        raise _without_flight(call, rest[0])
    raise _nothing_there(call, f"{method} /v3/{'/'.join(path)}")


def _log_in(call: Call, body: Members) -> Members:
    status, said = _issue(call.service, body)
    if status != 200:
        raise PassedThrough(status, said)
    token: Members = said
    return token


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
    if body.get("availability") == "Archived":
        entities.archive_campaigns(call.scene, [sent["id"]], force=False)
        return campaign_json(call.world.campaigns[sent["id"]])
    return campaign_json(entities.update_campaign(call.scene, sent))


def _update_ad_group(call: Call, body: Members) -> Members:
    _require(body, "AdGroupId")
    _found(call, AdGroup, body["adgroupid"])
    sent: Members = {"id": body["adgroupid"], "primaryInput": ad_group_input(body)}
    sent = _checked(call, models.AdGroupUpdateWorkflowInput, sent)
    if body.get("availability") == "Archived":
        entities.archive_ad_groups(call.scene, [sent["id"]], force=False)
        return ad_group_json(call.world, call.world.ad_groups[sent["id"]])
    return ad_group_json(call.world, entities.update_ad_group(call.scene, sent))


def _create_advertiser(call: Call, body: Members) -> Members:
    _require(body, "PartnerId", "AdvertiserName")
    partner, world = _found(call, Partner, body["partnerid"]), call.world
    id = world.entity_id()
    made = Advertiser(id, partner.id, _advertiser_name(body), synthetic.seed_id(world.seed, id), "Retail")
    world.store("advertisers", id, made)
    return advertiser_json(made)


def _update_advertiser(call: Call, body: Members) -> Members:
    _require(body, "AdvertiserId")
    advertiser = _found(call, Advertiser, body["advertiserid"])
    if "advertisername" in body:
        advertiser = replace(advertiser, name=_advertiser_name(body))
        call.world.store("advertisers", advertiser.id, advertiser)
    return advertiser_json(advertiser)


def _advertiser_name(body: Members) -> str:
    name = body["advertisername"]
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST_NAME:
        message = "must not be null and must have a length no less than 1 and no greater than"
        raise invalid("AdvertiserName", f"The property 'AdvertiserName' {message} {_LONGEST_NAME}.")
    return name


def _flight(call: Call, id: str) -> tuple[Campaign, Members]:
    for campaign in call.scene.all(Campaign):
        for flight in campaign.flights:
            if str(flight["id"]) == id:
                return campaign, flight
    raise _nothing_there(call, f"'{id}'")


def _without_flight(call: Call, id: str) -> PassedThrough:
    """The answer to deleting a flight. A campaign keeps its last one."""
    campaign, flight = _flight(call, id)
    if len(campaign.flights) == 1:
        raise invalid(
            "CampaignFlightId", f"Flight {id} is the only one of campaign '{campaign.id}' and cannot be deleted."
        )
    left = [one for one in campaign.flights if one is not flight]
    call.world.put(replace(campaign, flights=left, updated_at=call.now))
    call.service.commit()
    return PassedThrough(call.settings.rest_empty, None if call.settings.rest_empty == 240 else {})


def _data(call: Call, party: str, body: Members) -> Members:
    """The first- or third-party data that an advertiser can target, page by page."""
    graph = Graph.of(call.scene)
    advertiser = _found(call, Advertiser, _required(body, "AdvertiserId"))
    if party == "firstparty":
        rows, show = graph.first_party_data(advertiser), first_party_json
    elif party == "thirdparty":
        rows, show = graph.third_party_data(call.world.partners[advertiser.partner_id]), third_party_json
    else:
        raise _nothing_there(call, f"POST /v3/dmp/{party}/advertiser")
    terms = body.get("searchterms") or []
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        raise invalid("SearchTerms", "The value must be a list of texts.")
    found: Sequence[Any] = rows
    if terms:
        wanted = [term.casefold() for term in terms]
        found = [row for row in rows if any(term in row["name"].casefold() for term in wanted)]
    return _page(found, body, show)


def _checked(call: Call, model: type[Input], sent: Members) -> Members:
    """What v3 was sent is held to the same types as what the service is sent."""
    return sent_members(read(model, sent, call.settings, strict=call.is_strict))


def _query(call: Call, kind: tuple[str, ...], body: Members) -> Members:
    world = call.world
    match kind:
        case ("partner",):
            return _page(call.scene.all(Partner), body, partner_json)
        case ("advertiser", "partner"):
            partner = _found(call, Partner, _required(body, "PartnerId"))
            own = [one for one in call.scene.all(Advertiser) if one.partner_id == partner.id]
            return _page(own, body, advertiser_json)
        case ("campaign", "advertiser"):
            advertiser = _found(call, Advertiser, _required(body, "AdvertiserId"))
            return _page(world.campaigns_of(advertiser.id), body, campaign_json)
        case ("adgroup", "campaign"):
            campaigns = [_found(call, Campaign, _required(body, "CampaignId"))]
        case ("adgroup", "advertiser"):
            campaigns = world.campaigns_of(_found(call, Advertiser, _required(body, "AdvertiserId")).id)
        case _:
            raise _nothing_there(call, f"POST /v3/{kind[0]}/query/{'/'.join(kind[1:])}")
    groups = [group for campaign in campaigns for group in world.ad_groups_of(campaign.id)]
    return _page(groups, body, lambda group: ad_group_json(world, group))


def _page(rows: Sequence[Any], body: Members, show: Callable[[Any], Members]) -> Members:
    """One page: PageSize null is all, 0 is the count only."""
    start, size = body.get("pagestartindex") or 0, body.get("pagesize")
    for name, value in (("PageStartIndex", start), ("PageSize", size)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise invalid(name, "The value must be a whole number, 0 or greater.")
    page = rows[start:] if size is None else rows[start : start + size]
    answer: Members = {"Result": [show(row) for row in page], "ResultCount": len(page)}
    if not body.get("excludetotalcounts"):
        answer |= {"TotalFilteredCount": len(rows), "TotalUnfilteredCount": len(rows)}
    return answer


def _found(call: Call, kind: type[T], id: str) -> T:
    if (thing := call.scene.find(kind, id)) is None:
        raise _nothing_there(call, f"'{id}'")
    return thing


def _nothing_there(call: Call, what: str) -> PassedThrough:
    message = f"{_DENIED} ({what})"
    return PassedThrough(call.settings.rest_unknown, {"Message": message})


def _required(body: Members, name: str) -> str:
    _require(body, name)
    return str(body[name.lower()])


def _require(body: Members, *names: str) -> None:
    missing = [name for name in names if not isinstance(body.get(name.lower()), str) or not body[name.lower()]]
    if missing:
        raise Refusal(400, errors={name: ["This property is required when creating."] for name in missing})


_READ: dict[str, Callable[[Call, str], Members]] = {
    "campaign": lambda call, of: campaign_json(_found(call, Campaign, of)),
    "campaignflight": lambda call, of: flight_json(*_flight(call, of)),
    "adgroup": lambda call, of: ad_group_json(call.world, _found(call, AdGroup, of)),
    "advertiser": lambda call, of: advertiser_json(_found(call, Advertiser, of)),
    "partner": lambda call, of: partner_json(_found(call, Partner, of)),
}
_CREATED: dict[str, Callable[[Call, Members], Members]] = {
    "authentication": _log_in,
    "campaign": _create_campaign,
    "adgroup": _create_ad_group,
    "advertiser": _create_advertiser,
}
_UPDATED: dict[str, tuple[str, Callable[[Call, Members], Members]]] = {
    "campaign": ("campaignid", _update_campaign),
    "adgroup": ("adgroupid", _update_ad_group),
    "advertiser": ("advertiserid", _update_advertiser),
}
