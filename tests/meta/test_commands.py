"""Every operation has a command, every command says which operations it calls, and the list of them loads nothing."""

import subprocess
import sys

import pytest

from support import sessions
from ttd_workflows.cli import record
from ttd_workflows.cli.commands import Commands
from ttd_workflows.cli.entities import CREATE_AD_GROUP, CREATE_CAMPAIGN, UPDATE_AD_GROUP, UPDATE_CAMPAIGN
from ttd_workflows.cli.rest import METHODS
from ttd_workflows.core.operation import Operation
from ttd_workflows.jobs.submissions import Jobs
from ttd_workflows.models import (
    AdGroupCreateWorkflowInputWithValidation,
    AdGroupUpdateWorkflowInputWithValidation,
    CampaignCreateWorkflowInputWithValidation,
    CampaignUpdateWorkflowInputWithValidation,
    RestAPIMethodType,
)
from ttd_workflows.operations import RESOURCES

OPERATIONS = {str(item) for resource in RESOURCES for item in vars(resource).values() if isinstance(item, Operation)}
EVERYTHING = [(words, command) for words, command in sessions.paths() if not isinstance(command, Commands)]
HEAVY = {"pydantic", "pydantic_core", "httpcore2", "rich", "sqlite3", "asyncio", "ssl", "ttd_workflows.models.base"}
PLACES = [
    (CampaignCreateWorkflowInputWithValidation, CREATE_CAMPAIGN),
    (CampaignUpdateWorkflowInputWithValidation, UPDATE_CAMPAIGN),
    (AdGroupCreateWorkflowInputWithValidation, CREATE_AD_GROUP),
    (AdGroupUpdateWorkflowInputWithValidation, UPDATE_AD_GROUP),
]


def test_every_operation_has_a_command():
    called = {operation for _, command in EVERYTHING for operation in getattr(command, "operations", ())}
    assert called == OPERATIONS


@pytest.mark.parametrize(
    ("words", "command"), EVERYTHING, ids=lambda item: " ".join(item) if isinstance(item, tuple) else ""
)
def test_a_command_names_its_operations(words, command):
    help_text = " ".join(sessions.read(sessions.file_of(words))["help"].steps[0].said).replace("  ", "")
    for operation in getattr(command, "operations", ()):
        assert operation in help_text


def test_every_submission_has_its_word():
    jobs = {name for name in vars(Jobs) if f"{name}_async" in vars(Jobs)} - {"wait_all", "as_completed"}
    assert len(record.WISHES) == len(jobs) == 7
    assert set(record.WISHES) <= OPERATIONS
    assert {f"submit {word}" for word in record.WISHES.values()} <= {" ".join(words) for words, _ in EVERYTHING}


@pytest.mark.parametrize(("model", "places"), PLACES, ids=lambda item: getattr(item, "__name__", ""))
def test_the_options_lead_to_members_and_every_required_member_has_one(model, places):
    assert set(_required(model)) <= set(places.values())
    assert {path.rpartition(".")[2] for path in places.values()} <= set(_aliases(model))


def _required(model, path=""):
    for field in model.model_fields.values():
        if field.is_required():
            inner = (
                field.annotation
                if isinstance(field.annotation, type) and hasattr(field.annotation, "model_fields")
                else None
            )
            here = f"{path}{field.alias}"
            yield from [here] if inner is None or not list(_required(inner)) else _required(inner, f"{here}.")


def _aliases(model):
    for field in model.model_fields.values():
        yield field.alias
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if hasattr(kind, "model_fields"):
                yield from (inner.alias for inner in kind.model_fields.values())


def test_the_methods_are_the_contracts():
    assert set(METHODS) == set(RestAPIMethodType)


@pytest.mark.parametrize("words", [(), ("submit",), ("campaign",), ("ad-group",)], ids=" ".join)
def test_help_of_groups_imports_no_command(words):
    code = (
        "import sys; from ttd_workflows.cli import _run\n"
        f"_run([*{words!r}, '--help'])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage:")
    assert set(done.stderr.split()) & HEAVY == set()
