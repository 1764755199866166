"""One call of the service from the command line: what is sent, and its answer as one JSON document on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.inputs import read_json
from ttd_workflows.cli.options import connect
from ttd_workflows.cli.output import print_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

json_only = click.option(
    "--json", is_flag=True, expose_value=False, help="What is printed is one JSON document in any case."
)
"""For commands that print the service's answer, which is JSON: the option that all commands have."""

body_option = click.option(
    "--body", metavar="FILE", help="The request as JSON; - reads stdin. Options beside it set members of it."
)
validate_option = click.option(
    "--validate-only", is_flag=True, help="Have the service check it, and create or change nothing."
)


def call(operation: str, **arguments: Any) -> Any:
    """What the service answers to an operation, as JSON has it."""
    resource, _, method = operation.partition(".")
    with connect() as workflows:
        answer = getattr(getattr(workflows, resource), method)(**arguments)
    dump: Callable[..., Any] | None = getattr(answer, "model_dump", None)
    return answer if dump is None else dump(mode="json", by_alias=True, exclude_unset=True)


def send(operation: str, body: str | None, members: Mapping[str, Any], *, validate_only: bool) -> int:
    """Send a request made of a body and of members by their dotted names, and print the answer."""
    request = _object(body) if body is not None else {}
    given = {path: value for path, value in members.items() if value is not None}
    if validate_only:
        given["validateInputOnly"] = True
    for path, value in given.items():
        _put(request, path.split("."), value)
    print_document(call(operation, request=request))
    return exits.SUCCESS


def _object(body: str) -> dict[str, Any]:
    document = read_json(body)
    if not isinstance(document, dict):
        raise Trouble(
            "The body is no request; nothing was sent.",
            f"A request is a JSON object, and this is {_kind(document)}.",
            "Several at once go into one job: ttdw submit --help",
            exits.USAGE,
        )
    return document


def _kind(document: Any) -> str:
    return "an array" if isinstance(document, list) else f"the value {document!r}"


def _put(request: dict[str, Any], path: list[str], value: Any) -> None:
    """Set the member at a path, making what is on the way where it is not there."""
    for name in path[:-1]:
        if not isinstance(request.get(name), dict):
            request[name] = {}
        request = request[name]
    request[path[-1]] = value
