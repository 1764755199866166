"""The arguments of operations that take no model, as the official package names them."""

from typing import Annotated

from pydantic import Field

from ttd_workflows.models.base import Input, Integer, Omittable


class GetJobStatusRequest(Input):
    """Which standard job to ask about."""

    id: Integer


class GetGraphQlBulkJobStatusRequest(Input, only="0.13.2"):
    """Which GraphQL bulk job to ask about."""

    id: str


class GetCampaignVersionRequest(Input):
    """Which campaign to ask about."""

    id: str


class ArchiveCampaignsRequest(Input):
    """Which campaigns to archive."""

    force_archive: Annotated[Omittable[bool], Field(alias="forceArchive")] = False
    request_body: Annotated[Omittable[list[str]], Field(alias="request_body")] = None


class ArchiveAdGroupsRequest(ArchiveCampaignsRequest):
    """Which ad groups to archive."""
