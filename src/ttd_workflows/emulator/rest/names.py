"""Campaigns and ad groups in REST v3's words: read from its JSON whatever the case of names, written in its case."""

from typing import Any

from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.world.documents import ad_group_document, inherited_goal
from ttd_workflows.emulator.world.world import AdGroup, Advertiser, Campaign, Members, Partner, World

_CURRENCY = "USD"
_CAMPAIGN = {
    "CampaignName": "name",
    "Description": "description",
    "StartDate": "startDateInUtc",
    "EndDate": "endDateInUtc",
    "TimeZone": "timeZone",
    "PrimaryChannel": "primaryChannel",
    "SeedId": "seedId",
}
_AD_GROUP = {
    "AdGroupName": "name",
    "Description": "description",
    "IsEnabled": "isEnabled",
    "ChannelId": "channel",
    "FunnelLocation": "funnelLocation",
}
_GOALS = {
    "maximizeReach": "MaximizeReach",
    "maximizeLtvIncrementalReach": "MaximizeLtvIncrementalReach",
    "cpcInAdvertiserCurrency": "CPCInAdvertiserCurrency",
    "ctrInPercent": "CTRInPercent",
    "nielsenOTPInPercent": "NielsenOTPInPercent",
    "cpaInAdvertiserCurrency": "CPAInAdvertiserCurrency",
    "returnOnAdSpendPercent": "ReturnOnAdSpendPercent",
    "vcrInPercent": "VCRInPercent",
    "viewabilityInPercent": "ViewabilityInPercent",
    "vcpmInAdvertiserCurrency": "VCPMInAdvertiserCurrency",
    "cpcvInAdvertiserCurrency": "CPCVInAdvertiserCurrency",
    "miaozhenOTPInPercent": "MiaozhenOTPInPercent",
}

_ELSEWHERE = {
    "advertiserId": "AdvertiserId",
    "campaignId": "CampaignId",
    "primaryGoal": "PrimaryGoal",
    "budget": "Budget",
    "flights": "CampaignFlights",
    "roiGoal": "RTBAttributes.ROIGoal",
    "baseBidCPMInAdvertiserCurrency": "RTBAttributes.BaseBidCPM",
    "maxBidCPMInAdvertiserCurrency": "RTBAttributes.MaxBidCPM",
}
WRITABLE = {
    "campaign": {
        *_CAMPAIGN,
        "CampaignId",
        "AdvertiserId",
        "PrimaryGoal",
        "PacingMode",
        "Budget",
        "CampaignFlights",
        "CampaignConversionReportingColumns",
        "IncludeDefaultsFromAdvertiser",
        "Version",
        "BudgetingVersion",
        "Availability",
    },
    "adgroup": {*_AD_GROUP, "AdGroupId", "CampaignId", "RTBAttributes", "Availability"},
    "advertiser": {"AdvertiserId", "PartnerId", "AdvertiserName"},
}
"""The properties that can be set, by kind: strict mode refuses all others."""


def folded(value: Any) -> Any:
    """JSON with lowercase names: v3 does not mind how they are written."""
    if isinstance(value, dict):
        return {name.lower(): folded(inner) for name, inner in value.items()}
    return [folded(item) for item in value] if isinstance(value, list) else value


def campaign_input(body: Members) -> Members:
    """The ``primaryInput`` that a folded v3 campaign means: its given members only."""
    primary = _taken(body, _CAMPAIGN)
    if "primarygoal" in body:
        primary["primaryGoal"] = _read_goal(body["primarygoal"])
    amount = _amount(body.get("budget"))
    if amount is not None:
        primary["budget"] = {"pacingMode": body.get("pacingmode") or "PaceAhead", "budgetInAdvertiserCurrency": amount}
    elif body.get("pacingmode"):
        primary["budget"] = {"pacingMode": body["pacingmode"]}
    return primary


def ad_group_input(body: Members) -> Members:
    """The ``primaryInput`` that a folded v3 ad group means."""
    primary = _taken(body, _AD_GROUP)
    bidding = body.get("rtbattributes") or {}
    budget = bidding.get("budgetsettings") or {}
    if (amount := _amount(budget.get("budget"))) is not None:
        primary["budget"] = {"budgetInAdvertiserCurrency": amount}
    if "basebidcpm" in bidding:
        primary["baseBidCPMInAdvertiserCurrency"] = _amount(bidding["basebidcpm"])
    if "maxbidcpm" in bidding:
        primary["maxBidCPMInAdvertiserCurrency"] = _amount(bidding["maxbidcpm"])
    if "roigoal" in bidding:
        primary["roiGoal"] = _read_goal(bidding["roigoal"])
    return primary


