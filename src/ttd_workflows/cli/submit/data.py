"""``ttdw submit third-party``, ``first-party`` and ``graphql``: the jobs that only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import submitting
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.inputs import read_text, value_or_file
from ttd_workflows.cli.submitting import submission_options

if TYPE_CHECKING:
    from ttd_workflows.cli.submitting import Wish

THIRD_PARTY = "dmp.get_third_party_data_job"
FIRST_PARTY = "dmp.get_first_party_data_job"
GRAPHQL = "graph_ql_request.submit_graph_ql_bulk_query_job"

_shape_option = click.option(
    "--shape",
    metavar="GRAPHQL",
    help="What of each row is wanted, in GraphQL from nodes on; @FILE reads it from a file.",
)


@command(
    epilog=f"""\b
Examples:
  ttdw submit third-party --partner p1
  ttdw submit third-party --partner p1 --shape 'nodes {{ id name }}' \\
      --key 3pd/p1/2026-11-24 --timeout 2h --save 3pd-2026-11-24.json
  ttdw submit third-party --partner p1 --shape @shape.graphql --wait --json

{submitting.EPILOG}""",
    operations=(THIRD_PARTY,),
)
@click.option("--partner", required=True, metavar="ID", help="The partner whose data is wanted.")
@_shape_option
@submission_options
def third_party(partner: str, shape: str | None, wish: Wish) -> int:
    """Pull a partner's third-party data."""
    query_shape = value_or_file(shape)
    return submitting.submit(
        THIRD_PARTY,
        lambda jobs, **shared: jobs.third_party_data(partner_id=partner, query_shape=query_shape, **shared),
        wish,
    )


@command(
    epilog=f"""\b
Examples:
  ttdw submit first-party --advertiser adv0001
  ttdw submit first-party --advertiser adv0001 --name-filter shoes --wait
  ttdw submit first-party --advertiser adv0001 --shape 'nodes {{ id name }}' \\
      --key 1pd/adv0001/2026-11-24 --save adv0001.json

{submitting.EPILOG}""",
    operations=(FIRST_PARTY,),
)
@click.option("--advertiser", required=True, metavar="ID", help="The advertiser whose data is wanted.")
@click.option("--name-filter", metavar="TEXT", help="Only what has this in its name.")
@_shape_option
@submission_options
def first_party(advertiser: str, name_filter: str | None, shape: str | None, wish: Wish) -> int:
    """Pull an advertiser's first-party data."""
    query_shape = value_or_file(shape)
    return submitting.submit(
        FIRST_PARTY,
        lambda jobs, **shared: jobs.first_party_data(
            advertiser_id=advertiser, name_filter=name_filter, query_shape=query_shape, **shared
        ),
        wish,
    )


@command(
    epilog=f"""\b
Examples:
  ttdw submit graphql campaigns.graphql --wait
  ttdw submit graphql campaigns.graphql --key campaigns --save campaigns.json
  ttdw submit graphql - < campaigns.graphql

{submitting.EPILOG}""",
    operations=(GRAPHQL,),
)
@click.argument("file")
@click.option("--beta-features", metavar="TEXT", help="Beta features of GraphQL to switch on.")
@submission_options
def graphql(file: str, beta_features: str | None, wish: Wish) -> int:
    """Run a GraphQL query to its last page.

    FILE has the query; - reads it from stdin. For a query with one page, or a mutation, see: ttdw graphql
    """
    query = read_text(file)
    return submitting.submit(
        GRAPHQL, lambda jobs, **shared: jobs.graphql_bulk_query(query, beta_features=beta_features, **shared), wish
    )
