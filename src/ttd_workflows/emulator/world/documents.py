"""What the service shows of campaigns and ad groups, by wire name: answers and result files are made of these."""

from typing import Any

from ttd_workflows.emulator.world.world import AdGroup, Campaign, Members, World

# Members of a campaign's goal that an ad group's goal does not have.
_CAMPAIGN_ONLY_GOALS = {
    "iqviaAudienceQualityIndex",
    "crossixAudienceQualityIndex",
    "iqviaAudienceQualityIndexAndCostPerTarget",
    "crossixCostPerTarget",
    "NewBuyerTargetValue",
}
_SPEND_TARGETS = ("budgetInImpressions", "dailyTargetInAdvertiserCurrency", "dailyTargetInImpressions")
_AUDIENCE_DEFAULTS: Members = {
    "audienceId": None,
    "audienceAcceleratorExclusionsEnabled": False,
    "audienceBoosterEnabled": False,
    "audienceExcluderEnabled": False,
    "audiencePredictorEnabled": False,
    "crossDeviceVendorListForAudience": [],
    "recencyExclusionWindowInMinutes": 0,
    "targetTrackableUsersEnabled": True,
    "useMcIdAsPrimary": False,
}


def campaign_document(campaign: Campaign) -> Members:
    """A ``CampaignWorkflow``: no advertiser and no budget, and goals as words."""
    primary = campaign.primary
    return {
        "id": campaign.id,
        "name": primary.get("name"),
        "campaignGroupId": primary.get("campaignGroupId"),
        "description": primary.get("description"),
        "startDate": primary.get("startDateInUtc"),
        "endDate": primary.get("endDateInUtc"),
        "timeZone": primary.get("timeZone") or "UTC",
        "customCPAClickWeight": primary.get("customCPAClickWeight"),
        "customCPAViewthroughWeight": primary.get("customCPAViewthroughWeight"),
        "customCPAType": primary.get("customCPAType") or "Disabled",
        "impressionsOnlyBudgetingCpm": primary.get("impressionsOnlyBudgetingCpm"),
        "primaryChannel": primary.get("primaryChannel"),
        "primaryGoal": goal_word(primary.get("primaryGoal")),
        "secondaryGoal": goal_word(primary.get("secondaryGoal")),
        "tertiaryGoal": goal_word(primary.get("tertiaryGoal")),
        "seedId": primary.get("seedId"),
        "conversionReportingColumnsCount": len(primary.get("campaignConversionReportingColumns") or ()),
        "flights": [_campaign_flight(flight) for flight in campaign.flights],
    }


def ad_group_document(world: World, ad_group: AdGroup) -> Members:
    """An ``AdGroupWorkflow``: what was not said is filled in."""
    primary, advanced = ad_group.primary, ad_group.advanced
    campaign = world.campaigns[ad_group.campaign_id]
    contracts = advanced.get("contractTargeting") or {}
    return {
        "id": ad_group.id,
        "name": primary.get("name"),
        "campaignId": ad_group.campaign_id,
        "isEnabled": bool(primary.get("isEnabled")),
        "description": primary.get("description"),
        "programmaticGuaranteedPrivateContractId": primary.get("programmaticGuaranteedPrivateContractId"),
        "channel": primary.get("channel"),
        "funnelLocation": primary.get("funnelLocation"),
        "budget": _budget(primary.get("budget") or {}),
        "baseBidCPMInAdvertiserCurrency": primary.get("baseBidCPMInAdvertiserCurrency"),
        "maxBidCPMInAdvertiserCurrency": primary.get("maxBidCPMInAdvertiserCurrency"),
        "marketType": primary.get("marketType") or "OpenMarket",
        "audienceTargeting": _filled(_AUDIENCE_DEFAULTS, primary.get("audienceTargeting")),
        "roiGoal": primary.get("roiGoal") or inherited_goal(campaign),
        "creativeIds": primary.get("creativeIds") or [],
        "associatedBidLists": [_bid_list(sent) for sent in primary.get("associatedBidLists") or ()],
        "flights": _ad_group_flights(ad_group, campaign),
        "koaOptimizationSettings": _koa(advanced.get("koaOptimizationSettings") or {}),
        "comscoreSettings": _comscore(advanced.get("comscoreSettings") or {}),
        "contractTargeting": {
            "allowOpenMarketBiddingWhenTargetingContracts": bool(
                contracts.get("allowOpenMarketBiddingWhenTargetingContracts")
            )
        },
        "dimensionalBiddingAutoOptimizationSettings": advanced.get("dimensionalBiddingAutoOptimizationSettings") or [],
        "isUseClicksAsConversionsEnabled": bool(advanced.get("isUseClicksAsConversionsEnabled")),
        "isUseSecondaryConversionsEnabled": bool(advanced.get("isUseSecondaryConversionsEnabled")),
        **_nielsen(advanced.get("nielsenTrackingAttributes")),
    }


