"""The rules of ad groups."""

from collections import Counter

from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.rules.common import (
    Found,
    frequency_faults,
    goal_faults,
    is_set,
    name_faults,
    negative_faults,
)
from ttd_workflows.emulator.rules.drafts import AdGroupDraft
from ttd_workflows.emulator.rules.rule import Rule, rule_of
from ttd_workflows.emulator.world import synthetic
from ttd_workflows.emulator.world.documents import inherited_goal
from ttd_workflows.emulator.world.world import Members

AD_GROUP_RULES: list[Rule[AdGroupDraft]] = []
_rule = rule_of(AD_GROUP_RULES)

# Ad group channels that fit a campaign's; any other campaign channel wants its own word.
_FITTING = {
    "DOOH": ("OutOfHome",),
    "NativeDisplay": ("NativeDisplay", "Native"),
    "NativeVideo": ("NativeVideo", "Native"),
}
_BOOSTED_GOALS = ("cpaInAdvertiserCurrency", "returnOnAdSpendPercent")
_NO_EXCLUDER = ("Personal Finance", "Careers", "Real Estate")
_BIDS = ("baseBidCPMInAdvertiserCurrency", "maxBidCPMInAdvertiserCurrency")
_FLIGHTS_AND_BUDGET = (
    "The request specifies both flight details and at least one of the budget attributes at the ad group budget level,"
    " which is not permitted."
)


@_rule("The name has 1 to 256 characters.")
def _name(draft: AdGroupDraft) -> Found:
    return name_faults(draft.primary)


@_rule("The goal has exactly one property.")
def _goal(draft: AdGroupDraft) -> Found:
    if draft.given.get("roiGoal") is not None:
        yield from goal_faults(draft.given["roiGoal"], "primaryInput.roiGoal", required=True)


@_rule("A Nielsen goal needs Nielsen demographics.")
def _nielsen(draft: AdGroupDraft) -> Found:
    is_nielsen = is_set((draft.given.get("roiGoal") or {}).get("nielsenOTPInPercent"))
    if is_nielsen and not draft.advanced.get("nielsenTrackingAttributes"):
        message = "A Nielsen goal needs demographics: set advancedInput.nielsenTrackingAttributes."
        yield "primaryInput.roiGoal.nielsenOTPInPercent", message


@_rule("The channel is the campaign's; OutOfHome for DOOH.", switch="channels_match")
def _channel(draft: AdGroupDraft) -> Found:
    wanted = draft.campaign.primary.get("primaryChannel") or "None"
    channel = draft.given.get("channel")
    fitting = _FITTING.get(wanted, (wanted,))
    if channel and wanted != "None" and channel not in fitting:
        message = f"The channel of the campaign is {wanted}, so the ad group's must be {' or '.join(fitting)}."
        yield "primaryInput.channel", message


@_rule("The channel does not change once a flight has started.")
def _channel_stays(draft: AdGroupDraft) -> Found:
    before, channel = draft.before, draft.given.get("channel")
    if before is None or channel in {None, before.primary.get("channel")}:
        return
    started = [f for f in draft.campaign.flights if f["startDateInclusiveUTC"] <= timestamp(draft.scene.now)]
    if started:
        yield "primaryInput.channel", "The channel cannot be changed after a flight of the campaign has started."


@_rule("The highest bid is not below the partner's minimum.")
def _floor(draft: AdGroupDraft) -> Found:
    highest, floor = draft.given.get("maxBidCPMInAdvertiserCurrency"), draft.scene.settings.bid_floor
    if highest is not None and highest < floor:
        message = f"The maximum bid, {highest}, is below the partner's minimum bid of {floor}."
        yield "primaryInput.maxBidCPMInAdvertiserCurrency", message


@_rule("The highest bid is not below the base bid.", switch="bids_ordered")
def _bids(draft: AdGroupDraft) -> Found:
    base, highest = (draft.primary.get(name) for name in _BIDS)
    if base is not None and highest is not None and highest < base and any(name in draft.given for name in _BIDS):
        place = "primaryInput.maxBidCPMInAdvertiserCurrency"
        yield place, f"The maximum bid, {highest}, must not be below the base bid, {base}."


@_rule("Flights or a budget of its own, not both in one request.")
def _flights_or_budget(draft: AdGroupDraft) -> Found:
    budget = draft.given.get("budget") or {}
    if draft.shares and any(value is not None for value in budget.values()):
        yield "primaryInput.budget", _FLIGHTS_AND_BUDGET


