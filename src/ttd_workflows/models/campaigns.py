"""Campaigns: what is sent to create and update them, and what the service shows of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field

from ttd_workflows.models.ad_groups import (
    AdGroupAdvancedOptions,
    AdGroupCreateWorkflowPrimaryInput,
    AdGroupWorkflow,
    AdGroupWorkflowBudgetInput,
)
from ttd_workflows.models.base import Answer, Input, Integer, NonEmpty, Number, Omittable, Only, UtcDatetime
from ttd_workflows.models.callbacks import WorkflowCallbackInput
from ttd_workflows.models.enums import (
    CampaignChannelType,
    CampaignPacingMode,
    CustomCPAType,
    CustomROASType,
    PassThroughFeeType,
    ProductListReportingTypeInput,
    RealyticsEntertainmentType,
)
from ttd_workflows.models.targets import RoiTargets, SpendTargets


class CampaignFlightWorkflow(SpendTargets, Answer):
    """One flight of a campaign: from when, until when, with what budget."""

    id: str | None
    start_date_inclusive_utc: Annotated[datetime, Field(alias="startDateInclusiveUTC")]
    budget_in_advertiser_currency: float
    end_date_exclusive_utc: Annotated[datetime | None, Field(alias="endDateExclusiveUTC")] = None


class CampaignWorkflow(Answer):
    """A campaign as the service shows it."""

    id: str | None
    name: str | None = None
    campaign_group_id: Annotated[int | None, Only("0.13.2")] = None
    description: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    time_zone: str | None = None
    custom_cpa_click_weight: Annotated[float | None, Field(alias="customCPAClickWeight")] = None
    custom_cpa_viewthrough_weight: Annotated[float | None, Field(alias="customCPAViewthroughWeight")] = None
    custom_cpa_type: Annotated[Omittable[CustomCPAType], Field(alias="customCPAType")] = None
    impressions_only_budgeting_cpm: float | None = None
    primary_channel: Omittable[CampaignChannelType] = None
    primary_goal: str | None = None
    seed_id: str | None = None
    conversion_reporting_columns_count: int | None = None
    flights: list[CampaignFlightWorkflow] | None = None
    secondary_goal: Annotated[str | None, Only("0.13.2")] = None
    tertiary_goal: Annotated[str | None, Only("0.13.2")] = None


class CampaignPayload(Answer):
    """A campaign that was created or updated, with the ad groups made along with it."""

    identity: ClassVar = ("campaign", "id")

    campaign: Omittable[CampaignWorkflow] = None
    ad_groups: list[AdGroupWorkflow] | None = None

    @property
    def campaign_payload(self) -> Self:
        """This answer: edition 0.13 wraps it, and its code reads it from here."""
        return self

    @property
    def standard_job_submit_response(self) -> None:
        """Nothing: the campaign came at once, no job was taken on."""
        return


class CampaignVersionWorkflow(Answer):
    """Which generation of the platform a campaign belongs to."""

    id: Annotated[str | None, Field(alias="Id")]
    version: str | None = None
    budgeting_version: str | None = None

    @property
    def campaign_version_workflow(self) -> Self:
        """This answer: edition 0.13 wraps it, and its code reads it from here."""
        return self


class CustomROASConfig(Input):
    """How a conversion column weighs in a custom return on ad spend."""

    include_in_custom_roas: Annotated[bool, Field(alias="includeInCustomROAS")]
    custom_roas_weight: Annotated[Number | None, Field(alias="customROASWeight")] = None
    custom_roas_click_weight: Annotated[Number | None, Field(alias="customROASClickWeight")] = None
    custom_roas_viewthrough_weight: Annotated[Number | None, Field(alias="customROASViewthroughWeight")] = None


class CampaignWorkflowROIGoalInput(RoiTargets, Input):
    """A campaign's goal: exactly one of its members is set."""

    iqvia_audience_quality_index: Annotated[bool | None, Only("0.13.2")] = None
    crossix_audience_quality_index: Annotated[bool | None, Only("0.13.2")] = None
    iqvia_audience_quality_index_and_cost_per_target: Annotated[bool | None, Only("0.13.2")] = None
    crossix_cost_per_target: Annotated[bool | None, Only("0.13.2")] = None
    new_buyer_target_value: Annotated[Integer | None, Field(alias="NewBuyerTargetValue"), Only("0.13.2")] = None


