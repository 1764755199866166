"""A body for each operation that the world of seed 0 accepts; the OpenAPI document shows them."""

from typing import Any

CAMPAIGN = "0391336"
AD_GROUP = "w9mii67"
_NEW_CAMPAIGN = {
    "primaryInput": {
        "advertiserId": "adv0001",
        "name": "Spring",
        "primaryChannel": "Video",
        "primaryGoal": {"maximizeReach": True},
        "budget": {"pacingMode": "PaceAhead", "budgetInAdvertiserCurrency": 12500.0},
    }
}
_NEW_AD_GROUP = {
    "campaignId": CAMPAIGN,
    "primaryInput": {"name": "Spring, prospects", "channel": "Display", "funnelLocation": "Awareness"},
}
_CHANGED_CAMPAIGN = {"id": CAMPAIGN, "primaryInput": {"description": "Until May"}}
_CHANGED_AD_GROUP = {"id": AD_GROUP, "primaryInput": {"name": "Spring, all"}}

BODIES: dict[str, Any] = {
    "ad_group.create_ad_groups_job": {"input": [_NEW_AD_GROUP]},
    "ad_group.update_ad_groups_job": {"input": [_CHANGED_AD_GROUP]},
    "ad_groups.archive": [],
    "ad_groups.create": _NEW_AD_GROUP,
    "ad_groups.update": _CHANGED_AD_GROUP,
    "campaign.create": _NEW_CAMPAIGN,
    "campaign.create_campaigns_job": {"input": [_NEW_CAMPAIGN]},
    "campaign.update_campaigns_job": {"input": [_CHANGED_CAMPAIGN]},
    "campaigns.archive": [],
    "campaigns.update": _CHANGED_CAMPAIGN,
    "dmp.get_first_party_data_job": {"advertiserId": "adv0001", "queryShape": "nodes { id name }"},
    "dmp.get_third_party_data_job": {"partnerId": "p1", "queryShape": "nodes { id name }"},
    "graph_ql_request.submit_graph_ql_bulk_query_job": {"query": "{ partners { nodes { id name } } }"},
    "graph_ql_request.submit_graph_ql_request": {
        "request": "query ($id: ID!) { partner(id: $id) { name } }",
        "variables": {"id": "p1"},
    },
    "rest_request.submit_rest_request": {"methodType": "GET", "endpoint": f"campaign/{CAMPAIGN}"},
}
"""By operation. Archiving is for ever, so its example names nothing."""

IDS: dict[str, Any] = {
    "campaign.get_version": CAMPAIGN,
    "job_status.get_graph_ql_bulk_job_status": "2989826",
    "job_status.get_job_status": 412651,
}
