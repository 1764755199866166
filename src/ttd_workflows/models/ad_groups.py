"""Ad groups: what is sent to create and update them, and what the service shows of them."""

from typing import Annotated, ClassVar, Self

from pydantic import Field

from ttd_workflows.models.base import Answer, Input, Integer, NonEmpty, Number, Omittable, Only
from ttd_workflows.models.callbacks import WorkflowCallbackInput
from ttd_workflows.models.enums import (
    AdGroupChannel,
    AdGroupFunnelLocation,
    AllocationType,
    DimensionalBiddingDimensions,
    EnhancedNielsenReportingOptions,
    MarketType,
    TargetingEndAge,
    TargetingGender,
    TargetingStartAge,
)
from ttd_workflows.models.targets import RoiTargets, SpendTargets


class AdGroupAssociateBidList(Answer):
    """A bid list attached to an ad group."""

    bid_list_id: str | None
    is_enabled: bool
    is_default_for_dimension: bool


class AdGroupAudienceTargeting(Answer):
    """Whom an ad group aims at."""

    audience_accelerator_exclusions_enabled: bool
    audience_booster_enabled: bool
    audience_excluder_enabled: bool
    audience_predictor_enabled: bool
    cross_device_vendor_list_for_audience: list[int] | None
    recency_exclusion_window_in_minutes: int
    target_trackable_users_enabled: bool
    use_mc_id_as_primary: bool
    audience_id: str | None = None


class AdGroupBudget(SpendTargets, Answer):
    """An ad group's budget as the service shows it."""

    allocation_type: AllocationType
    budget_in_advertiser_currency: float


class AdGroupComscoreSettings(Answer):
    """Comscore measurement of an ad group."""

    is_enabled: bool
    demographic_member_ids: list[int] | None
    mobile_demographic_member_ids: list[int] | None
    population_id: int | None = None


class AdGroupContractTargeting(Answer):
    """How an ad group treats its contracts."""

    allow_open_market_bidding_when_targeting_contracts: bool


class AdGroupFlight(AdGroupBudget):
    """An ad group's share of one flight of its campaign."""

    campaign_flight_id: int
    ad_group_id: str | None


class AdGroupKoaOptimizationSettings(Answer):
    """Which Koa optimisations run on an ad group."""

    are_future_koa_features_enabled: Omittable[bool] = None
    predictive_clearing_enabled: Omittable[bool] = None


class AdGroupNielsenTrackingAttributes(Answer):
    """Nielsen measurement of an ad group."""

    enhanced_reporting_option: EnhancedNielsenReportingOptions
    gender: TargetingGender
    start_age: TargetingStartAge
    end_age: TargetingEndAge
    countries: list[str] | None


class AdGroupROIGoal(RoiTargets, Answer):
    """An ad group's goal as the service shows it."""


class AdGroupWorkflow(Answer):
    """An ad group as the service shows it."""

    id: str | None
    name: str | None
    campaign_id: str | None
    is_enabled: bool
    channel: AdGroupChannel
    funnel_location: AdGroupFunnelLocation
    budget: AdGroupBudget
    roi_goal: AdGroupROIGoal
    creative_ids: list[str] | None
    associated_bid_lists: list[AdGroupAssociateBidList] | None
    flights: list[AdGroupFlight] | None
    comscore_settings: AdGroupComscoreSettings
    contract_targeting: AdGroupContractTargeting
    dimensional_bidding_auto_optimization_settings: list[list[DimensionalBiddingDimensions]] | None
    is_use_clicks_as_conversions_enabled: bool
    is_use_secondary_conversions_enabled: bool
    description: str | None = None
    programmatic_guaranteed_private_contract_id: str | None = None
    base_bid_cpm_in_advertiser_currency: Annotated[float | None, Field(alias="baseBidCPMInAdvertiserCurrency")] = None
    max_bid_cpm_in_advertiser_currency: Annotated[float | None, Field(alias="maxBidCPMInAdvertiserCurrency")] = None
    market_type: Annotated[Omittable[MarketType], Only("0.13.2")] = None
    audience_targeting: Omittable[AdGroupAudienceTargeting] = None
    koa_optimization_settings: Omittable[AdGroupKoaOptimizationSettings] = None
    nielsen_tracking_attributes: Omittable[AdGroupNielsenTrackingAttributes] = None


