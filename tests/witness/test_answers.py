"""The same answer is read alike by both clients: every member by its wire name, no value changed or lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .answers import PASSTHROUGH, accessors
from .compare import Difference, unlike

if TYPE_CHECKING:
    from .clients import Call, Outcome
    from .meeting import Meeting

PASSTHROUGHS = {"graph_ql_request.submit_graph_ql_request", "rest_request.submit_rest_request"}


def test_every_call_succeeded_where_it_reached_an_operation(met: Meeting) -> None:
    failed = [(call, outcome) for call, outcome in zip(met.calls, met.our_outcomes, strict=True) if not outcome.ok]
    assert not failed


def test_both_clients_read_the_same(met: Meeting) -> None:
    compared = 0
    different = list[Difference]()
    for call, mine, theirs in zip(met.calls, met.our_outcomes, met.their_outcomes, strict=True):
        if not theirs.ok or (met.contract.edition == "0.7.2" and call.operation in PASSTHROUGHS):
            continue  # an unquoted id led elsewhere; the passthrough's body is lost (the next test has it)
        compared += 1
        different += unlike(call, "answer", _plain(_payload(met, call, mine)), _plain(_payload(met, call, theirs)))
    assert not different, "\n".join(map(str, different[:20]))
    assert compared > 0.9 * len(met.calls) * (1 - 2 / len(met.contract.operations))


def test_our_client_gives_the_passthrough_back(met: Meeting) -> None:
    bodies = [
        outcome.value
        for call, outcome in zip(met.calls, met.our_outcomes, strict=True)
        if call.operation in PASSTHROUGHS
    ]
    assert bodies
    assert all(body == PASSTHROUGH for body in bodies)


def _payload(met: Meeting, call: Call, outcome: Outcome) -> Any:
    """The answer without edition 0.13's wrapper, which our client does not have."""
    operation = met.contract.operation(call.operation)
    wrapped = accessors(met.contract, operation)
    if not wrapped or outcome.type != operation.returns:
        return outcome.value
    parts = [outcome.value[name] for name in wrapped if outcome.value.get(name) is not None]
    assert len(parts) <= 1
    return parts[0] if parts else None


def _plain(value: Any) -> Any:
    """Without members that are null, and with dates as instants: the two write the same date differently."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T":
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value
