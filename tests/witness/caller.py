"""Run by each client's own interpreter: perform the calls that come on stdin, say on stdout what became of them.

It uses only the documented interface, so the same file drives the official SDKs and ours. A line in is a call::

    {"n": 7, "attribute": "dmp", "method": "get_third_party_data_job", "arguments": {"request": {"partner_id": "p1"}}}

``arguments`` is JSON with tags for what JSON cannot say: ``{"$datetime": "2026-01-01T00:00:00+00:00"}``,
``{"$enum": ["AllocationType", "Fixed"]}``, ``{"$unset": true}``,
``{"$model": ["ThirdPartyDataInput", {"partner_id": "p1"}]}`` and ``{"$assigned": [..., ..., {"query_shape": null}]}``,
a model some of whose members are assigned after it is made.
``read`` names accessors of the answer; without it the answer itself is told. A line out is an outcome::

    {"n": 7, "ok": true, "type": "TypeBasedJobSubmitResponse", "bases": [...], "value": {"id": 412651}, "read": {}}
    {"n": 8, "ok": false, "type": "APIError", "bases": [...], "status": 503, "message": "..."}

With ``--patience`` all calls that stdin has are performed at once, and one that is not over after so many seconds is
told as an error of the type ``StillTrying``.
"""

import argparse
import asyncio
import json
import sys
import threading
import time
from datetime import datetime
from typing import Any

from ttd_workflows import Workflows, models, utils
from ttd_workflows.types import UNSET


def untagged(value: Any) -> Any:  # noqa: PLR0911 - one for each tag
    """The Python value that tagged JSON stands for."""
    if isinstance(value, list):
        return [untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    match list(value):
        case ["$datetime"]:
            return datetime.fromisoformat(value["$datetime"])
        case ["$enum"]:
            name, word = value["$enum"]
            return getattr(models, name)(word)
        case ["$model"]:
            name, members = value["$model"]
            return getattr(models, name)(**untagged(members))
        case ["$assigned"]:
            name, members, later = value["$assigned"]
            model = getattr(models, name)(**untagged(members))
            for member, assigned in untagged(later).items():
                setattr(model, member, assigned)
            return model
        case ["$unset"]:
            return UNSET
        case _:
            return {name: untagged(item) for name, item in value.items()}


def told(value: Any) -> dict[str, Any]:
    """What a value is: its class, what that is derived from, and a model's content as the JSON it was read from."""
    dump = getattr(value, "model_dump", None)
    return {
        "type": type(value).__name__,
        "bases": [base.__name__ for base in type(value).__mro__],
        "value": dump(mode="json", by_alias=True, exclude_unset=True) if dump else value,
    }


def performed(workflows: Workflows, runner: asyncio.Runner, call: dict[str, Any]) -> dict[str, Any]:
    """Perform one call and tell its outcome."""
    try:
        arguments = untagged(call["arguments"])
        if "n" in call:
            arguments["http_headers"] = {"x-call": str(call["n"])}
        method = getattr(getattr(workflows, call["attribute"]), call["method"])
        answer = runner.run(method(**arguments)) if call["method"].endswith("_async") else method(**arguments)
        read = {name: told(getattr(answer, name)) for name in call.get("read", ())}
        return {"n": call.get("n"), "ok": True, **told(answer), "read": read}
    except Exception as error:  # whatever a client raises is what there is to tell
        return {
            "n": call.get("n"),
            "ok": False,
            "type": type(error).__name__,
            "bases": [base.__name__ for base in type(error).__mro__],
            "status": getattr(error, "status_code", None),
            "message": str(error),
        }


def performed_at_once(workflows: Workflows, calls: list[dict[str, Any]], patience: float) -> list[dict[str, Any]]:
    """Perform all calls at the same time, each in a thread, and tell their outcomes when all or the time is over."""
    trying = {"ok": False, "type": "StillTrying", "message": f"not over after {patience} seconds"}
    outcomes = [{"n": call.get("n"), **trying} for call in calls]

    def perform(place: int) -> None:
        with asyncio.Runner() as runner:
            outcomes[place] = performed(workflows, runner, calls[place])

    threads = [threading.Thread(target=perform, args=(place,), daemon=True) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return list(outcomes)


def main() -> None:
    """Read calls until stdin ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server_url")
    parser.add_argument("--token", default="emulator")
    parser.add_argument("--edition", help="only our client has editions; an official SDK is one")
    parser.add_argument(
        "--timeout-ms", type=int, default=60_000, help="the official 5 s would depend on the machine; 0 leaves them"
    )
    parser.add_argument("--backoff", help="the four numbers of utils.BackoffStrategy, with commas between them")
    parser.add_argument("--patience", type=float, help="perform all calls at once, for so many seconds at most")
    given = parser.parse_args()

    answers, sys.stdout = sys.stdout, sys.stderr  # a client that prints must not spoil the protocol
    options: dict[str, Any] = {"ttd_auth": given.token, "server_url": given.server_url}
    if given.timeout_ms:
        options["timeout_ms"] = given.timeout_ms
    if given.edition:
        options["edition"] = given.edition
    if given.backoff:
        initial, longest, exponent, elapsed = given.backoff.split(",")
        strategy = utils.BackoffStrategy(int(initial), int(longest), float(exponent), int(elapsed))
        options["retry_config"] = utils.RetryConfig("backoff", strategy, True)  # noqa: FBT003 - the documented signature

    with (
        asyncio.Runner() as runner,
        Workflows(**options) as workflows,
    ):
        calls = map(json.loads, sys.stdin)
        if given.patience:
            outcomes = iter(performed_at_once(workflows, list(calls), given.patience))
        else:
            outcomes = (performed(workflows, runner, call) for call in calls)
        for outcome in outcomes:
            print(json.dumps(outcome, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()