def campaign_json(campaign: Campaign) -> Members:
    """A campaign as v3 shows it."""
    primary = campaign.primary
    total = sum(flight["budgetInAdvertiserCurrency"] for flight in campaign.flights)
    return {
        "CampaignId": campaign.id,
        "AdvertiserId": campaign.advertiser_id,
        **{theirs: primary.get(ours) for theirs, ours in _CAMPAIGN.items()},
        "PrimaryGoal": _goal(primary.get("primaryGoal") or {}),
        "PacingMode": (primary.get("budget") or {}).get("pacingMode"),
        "Budget": _money(total) if campaign.flights else None,
        "CampaignFlights": [flight_json(campaign, flight) for flight in campaign.flights],
        "Version": "Kokai",
        "BudgetingVersion": "Kokai",
        **_state(campaign),
    }


def flight_json(campaign: Campaign, flight: Members) -> Members:
    """A flight of a campaign as v3 shows it."""
    return {
        "CampaignFlightId": flight["id"],
        "CampaignId": campaign.id,
        "StartDateInclusiveUTC": flight["startDateInclusiveUTC"],
        "EndDateExclusiveUTC": flight.get("endDateExclusiveUTC"),
        "BudgetInAdvertiserCurrency": flight["budgetInAdvertiserCurrency"],
    }


def ad_group_json(world: World, group: AdGroup) -> Members:
    """An ad group as v3 shows it."""
    shown, primary = ad_group_document(world, group), group.primary
    return {
        "AdGroupId": group.id,
        "CampaignId": group.campaign_id,
        "AdvertiserId": world.campaigns[group.campaign_id].advertiser_id,
        **{theirs: primary.get(ours) for theirs, ours in _AD_GROUP.items()},
        "IsEnabled": shown["isEnabled"],
        "RTBAttributes": {
            "BudgetSettings": {
                "Budget": _money(shown["budget"]["budgetInAdvertiserCurrency"]),
                "AllocationType": shown["budget"]["allocationType"],
            },
            "BaseBidCPM": _money(shown["baseBidCPMInAdvertiserCurrency"]),
            "MaxBidCPM": _money(shown["maxBidCPMInAdvertiserCurrency"]),
            "ROIGoal": _goal(primary.get("roiGoal") or inherited_goal(world.campaigns[group.campaign_id])),
            "CreativeIds": shown["creativeIds"],
        },
        **_state(group),
    }


def advertiser_json(advertiser: Advertiser) -> Members:
    """An advertiser as v3 shows it."""
    return {
        "AdvertiserId": advertiser.id,
        "AdvertiserName": advertiser.name,
        "PartnerId": advertiser.partner_id,
        "CurrencyCode": _CURRENCY,
        "Availability": "Available",
    }


def first_party_json(row: Members) -> Members:
    """A first-party segment as v3 shows it."""
    uniques = row["activeUniques"] or {}
    return {
        "FirstPartyDataId": row["id"],
        "Name": row["name"],
        "DataType": "ImportedAdvertiserData",
        "ActiveIdsCount": uniques.get("idsCount"),
    }


def third_party_json(row: Members) -> Members:
    """A third-party segment as v3 shows it."""
    rate = next((rate for rate in row["dataRates"] if rate["rateType"] == "CPM"), None)
    return {
        "ThirdPartyDataId": row["id"],
        "BrandId": row["idBrandId"],
        "Name": row["name"],
        "FullPath": row["fullPath"],
        "CpmRate": rate and _money(rate["amount"]),
    }


def property_of(kind: str, path: str) -> str:
    """The v3 property that a JSON path of the Workflows API stands for."""
    first = next((step for step in path.split(".") if step not in {"$", "primaryInput", "advancedInput"}), path)
    ours = _CAMPAIGN if kind == "campaign" else _AD_GROUP
    names = {workflows: theirs for theirs, workflows in ours.items()} | _ELSEWHERE
    return names.get(first.partition("[")[0], first)


def partner_json(partner: Partner) -> Members:
    """A partner as v3 shows it."""
    return {"PartnerId": partner.id, "PartnerName": partner.name}


def _taken(body: Members, names: dict[str, str]) -> Members:
    return {ours: body[theirs.lower()] for theirs, ours in names.items() if theirs.lower() in body}


def _read_goal(goal: Any) -> Members:
    given = goal if isinstance(goal, dict) else {}
    known = {theirs.lower(): ours for ours, theirs in _GOALS.items()}
    amounts = {name: _amount(value) if isinstance(value, dict) else value for name, value in given.items()}
    return {known[name]: value for name, value in amounts.items() if name in known}


def _goal(goal: Members) -> Members:
    return {
        _GOALS[name]: _money(value) if name.endswith("InAdvertiserCurrency") else value
        for name, value in goal.items()
        if name in _GOALS
    }


def _amount(money: Any) -> Any:
    return money.get("amount") if isinstance(money, dict) else money


def _money(amount: float | None) -> Members | None:
    return None if amount is None else {"Amount": amount, "CurrencyCode": _CURRENCY}


def _state(entity: Campaign | AdGroup) -> Members:
    return {
        "Availability": "Archived" if entity.is_archived else "Available",
        "CreatedAtUTC": timestamp(entity.created_at),
        "LastUpdatedAtUTC": timestamp(entity.updated_at),
    }
