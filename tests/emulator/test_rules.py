"""The platform's business rules, each with what breaks it, where it is said and what is said."""

import pytest

from ttd_workflows.emulator.rules import AD_GROUP_RULES, CAMPAIGN_RULES
from ttd_workflows.emulator.world import synthetic

FLIGHT = {
    "startDateInclusiveUTC": "2020-01-01T00:00:00Z",
    "endDateExclusiveUTC": "2099-01-01T00:00:00Z",
    "budgetInAdvertiserCurrency": 100.0,
}
COLUMN = {"trackingTagId": "t", "includeInCustomCPA": True}
REACH, CPA = {"maximizeReach": True}, {"cpaInAdvertiserCurrency": 3.5}
FREQUENCY = {"counterName": "c", "frequencyCap": 3, "resetIntervalInMinutes": 60}


def columns(*numbers):
    return [{**COLUMN, "reportingColumnId": number} for number in numbers]


def refused(answer, path, part):
    assert answer.status == 400, answer.body
    assert path in answer.json["errors"], answer.json["errors"]
    assert any(part in message for message in answer.json["errors"][path]), answer.json["errors"]


CAMPAIGN_FAULTS = [
    ({"name": "n" * 257}, "name", "1 to 256 characters, not 257"),
    ({"primaryGoal": {**REACH, **CPA}}, "primaryGoal", "Exactly one property"),
    ({"primaryGoal": {"maximizeReach": False}}, "primaryGoal", "must be set"),
    ({"secondaryGoal": {**REACH, **CPA}}, "secondaryGoal", "Exactly one property"),
    ({"tertiaryGoal": REACH}, "tertiaryGoal", "needs a secondary goal"),
    ({"campaignConversionReportingColumns": columns(*range(6))}, "campaignConversionReportingColumns", "at most 5"),
    ({"campaignConversionReportingColumns": columns(1, 1)},
     "campaignConversionReportingColumns[1].reportingColumnId", "used twice"),
    ({"startDateInUtc": "2026-02-02T00:00:00Z", "endDateInUtc": "2026-02-02T00:00:00Z"},
     "endDateInUtc", "after the start"),
    ({"budget": {"pacingMode": "PaceAsSoonAsPossible", "budgetInAdvertiserCurrency": 1}},
     "budget.pacingMode", "ad group"),
    ({"budget": {"pacingMode": "PaceAhead", "budgetInAdvertiserCurrency": -1}},
     "budget.budgetInAdvertiserCurrency", "not be negative"),
]  # fmt: skip


@pytest.mark.parametrize(("primary", "place", "part"), CAMPAIGN_FAULTS)
def test_a_campaign_that_breaks_a_rule(call, campaign_input, primary, place, part):
    before = len(call.emulator.world.campaigns)
    refused(call("POST", "/campaign", campaign_input(**primary)), f"$.primaryInput.{place}", part)
    assert len(call.emulator.world.campaigns) == before


@pytest.mark.parametrize(
    ("flight", "place", "part"),
    [
        ({"endDateExclusiveUTC": "2019-01-01T00:00:00Z"}, "endDateExclusiveUTC", "must be after its start"),
        ({"budgetInAdvertiserCurrency": -5}, "budgetInAdvertiserCurrency", "not be negative"),
    ],
)
def test_a_flight_that_breaks_a_rule(call, campaign_input, flight, place, part):
    body = {**campaign_input(), "advancedInput": {"flights": [FLIGHT, {**FLIGHT, **flight}]}}
    refused(call("POST", "/campaign", body), f"$.advancedInput.flights[1].{place}", part)


def test_all_that_is_wrong_is_said_at_once(call, campaign_input):
    body = campaign_input(name="n" * 300, primaryGoal={**REACH, **CPA})
    group = {"name": "", "channel": "Audio", "funnelLocation": "None"}
    body["adGroups"] = [{"primaryInput": {**group, "name": "ok", "channel": "TV"}}, {"primaryInput": group}]
    assert call("POST", "/campaign", body).json["errors"].keys() == {
        "$.primaryInput.name",
        "$.primaryInput.primaryGoal",
        "$.adGroups[1].primaryInput.name",
        "$.adGroups[1].primaryInput.channel",
    }


