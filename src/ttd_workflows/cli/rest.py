"""``ttdw rest``: a request to the REST API v3, passed through."""

from __future__ import annotations

import click

from ttd_workflows.cli import calls, exits
from ttd_workflows.cli.calls import json_only
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.inputs import parse_json, read_text
from ttd_workflows.cli.options import connection_options
from ttd_workflows.cli.output import print_document

OPERATION = "rest_request.submit_rest_request"
METHODS = ("GET", "POST", "PUT", "DELETE")

EPILOG = """\b
Examples:
  ttdw rest GET campaign/0391336
  ttdw rest POST campaign/query/advertiser --body query.json
  echo '{"AdvertiserId": "adv0001"}' | ttdw rest PUT advertiser --body -

What only reads, GET, is sent again when no answer comes; everything else is
sent once, and ends with exit code 6 where it is not known what came of it.
"""


@command(epilog=EPILOG, operations=(OPERATION,))
@click.argument("method", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("endpoint")
@click.option("--body", metavar="FILE", help="The request's body, in JSON; - reads stdin.")
@json_only
@connection_options
def rest(method: str, endpoint: str, body: str | None) -> int:
    """Run a request of the REST API v3 and print its answer.

    ENDPOINT is relative to /v3.
    """
    request = {"methodType": method, "endpoint": endpoint}
    if body is not None:
        request["dataBody"] = read_text(body)
        parse_json(request["dataBody"], "The body")
    print_document(calls.call(OPERATION, request=request))
    return exits.SUCCESS
