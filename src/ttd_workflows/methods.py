"""The resources as editors see them: the stub beside this file writes every method out, in both forms.

The stub is generated from the declarations and never run; see ``tools/stubs.py``.
"""

from ttd_workflows.operations import (
    AdGroup,
    AdGroups,
    Campaign,
    Campaigns,
    Dmp,
    GraphQLRequest,
    JobStatus,
    RESTRequest,
)

__all__ = ["AdGroup", "AdGroups", "Campaign", "Campaigns", "Dmp", "GraphQLRequest", "JobStatus", "RESTRequest"]