class CampaignWorkflowCampaignConversionReportingColumnInput(Input):
    """A conversion column of a campaign's reports."""

    tracking_tag_id: NonEmpty
    include_in_custom_cpa: Annotated[bool, Field(alias="includeInCustomCPA")]
    reporting_column_id: Integer
    roas_config: Annotated[Omittable[CustomROASConfig], Field(alias="ROASConfig")] = None
    product_list_reporting_type: Annotated[Omittable[ProductListReportingTypeInput], Only("0.13.2")] = None
    weight: Number | None = None
    cross_device_attribution_model_id: str | None = None


class CampaignWorkflowFlightInput(SpendTargets, Input):
    """One flight of a campaign to be made; start inclusive, end exclusive, both in UTC."""

    start_date_inclusive_utc: Annotated[UtcDatetime, Field(alias="startDateInclusiveUTC")]
    budget_in_advertiser_currency: Number
    end_date_exclusive_utc: Annotated[UtcDatetime | None, Field(alias="endDateExclusiveUTC")] = None


class CampaignCreateWorkflowBudgetInput(SpendTargets, Input):
    """A new campaign's budget and pacing."""

    pacing_mode: CampaignPacingMode
    budget_in_advertiser_currency: Number


class CampaignUpdateWorkflowBudgetInput(Input):
    """What may change in a campaign's budget: since 0.13 only the pacing, amounts belong to flights."""

    pacing_mode: CampaignPacingMode
    budget_in_advertiser_currency: Annotated[Omittable[Number], Only("0.7.2", required=True)] = None
    budget_in_impressions: Annotated[Integer | None, Only("0.7.2")] = None
    daily_target_in_advertiser_currency: Annotated[Number | None, Only("0.7.2")] = None
    daily_target_in_impressions: Annotated[Integer | None, Only("0.7.2")] = None


class IncrementalReachProductInput(Input, only="0.13.2"):
    """A product measured by an incremental-reach provider."""

    id: Omittable[Integer] = None
    name: str | None = None


class IncrementalReachBrandInput(IncrementalReachProductInput, only="0.13.2"):
    """A brand measured by an incremental-reach provider."""

    is_active: Omittable[bool] = None


class RealyticsReachSettingInput(IncrementalReachBrandInput, only="0.13.2"):
    """A brand measured by Realytics, with its products."""

    products: list[IncrementalReachProductInput] | None = None
    realytics_entertainment_input: Omittable[RealyticsEntertainmentType] = None


class CampaignCreateWorkflowIncrementalReachCampaignSetting(Input, only="0.13.2"):
    """Incremental-reach measurement of a campaign, by provider."""

    i_spot_reach_setting: Omittable[IncrementalReachBrandInput] = None
    realytics_reach_setting: Omittable[RealyticsReachSettingInput] = None
    tv_squared_reach_setting: Omittable[IncrementalReachBrandInput] = None
    samba_au_reach_setting: Omittable[IncrementalReachBrandInput] = None


class CampaignCreatePassThroughFeesInput(Input, only="0.13.2"):
    """One fee passed through to the advertiser."""

    type: Omittable[PassThroughFeeType] = None
    description: str | None = None
    amount: Omittable[Number] = None


class CampaignCreateWorkflowPassThroughFeeCardInput(Input, only="0.13.2"):
    """The fees of a campaign and the day they begin."""

    pass_through_fees: list[CampaignCreatePassThroughFeesInput]
    start_date_utc: UtcDatetime | None = None


class FrequencyConfig(Input, only="0.13.2"):
    """How often a person may, or should, see a campaign."""

    counter_name: str | None = None
    frequency_cap: Integer | None = None
    frequency_goal: Integer | None = None
    reset_interval_in_minutes: Omittable[Integer] = None


class CampaignPrimaryOptions(Input):
    """What creating and updating a campaign have in common."""

    description: str | None = None
    campaign_group_id: Annotated[Integer | None, Only("0.13.2")] = None
    time_zone: str | None = None
    custom_cpa_click_weight: Annotated[Number | None, Field(alias="customCPAClickWeight")] = None
    custom_cpa_viewthrough_weight: Annotated[Number | None, Field(alias="customCPAViewthroughWeight")] = None
    custom_cpa_type: Annotated[Omittable[CustomCPAType], Field(alias="customCPAType")] = None
    custom_roas_type: Annotated[Omittable[CustomROASType], Only("0.13.2")] = None
    impressions_only_budgeting_cpm: Number | None = None
    end_date_in_utc: UtcDatetime | None = None
    seed_id: str | None = None
    campaign_conversion_reporting_columns: list[CampaignWorkflowCampaignConversionReportingColumnInput] | None = None
    is_managed_by_ttd: Annotated[bool | None, Field(alias="isManagedByTTD"), Only("0.13.2")] = None
    secondary_goal: Annotated[Omittable[CampaignWorkflowROIGoalInput], Only("0.13.2")] = None
    tertiary_goal: Annotated[Omittable[CampaignWorkflowROIGoalInput], Only("0.13.2")] = None
    start_date_in_utc: UtcDatetime | None = None


