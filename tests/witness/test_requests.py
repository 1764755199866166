"""The same input makes the same request: method, path, query, content type, token and JSON body, call by call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .answers import Successes
from .clients import official, ours
from .compare import Comparison
from .conftest import REPORT
from .contract import Contract, Shape, contract
from .meeting import CALLS, Meeting
from .recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable


def test_both_clients_send_the_same(met: Meeting, record_property: Callable[[str, object], None]) -> None:
    comparison = Comparison(met.contract)
    for call in met.calls:
        comparison.add(call, met.our_requests.get(call.n, []), met.their_requests.get(call.n, []))
    record_property(REPORT, str(comparison))

    shown = "\n".join(str(difference) for difference in comparison.unexplained[:20])
    assert not comparison.unexplained, f"{comparison}\n{shown}"
    assert comparison.compared.total() == CALLS
    assert comparison.compared.keys() == {operation.name for operation in met.contract.operations}


def test_no_request_belongs_to_no_call(met: Meeting) -> None:
    numbers = {call.n for call in met.calls}
    assert met.our_requests.keys() == numbers
    assert met.their_requests.keys() == numbers


@pytest.mark.skipif(CALLS < 1000, reason="so few calls cannot try every member")
def test_every_member_of_every_input_was_tried(met: Meeting) -> None:
    """Absent, null and with a value, as its schema has it; else the comparison would say nothing about it."""
    wanted = set[tuple[str, str, str]]()
    for schema in _inputs(met.contract):
        for member in met.contract.schemas[schema]:
            forms = ["value", *(["null"] if member.nullable else []), *([] if member.required else ["absent"])]
            wanted |= {(schema, member.name, form) for form in forms}
    assert wanted - met.made == set()


def _inputs(contract: Contract) -> set[str]:
    """Every schema that a request can hold."""
    found = set[str]()
    todo: list[Shape | None] = [operation.request for operation in contract.operations]
    while todo:
        shape = todo.pop()
        while shape and shape.of:
            shape = shape.of
        if shape and shape.name in contract.schemas and shape.name not in found:
            found.add(shape.name)
            todo += [member.shape for member in contract.schemas[shape.name]]
    return found


def test_a_member_that_is_unset_is_absent(edition: str) -> None:
    """``UNSET`` is how code written for the official SDK says that a member is not given."""
    as_model = {"$model": ["FirstPartyDataInput", {"advertiser_id": "adv0001", "name_filter": {"$unset": True}}]}
    as_dict = {"advertiser_id": "adv0001", "name_filter": {"$unset": True}}
    for client in (official, ours):
        with Recorder(Successes(contract(edition), 0)) as recorder, client(edition, recorder.url) as process:
            for request in (as_model, as_dict):
                outcome = process.call("dmp", "get_first_party_data_job", request=request)
                assert outcome.ok, outcome.message
        assert [request.json() for request in recorder.requests] == [{"advertiserId": "adv0001"}] * 2
