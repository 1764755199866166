"""Every operation stands everywhere: on the client in both forms, in the emulator, in the stub, documented."""

import importlib
import inspect

import pytest

from ttd_workflows import Workflows, operations
from ttd_workflows.core.operation import AsyncTwin, Operation
from ttd_workflows.core.retry import Repeat
from ttd_workflows.emulator.handlers.serving import SERVED
from ttd_workflows.operations import RESOURCES

OPERATIONS = [item for resource in RESOURCES for item in vars(resource).values() if isinstance(item, Operation)]
SAFE = {
    "job_status.get_job_status",
    "job_status.get_graph_ql_bulk_job_status",
    "campaign.get_version",
    "campaigns.archive",
    "ad_groups.archive",
}


@pytest.fixture
def workflows():
    with Workflows(ttd_auth="token", server="emulator") as client:
        yield client


def test_there_are_eighteen():
    assert len(OPERATIONS) == 18


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_the_client_has_both_forms_under_the_documented_name(workflows, operation):
    resource = getattr(workflows, operation.resource.attribute)
    form, twin = getattr(resource, operation.name), getattr(resource, f"{operation.name}_async")
    assert not inspect.iscoroutinefunction(form)
    assert inspect.iscoroutinefunction(twin)
    assert form.__doc__ == twin.__doc__ == operation.declaration.__doc__
    assert inspect.signature(form) == inspect.signature(twin)
    assert isinstance(vars(operation.resource)[f"{operation.name}_async"], AsyncTwin)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_it_is_documented_in_a_sentence(operation):
    assert operation.declaration.__doc__.strip().splitlines()[0].endswith(".")


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_only_what_changes_nothing_twice_may_be_repeated(operation):
    assert (operation.repeat({}) is Repeat.SAFE) == (str(operation) in SAFE)


@pytest.mark.parametrize(
    ("request_", "repeat"),
    [
        ({"method_type": "GET", "endpoint": "campaign/abc1234"}, Repeat.SAFE),
        ({"methodType": "GET", "endpoint": "campaign/abc1234"}, Repeat.SAFE),
        ({"method_type": "POST", "endpoint": "campaign"}, Repeat.ONCE),
        ({"method_type": "get", "endpoint": "campaign"}, Repeat.ONCE),
        ({}, Repeat.ONCE),
        (None, Repeat.ONCE),
    ],
)
def test_a_rest_request_may_be_repeated_if_it_only_reads(request_, repeat):
    assert operations.RESTRequest.submit_rest_request.repeat({"request": request_}) is repeat


def test_the_emulator_serves_each():
    importlib.import_module("ttd_workflows.emulator.app")  # which brings every handler
    assert {served.operation for served in SERVED} == set(OPERATIONS)
    assert len(SERVED) == len(OPERATIONS)
