"""Every operation of the service, declared once. A newcomer starts here.

The client, its repeat policy, the command line, the emulator's routes and the reference read these declarations.
"""
# pyright: reportReturnType=false
# A declaration has no body: what it returns is read from the service.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from ttd_workflows.core.operation import Body, CallOptions, Resource, get, patch, post, twin
from ttd_workflows.core.retry import Repeat

if TYPE_CHECKING:
    from ttd_workflows.models import (
        AdGroupBulkCreateWorkflowInputWithValidation,
        AdGroupBulkUpdateWorkflowInputWithValidation,
        AdGroupCreateWorkflowInputWithValidation,
        AdGroupPayload,
        AdGroupUpdateWorkflowInputWithValidation,
        ArchivedIds,
        CallRestAPIWorkflowInput,
        CampaignBulkCreateWorkflowInputWithValidation,
        CampaignBulkUpdateWorkflowInputWithValidation,
        CampaignCreateWorkflowInputWithValidation,
        CampaignPayload,
        CampaignUpdateWorkflowInputWithValidation,
        CampaignVersionWorkflow,
        FirstPartyDataInput,
        GraphQlBulkJobResponse,
        GraphQLBulkJobRetrievalResponse,
        GraphQlQueryJobInput,
        GraphQLRequestInput,
        JSONArray,
        JSONObject,
        ThirdPartyDataInput,
        TypeBasedJobStatusResponse,
        TypeBasedJobSubmitResponse,
        UpdateCampaignsJobResponse,
    )

__all__ = ["RESOURCES", "AdGroup", "AdGroups", "Campaign", "Campaigns", "Dmp", "GraphQLRequest", "JobStatus", "RESTRequest"]


def reading_is_safe(arguments: Mapping[str, Any]) -> Repeat:
    """A REST request passed through may be repeated if its method is GET."""
    request = arguments.get("request")
    method = request.get("method_type", request.get("methodType")) if isinstance(request, Mapping) else getattr(request, "method_type", None)
    return Repeat.SAFE if method == "GET" else Repeat.ONCE


class JobStatus(Resource, attribute="job_status"):
    """What became of a job."""

    @get("/{jobs}/{id}/status")
    def get_job_status(self, *, id: int, **options: Unpack[CallOptions]) -> TypeBasedJobStatusResponse:
        """Ask what became of a standard job: its status, how far it is and, once it has ended, where its result is.

        The result is inline (``raw_result``) up to 20 MB and at ``url`` in any case; it expires 24 hours after the end.
        """

    get_job_status_async = twin(get_job_status)

    @get("/graphqlbulkjob/{id}", only="0.13.2")
    def get_graph_ql_bulk_job_status(self, *, id: str, **options: Unpack[CallOptions]) -> GraphQLBulkJobRetrievalResponse:
        """Ask what became of a GraphQL bulk job. Its id is not a standard job's id, though both are numbers."""

    get_graph_ql_bulk_job_status_async = twin(get_graph_ql_bulk_job_status)


class Dmp(Resource, attribute="dmp"):
    """First-party and third-party data."""

    @post("/{jobs}/firstpartydata")
    def get_first_party_data_job(self, *, request: Body[FirstPartyDataInput] = None, **options: Unpack[CallOptions]) -> TypeBasedJobSubmitResponse:
        """Start a job that pulls an advertiser's first-party data."""

    get_first_party_data_job_async = twin(get_first_party_data_job)

    @post("/{jobs}/thirdpartydata")
    def get_third_party_data_job(self, *, request: Body[ThirdPartyDataInput] = None, **options: Unpack[CallOptions]) -> TypeBasedJobSubmitResponse:
        """Start a job that pulls a partner's third-party data."""

    get_third_party_data_job_async = twin(get_third_party_data_job)