class CampaignCreateWorkflowPrimaryInput(CampaignPrimaryOptions):
    """A new campaign's main settings."""

    advertiser_id: NonEmpty
    name: NonEmpty
    primary_channel: CampaignChannelType
    primary_goal: CampaignWorkflowROIGoalInput
    custom_label_names: Annotated[list[str] | None, Only("0.13.2")] = None
    budget: Omittable[CampaignCreateWorkflowBudgetInput] = None
    campaign_incremental_reach_setting: Annotated[
        Omittable[CampaignCreateWorkflowIncrementalReachCampaignSetting], Only("0.13.2")
    ] = None


class CampaignUpdateWorkflowPrimaryInput(CampaignPrimaryOptions):
    """The main settings to change; what is left out stays, ``None`` clears."""

    name: str | None = None
    primary_channel: Omittable[CampaignChannelType] = None
    primary_goal: Omittable[CampaignWorkflowROIGoalInput] = None
    budget: Omittable[CampaignUpdateWorkflowBudgetInput] = None


class CampaignCreateWorkflowAdvancedInput(Input):
    """A new campaign's flights and further settings."""

    purchase_order_number: str | None = None
    flights: list[CampaignWorkflowFlightInput] | None = None
    include_defaults_from_advertiser: Annotated[Omittable[bool], Only("0.13.2")] = None
    pass_through_fee_card: Annotated[Omittable[CampaignCreateWorkflowPassThroughFeeCardInput], Only("0.13.2")] = None
    caller_source: Annotated[str | None, Only("0.13.2")] = None
    frequency_configs: Annotated[list[FrequencyConfig] | None, Only("0.13.2")] = None


class CampaignUpdateWorkflowAdvancedInput(Input):
    """Further settings of a campaign to change."""

    purchase_order_number: str | None = None
    flights: Annotated[list[CampaignWorkflowFlightInput] | None, Only("0.7.2")] = None


class CampaignCreateWorkflowAdGroupFlightInput(AdGroupWorkflowBudgetInput):
    """An ad group's share of the flight made along with it."""


class CampaignCreateWorkflowAdGroupAdvancedInput(AdGroupAdvancedOptions):
    """Advanced settings of an ad group made along with its campaign."""

    include_defaults_from_campaign: Annotated[Omittable[bool], Only("0.13.2")] = None
    flights: list[CampaignCreateWorkflowAdGroupFlightInput] | None = None


class CampaignCreateWorkflowAdGroupInput(Input):
    """An ad group made along with its campaign."""

    primary_input: AdGroupCreateWorkflowPrimaryInput
    advanced_input: Omittable[CampaignCreateWorkflowAdGroupAdvancedInput] = None


class CampaignCreateWorkflowInput(Input):
    """A campaign to create, with its ad groups."""

    primary_input: CampaignCreateWorkflowPrimaryInput
    advanced_input: Omittable[CampaignCreateWorkflowAdvancedInput] = None
    ad_groups: list[CampaignCreateWorkflowAdGroupInput] | None = None


class CampaignUpdateWorkflowInput(Input):
    """A campaign to change: only what is given changes."""

    id: str | None
    primary_input: Omittable[CampaignUpdateWorkflowPrimaryInput] = None
    advanced_input: Omittable[CampaignUpdateWorkflowAdvancedInput] = None


class CampaignCreateWorkflowInputWithValidation(CampaignCreateWorkflowInput):
    """A campaign to create, or only to check."""

    validate_input_only: bool | None = None


class CampaignUpdateWorkflowInputWithValidation(CampaignUpdateWorkflowInput):
    """A campaign to change, or only to check."""

    validate_input_only: bool | None = None


class CampaignBulkCreateWorkflowInputWithValidation(Input):
    """Campaigns to create in one job, or only to check."""

    input: list[CampaignCreateWorkflowInput] | None
    validate_input_only: bool | None = None
    callback_input: Omittable[WorkflowCallbackInput] = None


class CampaignBulkUpdateWorkflowInputWithValidation(Input):
    """Campaigns to change in one job, or only to check."""

    input: list[CampaignUpdateWorkflowInput] | None
    validate_input_only: bool | None = None
    callback_input: Omittable[WorkflowCallbackInput] = None


# Names of edition 0.7.2 for what 0.13.2 calls differently.
CampaignWorkflowAdvancedInput = CampaignCreateWorkflowAdvancedInput
CampaignWorkflowBudgetInput = CampaignCreateWorkflowBudgetInput
