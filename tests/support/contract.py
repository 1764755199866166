"""The service's contract as its official release states it, read from ``tests/contract/*.json``."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

EDITIONS = ("0.7.2", "0.13.2")
_FOLDER = Path(__file__).parent.parent / "contract"
_WRAPPED = re.compile(r"(Optional|Nullable|OptionalNullable)\[(.*)\]")
_ACCESSORS = re.compile(r"models\.(\w+)\((.*)http_meta=")
_ACCESSOR = re.compile(r"(\w+)=unmarshal")


class Shape(NamedTuple):
    """A member's type without its ``Optional``: a scalar, a schema or an enum by name, or a list or map of one."""

    name: str
    of: Shape | None = None


class Member(NamedTuple):
    """One member of a schema in one edition."""

    edition: str
    schema: str
    name: str
    wire: str
    shape: Shape
    required: bool
    nullable: bool

    def __str__(self) -> str:
        return f"{self.edition}-{self.schema}.{self.name}"


class Declared(NamedTuple):
    """One operation in one edition."""

    edition: str
    name: str
    method: str
    path: str
    arguments: dict[str, str]
    body: Shape | None
    returns: str
    accessors: tuple[str, ...]
    """What edition 0.13 reads the payload from."""

    def __str__(self) -> str:
        return f"{self.edition}-{self.name}"


@cache
def _file(edition: str) -> dict[str, Any]:
    return json.loads((_FOLDER / f"workflows-{edition}.json").read_text(encoding="utf-8"))


def schemas(edition: str) -> dict[str, dict[str, Any]]:
    return _file(edition)["schemas"]


def enums(edition: str) -> dict[str, dict[str, str]]:
    return _file(edition)["enums"]


def members() -> list[Member]:
    """Every member of every schema of both editions."""
    return [
        Member(edition, schema, name, m["wire"], shape(m["type"]), m["required"], m["nullable"])
        for edition in EDITIONS
        for schema, its in schemas(edition).items()
        for name, m in its.items()
    ]


def operations() -> list[Declared]:
    """Every operation of both editions."""
    return [_operation(edition, op) for edition in EDITIONS for op in _file(edition)["operations"]]


def is_wrapper(schema: str) -> bool:
    """Whether this is one of 0.13's wrappers around an answer."""
    return "http_meta" in schemas("0.13.2").get(schema, {})


def shape(annotation: str) -> Shape:
    annotation = re.sub(r"\b(?:models|[a-z_]+\d*)\.(?=[A-Za-z])", "", annotation)
    while wrapped := _WRAPPED.fullmatch(annotation):
        annotation = wrapped[2]
    if annotation.startswith("List["):
        return Shape("list", shape(annotation[5:-1]))
    if annotation.startswith("Dict[str, "):
        return Shape("dict", shape(annotation[10:-1]))
    return Shape(annotation)


def _operation(edition: str, op: dict[str, Any]) -> Declared:
    told = [_ACCESSORS.search(response["then"]) for response in op["responses"]]
    accessors = {name for found in told if found for name in _ACCESSOR.findall(found[2])}
    return Declared(
        edition,
        f"{op['attribute']}.{op['python']}",
        op["method"],
        op["path"],
        op["arguments"],
        shape(op["body"]) if op.get("body") else None,
        shape(op["returns"]).name,
        tuple(sorted(accessors)),
    )