class AdGroupPayload(Answer):
    """An ad group that was created or updated; empty after a check only."""

    identity: ClassVar = ("ad_group", "id")

    ad_group: Omittable[AdGroupWorkflow] = None

    @property
    def ad_group_payload(self) -> Self | None:
        """This answer as edition 0.13 wraps it: ``None`` when the service sent no body."""
        return self if self.model_fields_set else None


class AdGroupWorkflowAssociateBidListInput(Input):
    """A bid list to attach to an ad group."""

    bid_list_id: NonEmpty
    is_enabled: bool | None = None
    is_default_for_dimension: bool | None = None


class AdGroupWorkflowAudienceTargetingInput(Input):
    """Whom an ad group shall aim at."""

    audience_id: str | None = None
    audience_accelerator_exclusions_enabled: bool | None = None
    audience_booster_enabled: bool | None = None
    audience_excluder_enabled: bool | None = None
    audience_predictor_enabled: bool | None = None
    cross_device_vendor_list_for_audience: list[Integer] | None = None
    recency_exclusion_window_in_minutes: Integer | None = None
    target_trackable_users_enabled: bool | None = None
    use_mc_id_as_primary: bool | None = None


class AdGroupWorkflowBudgetInput(SpendTargets, Input):
    """An ad group's budget: amounts in the advertiser's currency or in impressions."""

    allocation_type: Omittable[AllocationType] = None
    budget_in_advertiser_currency: Number | None = None


class AdGroupWorkflowComscoreSettingsInput(Input):
    """Comscore measurement to set."""

    is_enabled: bool
    population_id: Integer | None = None
    demographic_member_ids: list[Integer] | None = None
    mobile_demographic_member_ids: list[Integer] | None = None


class AdGroupWorkflowContractTargetingInput(Input):
    """How an ad group shall treat its contracts."""

    allow_open_market_bidding_when_targeting_contracts: bool | None = None


class AdGroupWorkflowFlightInput(AdGroupWorkflowBudgetInput):
    """An ad group's share of one flight of its campaign, named by the flight's number."""

    campaign_flight_id: Integer


class AdGroupWorkflowInventoryTargetingInput(Input, only="0.13.2"):
    """Deals and deal groups an ad group shall buy from, or not."""

    deal_group_ids_to_include: list[str] | None = None
    deal_group_ids_to_exclude: list[str] | None = None
    deal_ids_to_exclude: list[Integer] | None = None
    deal_ids_to_include: list[Integer] | None = None
    include_default_on_deals: bool | None = None


class AdGroupWorkflowKoaOptimizationSettingsInput(Input):
    """Which Koa optimisations shall run."""

    are_future_koa_features_enabled: bool | None = None
    predictive_clearing_enabled: bool | None = None


class AdGroupWorkflowNewFrequencyConfigInput(Input):
    """How often a person may, or should, see an ad group."""

    counter_name: str | None
    frequency_cap: Integer | None = None
    frequency_goal: Integer | None = None
    reset_interval_in_minutes: Omittable[Integer] = None


class AdGroupWorkflowNielsenTrackingAttributesInput(Input):
    """Nielsen measurement to set."""

    gender: TargetingGender
    start_age: TargetingStartAge
    end_age: TargetingEndAge
    countries: list[str] | None
    enhanced_reporting_option: Omittable[EnhancedNielsenReportingOptions] = None


class AdGroupWorkflowROIGoalInput(RoiTargets, Input):
    """An ad group's goal: exactly one of its members is set."""


