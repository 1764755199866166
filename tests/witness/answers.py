"""Successes made up from the contract: for call n of any client the same one, so that clients can be compared."""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, Any

from .generate import INTEGERS, NUMBERS, TEXTS
from .recorder import Recorded, Reply

if TYPE_CHECKING:
    from .contract import Contract, Operation, Shape

NOT_FOUND = Reply(404, b'{"title": "Not Found", "status": 404}')
"""For a path that no operation has, such as the one an unquoted id leads to."""

PASSTHROUGH = {"data": {"advertiser": {"id": "adv0001", "name": "Zürich", "budget": 1e22, "tags": [None, {"a": []}]}}}


class Successes:
    """Answers each request as the service would if all went well."""

    def __init__(self, contract: Contract, seed: int | str) -> None:
        self.contract = contract
        self.seed = seed
        self._routes = [
            (operation, operation.verb, re.compile("/workflows" + re.sub(r"\{\w+\}", "[^/]+", operation.path)))
            for operation in contract.operations
        ]

    def __call__(self, request: Recorded) -> Reply:
        operation = self.operation(request)
        if operation is None:
            return NOT_FOUND
        random = Random(f"{self.seed}/{self.contract.edition}/{request.call}")
        if operation.archives:
            body: Any = json.loads(request.body or b"[]")
        elif operation.attribute in {"graph_ql_request", "rest_request"} and "bulk" not in operation.method:
            body = PASSTHROUGH
        else:
            body = self._schema(random, answered_by(self.contract, operation))
        return Reply(operation.success[-1], json.dumps(body).encode())

    def operation(self, request: Recorded) -> Operation | None:
        """The operation that this request is for."""
        for operation, verb, route in self._routes:
            if verb == request.method and route.fullmatch(request.path):
                return operation
        return None

    def _schema(self, random: Random, name: str) -> dict[str, Any]:
        fullness = random.choice([0.0, 0.5, 1.0])
        return {
            member.wire: None if member.nullable and random.random() < 0.2 else self._value(random, member.shape)
            for member in self.contract.schemas[name]
            if member.required or random.random() < fullness
        }

    def _value(self, random: Random, shape: Shape) -> Any:  # noqa: PLR0911 - one for each kind of value
        match shape.name:
            case "list" if shape.of:
                return [self._value(random, shape.of) for _ in range(random.randrange(3))]
            case "map" if shape.of:
                return {key: self._value(random, shape.of) for key in random.sample(TEXTS, random.randrange(3))}
            case "datetime":
                return random.choice(["2025-04-25T22:02:24Z", "2025-04-25T22:02:24.3456789Z"])
            case "float":
                return float(random.choice(NUMBERS))
            case "int":
                return random.choice(INTEGERS)
            case "bool":
                return random.choice([True, False])
            case name if name in self.contract.enums:
                return random.choice(list(self.contract.enums[name].values()))
            case name if name in self.contract.schemas:
                return self._schema(random, name)
            case _:
                return random.choice(TEXTS)


def accessors(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """By which members edition 0.13's wrapper gives the answer; none where the answer itself is returned."""
    names = [member.name for member in contract.schemas.get(operation.returns, ())]
    return tuple(name for name in names if name != "http_meta") if "http_meta" in names else ()


def answered_by(contract: Contract, operation: Operation) -> str:
    """The schema of a successful answer's body."""
    wrapped = accessors(contract, operation)
    if not wrapped:
        return operation.returns
    return next(member.shape.name for member in contract.schemas[operation.returns] if member.name == wrapped[0])
