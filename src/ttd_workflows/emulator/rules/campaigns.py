"""The rules of campaigns."""

from ttd_workflows.emulator.rules.common import (
    Found,
    frequency_faults,
    goal_faults,
    is_set,
    name_faults,
    negative_faults,
)
from ttd_workflows.emulator.rules.drafts import CampaignDraft
from ttd_workflows.emulator.rules.rule import Rule, rule_of

CAMPAIGN_RULES: list[Rule[CampaignDraft]] = []
_rule = rule_of(CAMPAIGN_RULES)
_MOST_COLUMNS = 5


@_rule("The name has 1 to 256 characters.")
def _name(draft: CampaignDraft) -> Found:
    return name_faults(draft.campaign.primary)


@_rule("Each goal has exactly one property, and the primary goal cannot be removed.")
def _goals(draft: CampaignDraft) -> Found:
    for name in ("primaryGoal", "secondaryGoal", "tertiaryGoal"):
        goal = draft.campaign.primary.get(name)
        yield from goal_faults(goal, f"primaryInput.{name}", required=name == "primaryGoal")


@_rule("A tertiary goal needs a secondary one; who removes the secondary must remove the tertiary too.")
def _tertiary(draft: CampaignDraft) -> Found:
    def has(name: str) -> bool:
        return any(is_set(value) for value in (draft.campaign.primary.get(name) or {}).values())

    if has("tertiaryGoal") and not has("secondaryGoal"):
        place = "tertiaryGoal" if "tertiaryGoal" in draft.given else "secondaryGoal"
        yield f"primaryInput.{place}", "A tertiary goal needs a secondary goal: set one, or remove both."


@_rule("At most five conversion reporting columns, each number once.")
def _columns(draft: CampaignDraft) -> Found:
    columns = draft.campaign.primary.get("campaignConversionReportingColumns") or []
    place = "primaryInput.campaignConversionReportingColumns"
    if len(columns) > _MOST_COLUMNS:
        yield place, f"A campaign has at most {_MOST_COLUMNS} conversion reporting columns, not {len(columns)}."
    seen: set[int] = set()
    for index, column in enumerate(columns):
        number = column["reportingColumnId"]
        if number in seen:
            yield (
                f"{place}[{index}].reportingColumnId",
                f"Reporting column {number} is used twice; each can be used once.",
            )
        seen.add(number)


@_rule("An end comes after its start, of the campaign and of each flight.")
def _dates(draft: CampaignDraft) -> Found:
    primary = draft.campaign.primary
    start, end = primary.get("startDateInUtc"), primary.get("endDateInUtc")
    if start and end and end <= start:
        place = "endDateInUtc" if "endDateInUtc" in draft.given or draft.is_new else "startDateInUtc"
        yield f"primaryInput.{place}", f"The end, {end}, must be after the start, {start}."
    for index, flight in enumerate(draft.campaign.flights if draft.given_flights else ()):
        start, end = flight["startDateInclusiveUTC"], flight.get("endDateExclusiveUTC")
        if end and end <= start:
            place = f"advancedInput.flights[{index}].endDateExclusiveUTC"
            yield place, f"The end of a flight, {end}, must be after its start, {start}."


@_rule("A campaign has at least one flight with a budget and a start.", switch="flight_required")
def _flight(draft: CampaignDraft) -> Found:
    if not draft.campaign.flights and (draft.is_new or draft.given_flights):
        yield "advancedInput.flights", "A campaign needs at least one flight with a budget and a start date."


@_rule("A campaign has a seed: its own, or its advertiser's default.")
def _seed(draft: CampaignDraft) -> Found:
    if not draft.campaign.primary.get("seedId"):
        message = f"A seed is required: advertiser '{draft.advertiser.id}' has no default seed."
        yield "primaryInput.seedId", message


@_rule("Pacing as soon as possible is for campaigns with at least one ad group.")
def _pacing(draft: CampaignDraft) -> Found:
    pacing = (draft.given.get("budget") or {}).get("pacingMode")
    if pacing == "PaceAsSoonAsPossible" and not draft.group_count:
        yield "primaryInput.budget.pacingMode", "PaceAsSoonAsPossible is for campaigns with at least one ad group."


@_rule("A frequency configuration has a counter, a cap or a goal, and an interval.")
def _frequencies(draft: CampaignDraft) -> Found:
    return frequency_faults(draft.campaign.advanced.get("frequencyConfigs") or (), "advancedInput.frequencyConfigs")


@_rule("Budgets and targets are not negative.", switch="amounts_checked")
def _amounts(draft: CampaignDraft) -> Found:
    yield from negative_faults(draft.given.get("budget") or {}, "primaryInput.budget")
    for index, flight in enumerate(draft.campaign.flights if draft.given_flights else ()):
        yield from negative_faults(flight, f"advancedInput.flights[{index}]")