def test_what_keeps_the_rules_is_taken(call, campaign_input):
    body = campaign_input(
        secondaryGoal=CPA, tertiaryGoal={"ctrInPercent": 0}, campaignConversionReportingColumns=columns(1, 2, 3, 4, 5)
    )
    body["advancedInput"] = {"flights": [FLIGHT], "frequencyConfigs": [FREQUENCY]}
    share = {"budgetInAdvertiserCurrency": 100, "allocationType": "Fixed"}
    primary = {"name": "n" * 256, "channel": "TV", "funnelLocation": "None"}
    body["adGroups"] = [{"primaryInput": primary, "advancedInput": {"flights": [share]}}]
    answer = call("POST", "/campaign", body)
    assert answer.status == 201, answer.body


@pytest.mark.parametrize("missing", FREQUENCY)
def test_a_frequency_is_whole(call, campaign, campaign_input, group_input, missing):
    config = {name: value for name, value in FREQUENCY.items() if name != missing}
    body = {**campaign_input(), "advancedInput": {"frequencyConfigs": [FREQUENCY, config]}}
    place = "" if missing == "frequencyCap" else f".{missing}"
    refused(
        call("POST", "/campaign", body), f"$.advancedInput.frequencyConfigs[1]{place}", "frequency configuration needs"
    )
    body = {**group_input(campaign), "advancedInput": {"newFrequencyConfigs": [{"counterName": None, **config}]}}
    refused(
        call("POST", "/adgroup", body),
        f"$.advancedInput.newFrequencyConfigs[0]{place}",
        "frequency configuration needs",
    )


def test_goals_are_removed_from_the_last(call, campaign_input):
    made = call("POST", "/campaign", campaign_input(secondaryGoal=REACH, tertiaryGoal=CPA)).json["campaign"]["id"]

    def change(**primary):
        return call("PATCH", "/campaign", {"id": made, "primaryInput": primary})

    refused(change(secondaryGoal=None), "$.primaryInput.secondaryGoal", "or remove both")
    refused(change(primaryGoal={}), "$.primaryInput.primaryGoal", "cannot be removed")
    shown = change(secondaryGoal=None, tertiaryGoal={"cpaInAdvertiserCurrency": None}).json["campaign"]
    assert (shown["secondaryGoal"], shown["tertiaryGoal"]) == (None, None)


def test_a_campaign_has_a_seed(call, campaign_input):
    world = call.emulator.world
    without = next(one.id for one in world.advertisers.values() if one.default_seed_id is None)
    refused(call("POST", "/campaign", campaign_input(advertiserId=without)), "$.primaryInput.seedId", "no default seed")
    made = call("POST", "/campaign", campaign_input(advertiserId=without, seedId="0seed123")).json["campaign"]
    assert made["seedId"] == "0seed123"
    refused(
        call("PATCH", "/campaign", {"id": made["id"], "primaryInput": {"seedId": None}}),
        "$.primaryInput.seedId",
        "seed",
    )


def test_a_flight_may_be_required(own, campaign_input):
    call = own(flight_required=True)
    refused(call("POST", "/campaign", campaign_input()), "$.advancedInput.flights", "at least one flight")
    budget = {"pacingMode": "PaceAhead", "budgetInAdvertiserCurrency": 1}
    assert call("POST", "/campaign", campaign_input(budget=budget)).status == 201


