"""Every schema and enum of both editions, by its documented name; each room is imported at its first use.

``<Name>TypedDict`` stands beside each model, for those who write requests as dicts.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ROOMS = {
    "ttd_workflows.models.enums": """
        AdGroupChannel AdGroupFunnelLocation AllocationType BulkJobStatus CampaignChannelType CampaignPacingMode
        CustomCPAType CustomROASType DimensionalBiddingDimensions EnhancedNielsenReportingOptions
        EnhancedNielsenReportingOptionsInput MarketType MarketTypeInput PassThroughFeeType
        ProductListReportingTypeInput RealyticsEntertainmentType RestAPIMethodType TargetingEndAge
        TargetingEndAgeInput TargetingGender TargetingGenderInput TargetingStartAge TargetingStartAgeInput
        WorkflowStatus
    """,
    "ttd_workflows.models.jobs": """
        GraphQLBulkJobError GraphQLBulkJobRetrievalResponse GraphQlBulkJob GraphQlBulkJobPayload
        GraphQlBulkJobResponse StandardJobStatusResponse StandardJobSubmitResponse TypeBasedJobStatusResponse
        TypeBasedJobSubmitResponse
    """,
    "ttd_workflows.models.callbacks": """
        GraphQlBulkJobCallbackInput KeyValuePairOfStringAndStringInput WorkflowCallbackInput
    """,
    "ttd_workflows.models.data": "FirstPartyDataInput ThirdPartyDataInput",
    "ttd_workflows.models.passthrough": """
        CallRestAPIWorkflowInput GraphQLRequestInput GraphQlQueryJobInput Variables
    """,
    "ttd_workflows.models.bodies": "ArchivedIds JSONArray JSONObject",
    "ttd_workflows.models.problems": "ContentResult ProblemDetails ProblemDetailsErrorData Security",
    "ttd_workflows.models.base": "HTTPMetadata",
    "ttd_workflows.models.requests": """
        ArchiveAdGroupsRequest ArchiveCampaignsRequest GetCampaignVersionRequest GetGraphQlBulkJobStatusRequest
        GetJobStatusRequest
    """,
    "ttd_workflows.models.ad_groups": """
        AdGroupAssociateBidList AdGroupAudienceTargeting AdGroupBudget AdGroupBulkCreateWorkflowInputWithValidation
        AdGroupBulkUpdateWorkflowInputWithValidation AdGroupComscoreSettings AdGroupContractTargeting
        AdGroupCreateWorkflowInput AdGroupCreateWorkflowInputWithValidation AdGroupCreateWorkflowPrimaryInput
        AdGroupFlight AdGroupKoaOptimizationSettings AdGroupNielsenTrackingAttributes AdGroupPayload AdGroupROIGoal
        AdGroupUpdateWorkflowInput AdGroupUpdateWorkflowInputWithValidation AdGroupUpdateWorkflowPrimaryInput
        AdGroupWorkflow AdGroupWorkflowAdvancedInput AdGroupWorkflowAssociateBidListInput
        AdGroupWorkflowAudienceTargetingInput AdGroupWorkflowBudgetInput AdGroupWorkflowComscoreSettingsInput
        AdGroupWorkflowContractTargetingInput AdGroupWorkflowFlightInput AdGroupWorkflowInventoryTargetingInput
        AdGroupWorkflowKoaOptimizationSettingsInput AdGroupWorkflowNewFrequencyConfigInput
        AdGroupWorkflowNielsenTrackingAttributesInput AdGroupWorkflowROIGoalInput
    """,
    "ttd_workflows.models.campaigns": """
        CampaignBulkCreateWorkflowInputWithValidation CampaignBulkUpdateWorkflowInputWithValidation
        CampaignCreatePassThroughFeesInput CampaignCreateWorkflowAdGroupAdvancedInput
        CampaignCreateWorkflowAdGroupFlightInput CampaignCreateWorkflowAdGroupInput
        CampaignCreateWorkflowAdvancedInput CampaignCreateWorkflowBudgetInput
        CampaignCreateWorkflowIncrementalReachCampaignSetting CampaignCreateWorkflowInput
        CampaignCreateWorkflowInputWithValidation CampaignCreateWorkflowPassThroughFeeCardInput
        CampaignCreateWorkflowPrimaryInput CampaignFlightWorkflow CampaignPayload
        CampaignUpdateWorkflowAdvancedInput CampaignUpdateWorkflowBudgetInput CampaignUpdateWorkflowInput
        CampaignUpdateWorkflowInputWithValidation CampaignUpdateWorkflowPrimaryInput CampaignVersionWorkflow
        CampaignWorkflow CampaignWorkflowAdvancedInput CampaignWorkflowBudgetInput
        CampaignWorkflowCampaignConversionReportingColumnInput CampaignWorkflowFlightInput
        CampaignWorkflowROIGoalInput CustomROASConfig FrequencyConfig IncrementalReachBrandInput
        IncrementalReachProductInput RealyticsReachSettingInput
    """,
    "ttd_workflows.models.wrappers": """
        ArchiveAdGroupsResponse ArchiveCampaignsResponse CreateAdGroupResponse CreateAdGroupsJobResponse
        CreateCampaignResponse CreateCampaignsJobResponse GetCampaignVersionResponse GetFirstPartyDataJobResponse
        GetGraphQlBulkJobStatusResponse GetJobStatusResponse GetThirdPartyDataJobResponse
        SubmitGraphQlBulkQueryJobResponse SubmitGraphQlRequestResponse SubmitRestRequestResponse
        UpdateAdGroupResponse UpdateAdGroupsJobResponse UpdateCampaignResponse UpdateCampaignsJobResponse
    """,
    "ttd_workflows.errors": """
        APIError NoResponseError ProblemDetailsError ResponseValidationError WorkflowsError
    """,
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted(_ROOM_OF)  # noqa: PLE0605 # pyright: ignore[reportUnsupportedDunderAll] - the table lists them


def __getattr__(name: str) -> Any:
    if room := _ROOM_OF.get(name):
        value = getattr(import_module(room), name)
    elif name.endswith("TypedDict") and name.removesuffix("TypedDict") in _ROOM_OF:
        value = import_module("ttd_workflows.models.typed_dicts").typed_dict(
            __getattr__(name.removesuffix("TypedDict"))
        )
    else:
        raise AttributeError(f"module 'ttd_workflows.models' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *globals()]
