"""The contract of one edition, read from its file: operations, the members of every schema, the words of every enum."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

EDITIONS = ("0.7.2", "0.13.2")
_DIRECTORY = Path(__file__).resolve().parent.parent / "contract"
_WRAPPER = re.compile(r"^(?:Optional|Nullable|OptionalNullable)\[(.*)\]$")
_MODULE = re.compile(r"\b(?:models|[a-z_]+\d*)\.(?=[A-Za-z])")


@dataclass(frozen=True)
class Shape:
    """The type of a member: a scalar, an enum or a schema by name, or a list or map of another."""

    name: str
    of: Shape | None = None


@dataclass(frozen=True)
class Member:
    """One member of a schema."""

    name: str
    wire: str
    shape: Shape
    required: bool
    nullable: bool


@dataclass(frozen=True)
class Operation:
    """One operation: where it stands on the client, what it takes, which answers are declared."""

    attribute: str
    method: str
    verb: str
    path: str
    request: Shape | None
    identifier: Shape | None
    archives: bool
    success: tuple[int, ...]
    returns: str

    @property
    def name(self) -> str:
        """Attribute and method, as a caller writes them."""
        return f"{self.attribute}.{self.method}"


@dataclass(frozen=True)
class Contract:
    """What one edition consists of."""

    edition: str
    operations: tuple[Operation, ...]
    schemas: dict[str, tuple[Member, ...]]
    enums: dict[str, dict[str, str]]

    def operation(self, name: str) -> Operation:
        """The operation of this name."""
        return next(operation for operation in self.operations if operation.name == name)


@cache
def contract(edition: str) -> Contract:
    """The contract of this edition."""
    file = json.loads((_DIRECTORY / f"workflows-{edition}.json").read_text(encoding="utf-8"))
    schemas = {
        schema: tuple(
            Member(name, member["wire"], shape(member["type"]), member["required"], member["nullable"])
            for name, member in members.items()
        )
        for schema, members in file["schemas"].items()
    }
    return Contract(edition, tuple(map(_operation, file["operations"])), schemas, file["enums"])


def shape(annotation: str) -> Shape:
    """The shape that an annotation of the contract stands for, its ``Optional`` and ``Nullable`` taken off."""
    annotation = _MODULE.sub("", annotation)
    while wrapped := _WRAPPER.match(annotation):
        annotation = wrapped[1]
    if annotation.startswith("List["):
        return Shape("list", shape(annotation[5:-1]))
    if annotation.startswith("Dict[str, "):
        return Shape("map", shape(annotation[10:-1]))
    return Shape(annotation)


def _operation(declared: dict[str, object]) -> Operation:
    arguments, responses = declared["arguments"], declared["responses"]
    assert isinstance(arguments, dict)
    assert isinstance(responses, list)
    statuses = [
        int(status)
        for response in responses
        for status in (response["status"] if isinstance(response["status"], list) else [response["status"]])
        if status.startswith("2") and status.isdigit()
    ]
    archives = "force_archive" in arguments
    return Operation(
        attribute=str(declared["attribute"]),
        method=str(declared["python"]),
        verb=str(declared["method"]),
        path=str(declared["path"]),
        request=shape(str(declared["body"])) if declared.get("body") and not archives else None,
        identifier=shape(arguments["id"]) if "id" in arguments else None,
        archives=archives,
        success=tuple(statuses),
        returns=shape(str(declared["returns"])).name,
    )