@_rule("Flights are the campaign's, each once.")
def _flights(draft: AdGroupDraft) -> Found:
    numbers = Counter(share.members.get("campaignFlightId") for share in draft.shares if share.flight is not None)
    for share in draft.shares:
        place, number = f"advancedInput.flights[{share.place}].campaignFlightId", share.members.get("campaignFlightId")
        if share.flight is None:
            yield place, f"Campaign '{draft.campaign.id}' has no flight {number}."
        elif number is not None and numbers[number] > 1:
            yield place, f"Flight {number} is there twice."


@_rule("Allocations are Minimum or Fixed; Maximum cannot be assigned.")
def _allocation(draft: AdGroupDraft) -> Found:
    sent: list[tuple[str, Members]] = [("primaryInput.budget", draft.given.get("budget") or {})]
    sent += [(f"advancedInput.flights[{share.place}]", share.members) for share in draft.shares]
    for place, members in sent:
        if members.get("allocationType") == "Maximum":
            yield f"{place}.allocationType", "The allocation type must be Minimum or Fixed; Maximum cannot be assigned."


@_rule("What ad groups are allocated of a flight is not more than the flight's budget.")
def _allocated(draft: AdGroupDraft) -> Found:
    for share in draft.shares:
        amount = share.members.get("budgetInAdvertiserCurrency")
        if not amount or share.flight is None or share.flight.get("budgetInImpressions"):
            continue
        others = sum(_allocated_to(group.advanced, share.flight.get("id")) for group in draft.siblings)
        budget = share.flight["budgetInAdvertiserCurrency"]
        if others + amount > budget:
            place = f"advancedInput.flights[{share.place}].budgetInAdvertiserCurrency"
            yield place, f"The flight has a budget of {budget}, of which {others} is allocated: {amount} is too much."


@_rule("An audience is excluded or predicted, not both.")
def _excluder_or_predictor(draft: AdGroupDraft) -> Found:
    targeting = draft.primary.get("audienceTargeting") or {}
    if targeting.get("audienceExcluderEnabled") and targeting.get("audiencePredictorEnabled"):
        place = "primaryInput.audienceTargeting.audienceExcluderEnabled"
        yield place, "AudienceExcluder cannot be combined with AudiencePredictor: enable one of them."


@_rule("AudienceExcluder is not for advertisers in personal finance, careers or real estate.")
def _excluder(draft: AdGroupDraft) -> Found:
    targeting = draft.given.get("audienceTargeting") or {}
    industry = draft.advertiser.industry_category
    if targeting.get("audienceExcluderEnabled") and industry in _NO_EXCLUDER:
        place = "primaryInput.audienceTargeting.audienceExcluderEnabled"
        yield place, f"AudienceExcluder cannot be used by advertisers in {industry}."


@_rule("AudienceBooster needs a goal of cost per acquisition or of return on ad spend.")
def _booster(draft: AdGroupDraft) -> Found:
    if not (draft.primary.get("audienceTargeting") or {}).get("audienceBoosterEnabled"):
        return
    goal = draft.primary.get("roiGoal") or inherited_goal(draft.campaign)
    if not any(is_set(goal.get(name)) for name in _BOOSTED_GOALS):
        place = "primaryInput.audienceTargeting.audienceBoosterEnabled"
        yield place, f"AudienceBooster needs a goal of {' or '.join(_BOOSTED_GOALS)}."


@_rule("An ad group is enabled only with an approved creative.", switch="creative_required")
def _creative(draft: AdGroupDraft) -> Found:
    if not draft.primary.get("isEnabled") or not {"isEnabled", "creativeIds"} & draft.given.keys():
        return
    approved = {
        creative["id"]
        for creative in synthetic.creatives(draft.scene.world.seed, draft.advertiser.id)
        if creative["vettingStatus"] == "APPROVED"
    }
    if not approved.intersection(draft.primary.get("creativeIds") or ()):
        yield "primaryInput.isEnabled", "An ad group can be enabled only with at least one approved creative."


@_rule("A frequency configuration has a counter, a cap or a goal, and an interval.")
def _frequencies(draft: AdGroupDraft) -> Found:
    return frequency_faults(draft.advanced.get("newFrequencyConfigs") or (), "advancedInput.newFrequencyConfigs")


@_rule("Budgets, targets and bids are not negative.", switch="amounts_checked")
def _amounts(draft: AdGroupDraft) -> Found:
    yield from negative_faults(draft.given, "primaryInput", _BIDS[:1])
    yield from negative_faults(draft.given.get("budget") or {}, "primaryInput.budget")
    for share in draft.shares:
        yield from negative_faults(share.members, f"advancedInput.flights[{share.place}]")


def _allocated_to(advanced: Members, flight: int | None) -> float:
    shares = [share for share in advanced.get("flights") or () if share["campaignFlightId"] == flight]
    return float(sum(share.get("budgetInAdvertiserCurrency") or 0 for share in shares))