GROUP_FAULTS = [
    ({"name": "n" * 257}, "name", "1 to 256"),
    ({"roiGoal": {**REACH, **CPA}}, "roiGoal", "Exactly one property"),
    ({"roiGoal": {}}, "roiGoal", "must be set"),
    ({"roiGoal": {"nielsenOTPInPercent": 5}}, "roiGoal.nielsenOTPInPercent", "needs demographics"),
    ({"channel": "Display"}, "channel", "campaign is TV, so the ad group's must be TV"),
    ({"maxBidCPMInAdvertiserCurrency": 0.05}, "maxBidCPMInAdvertiserCurrency", "below the partner's minimum"),
    ({"maxBidCPMInAdvertiserCurrency": 2, "baseBidCPMInAdvertiserCurrency": 3},
     "maxBidCPMInAdvertiserCurrency", "base bid, 3"),
    ({"baseBidCPMInAdvertiserCurrency": -3}, "baseBidCPMInAdvertiserCurrency", "not be negative"),
    ({"budget": {"allocationType": "Maximum"}}, "budget.allocationType", "Maximum cannot be assigned"),
    ({"audienceTargeting": {"audienceExcluderEnabled": True, "audiencePredictorEnabled": True}},
     "audienceTargeting.audienceExcluderEnabled", "cannot be combined"),
    ({"audienceTargeting": {"audienceBoosterEnabled": True}}, "audienceTargeting.audienceBoosterEnabled", "a goal"),
]  # fmt: skip


@pytest.mark.parametrize(("primary", "place", "part"), GROUP_FAULTS)
def test_an_ad_group_that_breaks_a_rule(call, campaign, group_input, primary, place, part):
    refused(call("POST", "/adgroup", group_input(campaign, **primary)), f"$.primaryInput.{place}", part)
    good = call("POST", "/adgroup", group_input(campaign)).json["adGroup"]["id"]
    change = {"id": good, "primaryInput": primary}
    refused(call("PATCH", "/adgroup", change), f"$.primaryInput.{place}", part)
    job = call.submit("adgroup/bulk", {"input": [group_input(campaign, **primary), group_input(campaign)]})
    assert call.finished(job)["status"] == "PartialSuccess"


@pytest.mark.parametrize(
    ("channel", "group", "fits"),
    [
        ("DOOH", "OutOfHome", True),
        ("DOOH", "Display", False),
        ("NativeVideo", "Native", True),
        ("NativeVideo", "NativeDisplay", False),
        ("None", "Audio", True),
    ],
)
def test_channels_that_fit(call, own, campaign_input, channel, group, fits):
    body = campaign_input(primaryChannel=channel)
    body["adGroups"] = [{"primaryInput": {"name": "G", "channel": group, "funnelLocation": "None"}}]
    assert (call("POST", "/campaign", body).status == 201) == fits
    assert own(channels_match=False)("POST", "/campaign", body).status == 201


@pytest.fixture
def flown(call, campaign_input):
    """A campaign with a flight under way: its id and the flight's number."""
    made = call("POST", "/campaign", {**campaign_input(), "advancedInput": {"flights": [FLIGHT]}}).json["campaign"]
    return made["id"], int(made["flights"][0]["id"])


def test_the_flights_of_an_ad_group(call, flown, group_input):
    campaign, flight = flown

    def create(*shares, **primary):
        body = {**group_input(campaign, **primary), "advancedInput": {"flights": list(shares)}}
        return call("POST", "/adgroup", body)

    def share(amount, **more):
        return {"campaignFlightId": flight, "budgetInAdvertiserCurrency": amount, **more}

    place = "$.advancedInput.flights[0]"
    refused(
        create(share(5), budget={"budgetInAdvertiserCurrency": 5}), "$.primaryInput.budget", "which is not permitted"
    )
    refused(create(share(5, campaignFlightId=1)), f"{place}.campaignFlightId", "has no flight 1")
    refused(create(share(5), share(6)), f"{place}.campaignFlightId", "there twice")
    refused(create(share(5, allocationType="Maximum")), f"{place}.allocationType", "cannot be assigned")
    refused(create(share(-5)), f"{place}.budgetInAdvertiserCurrency", "not be negative")
    refused(create(share(101)), f"{place}.budgetInAdvertiserCurrency", "budget of 100.0, of which 0 is allocated")
    first = create(share(60)).json["adGroup"]["id"]
    refused(create(share(41)), f"{place}.budgetInAdvertiserCurrency", "of which 60.0 is allocated: 41")
    change = {"id": first, "advancedInput": {"flights": [share(100)]}}
    assert call("PATCH", "/adgroup", change).status == 200  # its own share is not counted twice
    assert call("POST", "/adgroup/archive?forceArchive=true", [first]).status == 200
    assert create(share(100)).status == 201  # what is archived reserves nothing