def goal_word(goal: Members | None) -> str | None:
    """A goal as one word, such as ``MaximizeReach``: the name of the member that is set."""
    word = next((name for name, value in (goal or {}).items() if value not in (None, False)), None)
    return word and word[0].upper() + word[1:]


def inherited_goal(campaign: Campaign) -> Members:
    """The goal of an ad group that named none: its campaign's primary goal, where ad groups can have it."""
    goal = campaign.primary.get("primaryGoal") or {}
    return {name: value for name, value in goal.items() if name not in _CAMPAIGN_ONLY_GOALS}


def _campaign_flight(flight: Members) -> Members:
    return {
        # The same number is a string here and an integer in an ad group's flights.
        "id": str(flight["id"]),
        "startDateInclusiveUTC": flight["startDateInclusiveUTC"],
        "endDateExclusiveUTC": flight.get("endDateExclusiveUTC"),
        "budgetInAdvertiserCurrency": flight["budgetInAdvertiserCurrency"],
        **{name: flight.get(name) for name in _SPEND_TARGETS},
    }


def _ad_group_flights(ad_group: AdGroup, campaign: Campaign) -> list[Members]:
    """One share of each of the campaign's flights; those not spoken of have a minimum of nothing."""
    shares = {share["campaignFlightId"]: share for share in ad_group.advanced.get("flights") or ()}
    return [
        {
            "campaignFlightId": flight["id"],
            "adGroupId": ad_group.id,
            **_budget(shares.get(flight["id"], {})),
        }
        for flight in campaign.flights
    ]


def _budget(sent: Members) -> Members:
    return {
        "allocationType": sent.get("allocationType") or "Minimum",
        "budgetInAdvertiserCurrency": sent.get("budgetInAdvertiserCurrency") or 0.0,
        **{name: sent.get(name) for name in _SPEND_TARGETS},
    }


def _bid_list(sent: Members) -> Members:
    return {
        "bidListId": sent["bidListId"],
        "isEnabled": sent.get("isEnabled") is not False,
        "isDefaultForDimension": bool(sent.get("isDefaultForDimension")),
    }


def _koa(sent: Members) -> Members:
    return {
        "areFutureKoaFeaturesEnabled": bool(sent.get("areFutureKoaFeaturesEnabled")),
        "predictiveClearingEnabled": sent.get("predictiveClearingEnabled") is not False,
    }


def _comscore(sent: Members) -> Members:
    return {
        "isEnabled": sent.get("isEnabled", False),
        "populationId": sent.get("populationId"),
        "demographicMemberIds": sent.get("demographicMemberIds") or [],
        "mobileDemographicMemberIds": sent.get("mobileDemographicMemberIds") or [],
    }


def _nielsen(sent: Members | None) -> dict[str, Any]:
    if not sent:
        return {}
    return {"nielsenTrackingAttributes": {"enhancedReportingOption": "None", **sent}}


def _filled(defaults: Members, sent: Members | None) -> Members:
    given = {name: value for name, value in (sent or {}).items() if value is not None}
    return {**defaults, **given}
