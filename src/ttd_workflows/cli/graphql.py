"""``ttdw graphql``: a GraphQL request, passed through."""

from __future__ import annotations

from typing import Any

import click

from ttd_workflows.cli import calls, exits
from ttd_workflows.cli.calls import json_only
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.inputs import parse_json, read_text, value_or_file
from ttd_workflows.cli.options import connection_options
from ttd_workflows.cli.output import print_document

OPERATION = "graph_ql_request.submit_graph_ql_request"

EPILOG = """\b
Examples:
  ttdw graphql query.graphql
  ttdw graphql query.graphql --variables '{"id": "p1"}'
  echo '{ partner(id: "p1") { name } }' | ttdw graphql -

Errors of GraphQL come with the answer, and are told besides: the exit code is 3
where there are data too, else 1. A request may be a mutation, so it is sent
once, unless --safe says that it only reads.
"""


@command(epilog=EPILOG, operations=(OPERATION,))
@click.argument("file")
@click.option("--variables", metavar="JSON", help="The request's variables; @FILE reads them from a file.")
@click.option("--beta-features", metavar="TEXT", help="Beta features of GraphQL to switch on.")
@click.option("--safe", is_flag=True, help="It only reads, so it may be sent again.")
@json_only
@connection_options
def graphql(file: str, variables: str | None, beta_features: str | None, *, safe: bool) -> int:
    """Run a GraphQL request and print its answer.

    FILE has the request; - reads it from stdin. A query of many pages is a job: ttdw submit graphql
    """
    request: dict[str, Any] = {"request": read_text(file)}
    if variables is not None:
        request["variables"] = parse_json(value_or_file(variables) or "", "--variables")
    if beta_features is not None:
        request["beta_features"] = beta_features
    answer = calls.call(OPERATION, request=request, repeat="safe" if safe else None)
    print_document(answer)
    told = answer.get("errors") if isinstance(answer, dict) else None
    if told:
        _raise(told, has_data=bool(answer.get("data")))
    return exits.SUCCESS


def _raise(told: Any, *, has_data: bool) -> None:
    messages = [str(error.get("message", error)) if isinstance(error, dict) else str(error) for error in told]
    raise Trouble(
        "GraphQL answered with data and with errors." if has_data else "GraphQL answered with errors.",
        "; ".join(messages),
        "The whole answer is on stdout. Correct the request and run it again.",
        exits.PARTIAL_SUCCESS if has_data else exits.ERROR,
    )
