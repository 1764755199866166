"""Faults within the process: a client meets the same as over a socket, down to what the bytes would have done."""

import asyncio

import httpx2
import pytest

from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator

CREATE = "dmp.get_third_party_data_job"
STATUS = "job_status.get_job_status"
FAULTS = {
    "status": {"status": 503, "retry_after": 1},
    "reset": {"reset": True},
    "drop": {"accept_then_drop": True},
    "gateway": {"accept_then_status": 504},
    "truncated": {"truncate": True},
    "truncated at once": {"truncate": 0},
    "longer than it is": {"wrong_length": 10},
    "shorter than it is": {"wrong_length": -10},
    "no JSON": {"malformed_body": True},
    "empty": {"empty_body": True},
    "gzip": {"gzip": True},
    "slow": {"drip": 100_000},
    "token": {"expired_token": True},
}


@pytest.fixture(params=[False, True], ids=["blocking", "async"])
def outcome(request):
    """Gives what a call ends in, in a word, and how many jobs there are then."""

    def of(operation, fault, *, in_process):
        emulator = Emulator(in_process=in_process)
        with emulator:
            arguments = {**emulator.client_arguments(), "retry_config": None, "ledger": None, "timeout_ms": 5_000}
            emulator.faults.add(operation, **fault)
            try:
                with Workflows(**arguments) as client:
                    said = asyncio.run(_awaited(arguments, operation)) if request.param else _called(client, operation)
            except Exception as error:
                said = type(error).__name__
            return said, len(emulator.world.jobs["standard"])

    return of


def _arguments(operation):
    return {"request": {"partner_id": "p1", "query_shape": "nodes { id }"}} if operation == CREATE else {"id": 412651}


def _called(client, operation):
    resource, _, name = operation.partition(".")
    return str(getattr(getattr(client, resource), name)(**_arguments(operation)).id)


async def _awaited(arguments, operation):
    resource, _, name = operation.partition(".")
    async with Workflows(**arguments) as client:
        return str((await getattr(getattr(client, resource), f"{name}_async")(**_arguments(operation))).id)


@pytest.mark.parametrize("operation", [CREATE, STATUS])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_has_the_outcome_it_has_over_a_socket(outcome, operation, fault):
    assert outcome(operation, fault, in_process=True) == outcome(operation, fault, in_process=False)


def test_a_slow_answer_runs_into_the_callers_patience():
    with Emulator(in_process=True) as emulator:
        emulator.faults.add(STATUS, accept_then_delay=30)
        with pytest.raises(httpx2.ReadTimeout):
            emulator.client.get("/standardjob/412651/status", headers={"TTD-Auth": "emulator"}, timeout=0.05)


@pytest.fixture
def result():
    """An emulator, and the address of a result in it whose size makes several pieces."""
    shape = " ".join(["nodes {", *(f"n{i}: name" for i in range(200)), "}"])
    with Emulator(in_process=True, job_seconds=0.0) as emulator:
        client = Workflows(**emulator.client_arguments(), ledger=None)
        job = client.dmp.get_third_party_data_job(request={"partner_id": "p1", "query_shape": shape}).id
        yield emulator, client.job_status.get_job_status(id=job).url


def test_a_result_is_read_in_pieces(result):
    emulator, url = result
    with emulator.client.stream("GET", url) as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 1
    assert sum(map(len, pieces)) == int(answer.headers["content-length"])


@pytest.mark.parametrize("fault", [{"truncate": True}, {"wrong_length": 5}])
def test_a_result_that_breaks_off_is_an_error(result, fault):
    emulator, url = result
    emulator.faults.add("download", **fault)
    with pytest.raises(httpx2.RemoteProtocolError, match="broke off before its end"):
        emulator.client.get(url)
