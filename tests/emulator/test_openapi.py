"""The OpenAPI document is true to the contract, and the emulator is true to the document: a tool tries every route."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ttd_workflows.core.operation import EDITIONS
from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.emulator.app import SERVED
from ttd_workflows.emulator.openapi import openapi

HERE = Path(__file__).resolve().parent
CONFIGURATION = HERE / "schemathesis.toml"


def contract(edition):
    return json.loads((HERE.parent / "contract" / f"workflows-{edition}.json").read_text("utf-8"))


@pytest.mark.parametrize("edition", EDITIONS)
def test_it_has_the_operations_of_the_edition(edition):
    told = {
        (method.upper(), path, operation["operationId"])
        for path, methods in openapi(edition)["paths"].items()
        for method, operation in methods.items()
    }
    wanted = {
        (one["method"], one["path"], f"{one['attribute']}.{one['python']}") for one in contract(edition)["operations"]
    }
    assert told == wanted


NULL_ALL_THE_SAME = {("GraphQlBulkJobPayload", "data")}
"""Null where a bulk job was refused, which the contract's OpenAPI cannot say of an object."""


def takes_null(schema):
    return {"type": "null"} in schema.get("anyOf", ())


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_schema_is_that_of_the_edition(edition):
    schemas, known = openapi(edition)["components"]["schemas"], contract(edition)["schemas"]
    shared = [name for name in schemas if known.get(name) and "properties" in schemas[name]]
    assert len(shared) > 40
    for name in shared:
        told = {
            wire: (wire in schemas[name].get("required", ()), takes_null(schema))
            for wire, schema in schemas[name]["properties"].items()
        }
        wanted = {
            member["wire"]: (member["required"], member["nullable"] or (name, member["wire"]) in NULL_ALL_THE_SAME)
            for member in known[name].values()
        }
        assert told == wanted, name


def test_each_operation_has_an_example():
    for methods in openapi()["paths"].values():
        for operation in methods.values():
            bodies = operation.get("requestBody", {}).get("content", {}).values()
            parameters = [one for one in operation["parameters"] if one["in"] == "path"]
            assert [*bodies, *parameters], operation["operationId"]
            assert all("example" in one for one in [*bodies, *parameters])


def test_it_is_served_for_each_edition(call):
    for edition in EDITIONS:
        assert call.raw("GET", f"/_emulator/openapi.json?edition={edition}").json["info"]["version"] == edition
    assert call.raw("GET", "/_emulator/openapi.json").json["info"]["version"] == EDITIONS[-1]
    refused = call.raw("GET", "/_emulator/openapi.json?edition=1.0")
    assert refused.status == 400
    assert refused.json["errors"] == {"edition": ["There is no edition 1.0, only 0.7.2 and 0.13.2."]}


OLDEST, NEWEST = EDITIONS
TRIED = {
    # The members of the older edition are those of the newer without some, and the values of each are tried there.
    OLDEST: ("examples,fuzzing,stateful", 20),
    NEWEST: ("examples,coverage,fuzzing,stateful", 5),
}
"""What the tool tries of an edition, and how many made-up requests of each operation."""


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_emulator_is_true_to_the_document(edition, tmp_path):
    strict = Settings(
        editions=edition,
        unknown_members="refused",
        null_members="refused",
        member_case="exact",
        dates_without_zone="refused",
        job_seconds=0.0,
    )
    phases, examples = TRIED[edition]
    with Emulator(settings=strict) as emulator:
        document = f"http://127.0.0.1:{emulator.port}/_emulator/openapi.json?edition={edition}"
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION, "run", document]
        command += ["--url", emulator.url, "--header", f"TTD-Auth: {emulator.token}", "--no-color"]
        command += ["--phases", phases, "--max-examples", str(examples)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = sum(served.operation.path(edition) is not None for served in SERVED)
    assert f"Tested: {tried}" in done.stdout