class AdGroupPrimaryOptions(Input):
    """What creating and updating an ad group have in common."""

    is_enabled: bool | None = None
    description: str | None = None
    budget: Omittable[AdGroupWorkflowBudgetInput] = None
    base_bid_cpm_in_advertiser_currency: Annotated[Number | None, Field(alias="baseBidCPMInAdvertiserCurrency")] = None
    max_bid_cpm_in_advertiser_currency: Annotated[Number | None, Field(alias="maxBidCPMInAdvertiserCurrency")] = None
    audience_targeting: Omittable[AdGroupWorkflowAudienceTargetingInput] = None
    roi_goal: Omittable[AdGroupWorkflowROIGoalInput] = None
    creative_ids: list[str] | None = None
    associated_bid_lists: list[AdGroupWorkflowAssociateBidListInput] | None = None
    market_type: Annotated[Omittable[MarketType], Only("0.13.2")] = None


class AdGroupCreateWorkflowPrimaryInput(AdGroupPrimaryOptions):
    """A new ad group's main settings."""

    name: str | None
    channel: AdGroupChannel
    funnel_location: AdGroupFunnelLocation
    programmatic_guaranteed_private_contract_id: str | None = None
    include_defaults_from_campaign: Annotated[Omittable[bool], Only("0.13.2")] = None


class AdGroupUpdateWorkflowPrimaryInput(AdGroupPrimaryOptions):
    """The main settings to change; what is left out stays, ``None`` clears."""

    name: str | None = None
    channel: Omittable[AdGroupChannel] = None
    funnel_location: Omittable[AdGroupFunnelLocation] = None


class AdGroupAdvancedOptions(Input):
    """What the advanced settings of an ad group have in common, alone or inside a campaign."""

    koa_optimization_settings: Omittable[AdGroupWorkflowKoaOptimizationSettingsInput] = None
    comscore_settings: Omittable[AdGroupWorkflowComscoreSettingsInput] = None
    contract_targeting: Omittable[AdGroupWorkflowContractTargetingInput] = None
    dimensional_bidding_auto_optimization_settings: list[list[DimensionalBiddingDimensions]] | None = None
    is_use_clicks_as_conversions_enabled: bool | None = None
    is_use_secondary_conversions_enabled: bool | None = None
    nielsen_tracking_attributes: Omittable[AdGroupWorkflowNielsenTrackingAttributesInput] = None
    new_frequency_configs: list[AdGroupWorkflowNewFrequencyConfigInput] | None = None
    inventory_targeting: Annotated[Omittable[AdGroupWorkflowInventoryTargetingInput], Only("0.13.2")] = None
    is_non_decisioned: Annotated[bool | None, Only("0.13.2")] = None


class AdGroupWorkflowAdvancedInput(AdGroupAdvancedOptions):
    """An ad group's flights and further settings."""

    flights: list[AdGroupWorkflowFlightInput] | None = None
    caller_source: Annotated[str | None, Only("0.13.2")] = None


class AdGroupCreateWorkflowInput(Input):
    """An ad group to create in a campaign."""

    primary_input: AdGroupCreateWorkflowPrimaryInput
    campaign_id: str | None
    advanced_input: Omittable[AdGroupWorkflowAdvancedInput] = None


class AdGroupUpdateWorkflowInput(Input):
    """An ad group to change: only what is given changes."""

    id: str | None
    primary_input: Omittable[AdGroupUpdateWorkflowPrimaryInput] = None
    advanced_input: Omittable[AdGroupWorkflowAdvancedInput] = None


class AdGroupCreateWorkflowInputWithValidation(AdGroupCreateWorkflowInput):
    """An ad group to create, or only to check."""

    validate_input_only: bool | None = None


class AdGroupUpdateWorkflowInputWithValidation(AdGroupUpdateWorkflowInput):
    """An ad group to change, or only to check."""

    validate_input_only: bool | None = None


class AdGroupBulkCreateWorkflowInputWithValidation(Input):
    """Ad groups to create in one job, or only to check."""

    input: list[AdGroupCreateWorkflowInput] | None
    validate_input_only: bool | None = None
    callback_input: Omittable[WorkflowCallbackInput] = None


class AdGroupBulkUpdateWorkflowInputWithValidation(Input):
    """Ad groups to change in one job, or only to check."""

    input: list[AdGroupUpdateWorkflowInput] | None
    validate_input_only: bool | None = None
    callback_input: Omittable[WorkflowCallbackInput] = None
