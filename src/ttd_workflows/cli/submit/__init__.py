"""``ttdw submit``: the seven ways to start a job."""

from __future__ import annotations

from ttd_workflows.cli.commands import Room, group

EPILOG = """\b
Examples:
  ttdw submit third-party --partner p1 --shape 'nodes { id name }' \\
      --key 3pd/p1/2026-11-24 --save 3pd.json
  ttdw submit graphql query.graphql --wait
  ttdw submit create-ad-groups ad-groups.csv
  ttdw submit update-campaigns campaigns.xlsx --validate-only
"""

submit = group(
    "Start a job: pull data, create or change in bulk, run a query.",
    {
        "Data": {
            "third-party": Room("submit.data:third_party", "Pull a partner's third-party data."),
            "first-party": Room("submit.data:first_party", "Pull an advertiser's first-party data."),
            "graphql": Room("submit.data:graphql", "Run a GraphQL query to its last page."),
        },
        "Sheets": {
            "create-campaigns": Room("bulk.commands:create_campaigns", "Create the campaigns in a sheet."),
            "update-campaigns": Room("bulk.commands:update_campaigns", "Update the campaigns in a sheet."),
            "create-ad-groups": Room("bulk.commands:create_ad_groups", "Create the ad groups in a sheet."),
            "update-ad-groups": Room("bulk.commands:update_ad_groups", "Update the ad groups in a sheet."),
        },
    },
    epilog=EPILOG,
)