def test_the_channel_stays_once_a_flight_has_started(own, campaign_input, group_input):
    call = own(channels_match=False)
    made = call("POST", "/campaign", {**campaign_input(), "advancedInput": {"flights": [FLIGHT]}}).json["campaign"][
        "id"
    ]
    group = call("POST", "/adgroup", group_input(made)).json["adGroup"]["id"]
    refused(
        call("PATCH", "/adgroup", {"id": group, "primaryInput": {"channel": "Audio"}}),
        "$.primaryInput.channel",
        "started",
    )
    assert call("PATCH", "/adgroup", {"id": group, "primaryInput": {"channel": "TV"}}).status == 200


def test_audience_features_by_goal_and_industry(call, campaign_input, group_input):
    by_cpa = call("POST", "/campaign", campaign_input(primaryGoal=CPA)).json["campaign"]["id"]
    boosted = {"audienceTargeting": {"audienceBoosterEnabled": True}}
    assert call("POST", "/adgroup", group_input(by_cpa, **boosted)).status == 201  # inherited
    excluded = {"audienceTargeting": {"audienceExcluderEnabled": True}}
    answers = {}
    for one in call.emulator.world.advertisers.values():
        campaign = call("POST", "/campaign", campaign_input(advertiserId=one.id, seedId="0seed123")).json["campaign"][
            "id"
        ]
        answers[one.industry_category] = call("POST", "/adgroup", group_input(campaign, **excluded))
    place = "$.primaryInput.audienceTargeting.audienceExcluderEnabled"
    refused(answers["Personal Finance"], place, "advertisers in Personal Finance")
    refused(answers["Real Estate"], place, "Real Estate")
    assert answers["Retail"].status == 201


def test_an_ad_group_may_need_an_approved_creative(call, own, campaign_input, group_input):
    strict = own(creative_required=True)
    query = '{ advertiser(id: "0012345") { creatives { nodes { id vettingStatus } } } }'
    made = strict("POST", "/campaign", campaign_input()).json["campaign"]["id"]
    creatives = synthetic.creatives(0, "0012345")
    assert strict.graphql(query)["data"]["advertiser"]["creatives"]["nodes"] == [
        {"id": one["id"], "vettingStatus": one["vettingStatus"]} for one in creatives
    ]
    approved, _, pending, rejected = (one["id"] for one in creatives)
    for ids in ([], [pending, rejected], ["nobody"]):
        answer = strict("POST", "/adgroup", group_input(made, isEnabled=True, creativeIds=ids))
        refused(answer, "$.primaryInput.isEnabled", "at least one approved creative")
    assert strict("POST", "/adgroup", group_input(made, isEnabled=True, creativeIds=[pending, approved])).status == 201
    group = strict("POST", "/adgroup", group_input(made, creativeIds=[])).json["adGroup"]["id"]  # disabled: fine
    refused(
        strict("PATCH", "/adgroup", {"id": group, "primaryInput": {"isEnabled": True}}),
        "$.primaryInput.isEnabled",
        "creative",
    )


def test_switches_let_things_pass(own, campaign_input, group_input):
    call = own(channels_match=False, bids_ordered=False, bid_floor=0, amounts_checked=False)
    made = call("POST", "/campaign", campaign_input()).json["campaign"]["id"]
    bids = {"maxBidCPMInAdvertiserCurrency": 0.01, "baseBidCPMInAdvertiserCurrency": 3}
    assert call("POST", "/adgroup", group_input(made, channel="Audio", **bids)).status == 201
    assert call("POST", "/adgroup", group_input(made, baseBidCPMInAdvertiserCurrency=-1)).status == 201


def test_each_rule_says_what_it_wants_and_its_switch_is_there(emulator):
    for rule in (*CAMPAIGN_RULES, *AD_GROUP_RULES):
        assert rule.says.endswith(".")
        assert rule.switch is None or hasattr(emulator.settings, rule.switch)
