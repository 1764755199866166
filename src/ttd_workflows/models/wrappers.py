"""Names that edition 0.13 gave to the wrappers around its answers, for annotations: here an answer is its own."""

from ttd_workflows.models.ad_groups import AdGroupPayload
from ttd_workflows.models.bodies import ArchivedIds, JSONArray, JSONObject
from ttd_workflows.models.campaigns import CampaignPayload, CampaignVersionWorkflow
from ttd_workflows.models.jobs import (
    GraphQlBulkJobResponse,
    GraphQLBulkJobRetrievalResponse,
    TypeBasedJobStatusResponse,
    TypeBasedJobSubmitResponse,
)

ArchiveAdGroupsResponse = ArchivedIds
ArchiveCampaignsResponse = ArchivedIds
CreateAdGroupResponse = AdGroupPayload
CreateAdGroupsJobResponse = TypeBasedJobSubmitResponse
CreateCampaignResponse = CampaignPayload
CreateCampaignsJobResponse = TypeBasedJobSubmitResponse
GetCampaignVersionResponse = CampaignVersionWorkflow
GetFirstPartyDataJobResponse = TypeBasedJobSubmitResponse
GetGraphQlBulkJobStatusResponse = GraphQLBulkJobRetrievalResponse
GetJobStatusResponse = TypeBasedJobStatusResponse
GetThirdPartyDataJobResponse = TypeBasedJobSubmitResponse
SubmitGraphQlBulkQueryJobResponse = GraphQlBulkJobResponse
SubmitGraphQlRequestResponse = JSONObject | JSONArray
SubmitRestRequestResponse = JSONObject | JSONArray
UpdateAdGroupResponse = AdGroupPayload
UpdateAdGroupsJobResponse = TypeBasedJobSubmitResponse
UpdateCampaignResponse = CampaignPayload
UpdateCampaignsJobResponse = TypeBasedJobSubmitResponse | CampaignPayload