class Campaign(Resource, attribute="campaign"):
    """One campaign to make or ask about, and jobs over many."""

    @post("/campaign")
    def create(self, *, request: Body[CampaignCreateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> CampaignPayload:
        """Create a campaign, with its ad groups."""

    create_async = twin(create)

    @post("/{jobs}/campaign/bulk")
    def create_campaigns_job(self, *, request: Body[CampaignBulkCreateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> TypeBasedJobSubmitResponse:
        """Start a job that creates campaigns."""

    create_campaigns_job_async = twin(create_campaigns_job)

    @patch("/{jobs}/campaign/bulk")
    def update_campaigns_job(self, *, request: Body[CampaignBulkUpdateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> UpdateCampaignsJobResponse:
        """Start a job that changes campaigns; the service may answer with a campaign at once instead."""

    update_campaigns_job_async = twin(update_campaigns_job)

    @get("/campaign/{id}/version")
    def get_version(self, *, id: str, **options: Unpack[CallOptions]) -> CampaignVersionWorkflow:
        """Ask which generation of the platform a campaign belongs to."""

    get_version_async = twin(get_version)


class Campaigns(Resource, attribute="campaigns"):
    """Changing and archiving campaigns."""

    @patch("/campaign")
    def update(self, *, request: Body[CampaignUpdateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> CampaignPayload:
        """Change a campaign: only what is given changes."""

    update_async = twin(update)

    @post("/campaign/archive", repeat=Repeat.SAFE)
    def archive(self, *, request_body: list[str] | None = None, force_archive: bool | None = False, **options: Unpack[CallOptions]) -> ArchivedIds:
        """Archive campaigns, by id, for ever. Archiving one twice leaves it archived, so the call may be repeated."""

    archive_async = twin(archive)


class AdGroup(Resource, attribute="ad_group"):
    """Jobs over many ad groups."""

    @post("/{jobs}/adgroup/bulk")
    def create_ad_groups_job(self, *, request: Body[AdGroupBulkCreateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> TypeBasedJobSubmitResponse:
        """Start a job that creates ad groups."""

    create_ad_groups_job_async = twin(create_ad_groups_job)

    @patch("/{jobs}/adgroup/bulk")
    def update_ad_groups_job(self, *, request: Body[AdGroupBulkUpdateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> TypeBasedJobSubmitResponse:
        """Start a job that changes ad groups."""

    update_ad_groups_job_async = twin(update_ad_groups_job)


class AdGroups(Resource, attribute="ad_groups"):
    """Making, changing and archiving ad groups."""

    @post("/adgroup", bodiless=True)
    def create(self, *, request: Body[AdGroupCreateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> AdGroupPayload:
        """Create an ad group in a campaign. A check only is answered without a body: the payload is empty then."""

    create_async = twin(create)

    @patch("/adgroup")
    def update(self, *, request: Body[AdGroupUpdateWorkflowInputWithValidation] = None, **options: Unpack[CallOptions]) -> AdGroupPayload:
        """Change an ad group: only what is given changes."""

    update_async = twin(update)

    @post("/adgroup/archive", repeat=Repeat.SAFE)
    def archive(self, *, request_body: list[str] | None = None, force_archive: bool | None = False, **options: Unpack[CallOptions]) -> ArchivedIds:
        """Archive ad groups, by id, for ever. Archiving one twice leaves it archived, so the call may be repeated."""

    archive_async = twin(archive)


class GraphQLRequest(Resource, attribute="graph_ql_request"):
    """The Trade Desk's GraphQL API, passed through."""

    @post("/graphqlrequest")
    def submit_graph_ql_request(self, *, request: Body[GraphQLRequestInput] = None, **options: Unpack[CallOptions]) -> JSONObject | JSONArray:
        """Run a GraphQL request and give its body back, ``errors`` included: they come with status 200.

        A request may be a mutation, so it is sent once; for a query, pass ``repeat="safe"``.
        """

    submit_graph_ql_request_async = twin(submit_graph_ql_request)

    @post("/graphqlbulkqueryjob", only="0.13.2")
    def submit_graph_ql_bulk_query_job(self, *, request: Body[GraphQlQueryJobInput] = None, **options: Unpack[CallOptions]) -> GraphQlBulkJobResponse:
        """Start a job that runs a GraphQL query to its last page."""

    submit_graph_ql_bulk_query_job_async = twin(submit_graph_ql_bulk_query_job)


class RESTRequest(Resource, attribute="rest_request"):
    """The Trade Desk's REST API v3, passed through."""

    @post("/restrequest", repeat=reading_is_safe)
    def submit_rest_request(self, *, request: Body[CallRestAPIWorkflowInput] = None, **options: Unpack[CallOptions]) -> JSONObject | JSONArray:
        """Run a REST v3 request and give its body back, an array too. One with method GET may be repeated.

        A deed of which REST has nothing to say, status 240, gives an empty object.
        """

    submit_rest_request_async = twin(submit_rest_request)


RESOURCES: tuple[type[Resource], ...] = (AdGroup, AdGroups, Campaign, Campaigns, Dmp, GraphQLRequest, JobStatus, RESTRequest)
