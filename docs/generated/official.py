"""Every method of the official package beside ours: what it gives there and here, what changes and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generated.operations import answers, operations
from generated.spelling import anchor
from ttd_workflows.core.operation import NEWEST_EDITION
from ttd_workflows.jobs.submissions import Jobs

if TYPE_CHECKING:
    from ttd_workflows.core.operation import Operation

CONTRACT = Path(__file__).resolve().parents[2] / "tests" / "contract" / f"workflows-{NEWEST_EDITION}.json"
SUBMISSIONS = {
    "ad_group.create_ad_groups_job": Jobs.create_ad_groups,
    "ad_group.update_ad_groups_job": Jobs.update_ad_groups,
    "campaign.create_campaigns_job": Jobs.create_campaigns,
    "campaign.update_campaigns_job": Jobs.update_campaigns,
    "dmp.get_first_party_data_job": Jobs.first_party_data,
    "dmp.get_third_party_data_job": Jobs.third_party_data,
    "graph_ql_request.submit_graph_ql_bulk_query_job": Jobs.graphql_bulk_query,
}
"""What does the same and more: submits under a key, waits and collects."""
QUESTIONS = {"job_status.get_job_status", "job_status.get_graph_ql_bulk_job_status"}
_EXCEPTIONS = (
    "| **exceptions**, of every method | `httpx.ConnectError`, `httpx.ReadTimeout` and their like "
    "| `NotSent`, `NoResponseError`, `OutcomeUnknown` "
    "| replace `except httpx.…`: the class of an error says whether the request ever left |\n"
)
_REPEATING = {
    "read": "repeated for a minute, not for an hour: it only reads, and you are waiting",
    "archive": "repeated for a minute, not for an hour: archived twice is archived",
    "create": "not repeated once it left: a second one would spend as well",
    "change": "not repeated once it left: a late second one would undo what was changed in between",
    "submit": "not repeated once it left: a second one would be a second job",
    "submit_graph_ql_request": 'not repeated once it left: it may be a mutation; for a query say `repeat="safe"`',
    "submit_rest_request": "repeated with method GET only: any other may change something",
}
_TITLES = "| method | gives there | gives here | what changes, and why |\n| --- | --- | --- | --- |\n"


def table() -> str:
    """A row for each method of the newest release, below one for what concerns all."""
    contract = json.loads(CONTRACT.read_text("utf-8"))["operations"]
    wrappers = {f"{each['attribute']}.{each['python']}": each["returns"].removeprefix("models.") for each in contract}
    return _TITLES + _EXCEPTIONS + "".join(_row(operation, wrappers[str(operation)]) for operation in operations())


def _row(operation: Operation[Any, Any], wrapper: str) -> str:
    name = f"[`{operation}`](reference/operations.md#{anchor(str(operation))})"
    changes = [_REPEATING[_deed(operation)]]
    if submission := SUBMISSIONS.get(str(operation)):
        changes.append(f"`workflows.jobs.{submission.body.__name__}` submits it under a key and waits")
    if str(operation) in QUESTIONS:
        changes.append("`workflows.jobs.get(…).wait()` asks until the end, at a pace that adapts")
    return f"| {name} | `{wrapper}` | {answers(operation, 'reference/models.md')} | {'; '.join(changes)} |\n"


def _deed(operation: Operation[Any, Any]) -> str:
    """What a method does, as far as repeating it is concerned."""
    if operation.method == "GET":
        return "read"
    if str(operation) in SUBMISSIONS:
        return "submit"
    return "change" if operation.method == "PATCH" else operation.name
