"""One client's way through all operations of its edition, against an emulator: asked, answered, and kept to compare."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .answers import accessors, answered_by
from .clients import Client, Outcome

if TYPE_CHECKING:
    from .contract import Contract, Operation

PATIENCE = 30.0
_ALIAS = {
    "TypeBasedJobSubmitResponse": "StandardJobSubmitResponse",
    "TypeBasedJobStatusResponse": "StandardJobStatusResponse",
}
"""Names of edition 0.7.2 that our client uses for both."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?")
_URL = re.compile(r"https?://[^\"\s]+")


@dataclass
class Journey:
    """Asks one client, in one form, and keeps what it answered."""

    client: Client
    contract: Contract
    form: str = ""
    """``""`` or ``"_async"``."""
    server_url: str | None = None
    """Where the emulator is, if that is not where the client was started for."""
    answers: list[tuple[str, Any]] = field(default_factory=list)

    def ask(self, name: str, **arguments: Any) -> Any:
        """Perform an operation, which must succeed with an answer of the documented class; give its content."""
        operation = self.contract.operation(name)
        outcome = self.attempt(name, **arguments)
        assert outcome.ok, f"{name} failed with {outcome.type}: {outcome.message}"
        part = next((part for part in outcome.read.values() if part["value"] is not None), None)
        told = Outcome(ok=True, type=part["type"], bases=tuple(part["bases"]), value=part["value"]) if part else outcome
        wanted = expected_classes(self.contract, operation)
        assert wanted & {_ALIAS.get(base, base) for base in told.bases}, f"{name} returned a {told.type}, no {wanted}"
        self.answers.append((name, told.value))
        return told.value

    def attempt(self, name: str, **arguments: Any) -> Outcome:
        """Perform an operation, whatever becomes of it."""
        operation = self.contract.operation(name)
        read = accessors(self.contract, operation)
        if self.server_url:
            arguments["server_url"] = self.server_url
        return self.client.call(operation.attribute, operation.method + self.form, read=read, **arguments)

    def follow(self, name: str, reference: int | str) -> Any:
        """Ask for a job's status until it has ended; the percentage never falls meanwhile."""
        deadline, percentage = time.monotonic() + PATIENCE, 0.0
        while True:
            answer = self.ask(name, id=reference)
            job = answer.get("job", answer)
            assert job["id"] == int(reference)
            assert percentage <= (job.get("completionPercentage") or 0.0) <= 100
            percentage = job.get("completionPercentage") or 0.0
            if job["status"] not in {"Queued", "InProgress"}:
                return job
            self.answers.pop()  # how often it was asked is no part of the story
            assert time.monotonic() < deadline, f"job {reference} did not end"
            time.sleep(0.05)

    @property
    def operations(self) -> set[str]:
        """The operations that have succeeded."""
        return {name for name, _ in self.answers}

    def comparable(self) -> list[tuple[str, Any]]:
        """The answers without what no two runs have in common: moments, and addresses of results."""
        return [(name, _timeless(answer)) for name, answer in self.answers]


def expected_classes(contract: Contract, operation: Operation) -> set[str]:
    """The class that holds the answer, inside edition 0.13's wrapper if there is one.

    There are two where edition 0.7.2 names a class without members for any JSON object: ours gives the object itself.
    """
    name = answered_by(contract, operation)
    holder = {_ALIAS.get(name, {"map": "dict"}.get(name, name))}
    return holder | {"dict"} if contract.schemas.get(name) == () else holder


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    if isinstance(value, str):
        return _URL.sub("(url)", _MOMENT.sub("(moment)", value))
    return value
