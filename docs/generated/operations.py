"""Every operation as it is declared: how it is called, what goes over the wire, what comes back, what can go wrong."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from generated import commands
from generated.spelling import MODELS, anchor, linked, said, spelt
from ttd_workflows.core.operation import EDITIONS, Operation
from ttd_workflows.core.retry import Repeat
from ttd_workflows.models.base import Model
from ttd_workflows.operations import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = Path(__file__).resolve().parents[2] / "tests" / "contract"
COMMANDS = "commands.md"
_DECLARED = {"400": "BadRequest", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound"}
_REPEATED = {
    Repeat.SAFE: "[SAFE](../repeating.md#the-rule): sent again after a failure that may pass",
    Repeat.ONCE: "[ONCE](../repeating.md#the-rule): sent again only if it surely did nothing",
    None: "[SAFE](../repeating.md#the-rule) with method GET, ONCE with any other",
}
_UNANSWERED = {Repeat.SAFE: "`NoResponseError`", Repeat.ONCE: "`OutcomeUnknown`", None: "`OutcomeUnknown`"}


def described() -> str:
    """A section for each resource, an entry for each operation."""
    return "\n".join(
        f"## workflows.{resource.attribute}\n\n{said(resource)}\n\n" + "\n".join(map(_entry, operations(resource)))
        for resource in RESOURCES
    )


def operations(*resources: type) -> Iterator[Operation[Any, Any]]:
    """The operations of these resources, or of all, as they are declared."""
    for resource in resources or RESOURCES:
        yield from (item for item in vars(resource).values() if isinstance(item, Operation))


def answers(operation: Operation[Any, Any], page: str) -> str:
    """What an operation gives, linked to the models on ``page``."""
    return " or ".join(linked(kind.__name__, page) for kind in _kinds(operation.types["return"]))


def _repeat_of(operation: Operation[Any, Any]) -> Repeat | None:
    """How it may be repeated; ``None`` where that depends on its arguments."""
    possible = {operation.repeat({"request": {"method_type": method}}) for method in ("GET", "POST")}
    return possible.pop() if len(possible) == 1 else None


def _entry(operation: Operation[Any, Any]) -> str:
    rows = {
        "call": f"`workflows.{operation}({', '.join(f'{name}=…' for name in operation.parameters)})`, "
        f"awaited `{operation.name}_async`",
        "over the wire": "<br>".join(_paths(operation)),
        **{f"`{name}`": _argument(operation, name) for name in operation.parameters},
        "gives": answers(operation, MODELS),
        "repeated": _REPEATED[_repeat_of(operation)],
        "errors": _errors(operation),
        **({"command": ", ".join(typed)} if (typed := _typed().get(str(operation))) else {}),
    }
    table = "".join(f"| {name} | {text} |\n" for name, text in rows.items())
    return f"### {operation}\n\n{said(operation.declaration)}\n\n| | |\n| --- | --- |\n{table}"


def _paths(operation: Operation[Any, Any]) -> Iterator[str]:
    """The method and path, once for all editions or once for each."""
    paths = {edition: operation.path(edition) for edition in EDITIONS}
    if len(set(paths.values())) == 1:
        yield f"`{operation.method} {paths[EDITIONS[0]]}`"
    else:
        yield from (
            f"`{operation.method} {path}` (edition {edition})" for edition, path in reversed(paths.items()) if path
        )


def _argument(operation: Operation[Any, Any], name: str) -> str:
    parameter = operation.parameters[name]
    kinds = [kind for kind in _kinds(operation.types[name]) if kind is not NoneType]
    model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Model)), None)
    if model:
        return f"{linked(model.__name__, MODELS)}, or a dict of its members"
    needed = "required" if parameter.default is parameter.empty else f"left out: `{parameter.default}`"
    return f"{' or '.join(spelt(kind, page=MODELS) for kind in kinds)}, {needed}"


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)


def _errors(operation: Operation[Any, Any]) -> str:
    declared = [f"`{_DECLARED[status]}`" for status in sorted(_statuses()[str(operation)] & set(_DECLARED))]
    return f"declared are {', '.join(declared)}; with no answer {_UNANSWERED[_repeat_of(operation)]}"


@cache
def _typed() -> dict[str, list[str]]:
    """The commands that call each operation, linked to their page."""
    typed: dict[str, list[str]] = {}
    for command in commands.commands():
        for name in command.operations:
            typed.setdefault(name, []).append(f"[`{command.path}`]({COMMANDS}#{anchor(command.path)})")
    return typed


@cache
def _statuses() -> dict[str, set[str]]:
    """The statuses that the contract declares for each operation, in whichever edition."""
    statuses: dict[str, set[str]] = {}
    for edition in EDITIONS:
        contract = json.loads((CONTRACT / f"workflows-{edition}.json").read_text("utf-8"))
        for operation in contract["operations"]:
            known = statuses.setdefault(f"{operation['attribute']}.{operation['python']}", set())
            for response in operation["responses"]:
                status = response["status"]
                known.update([status] if isinstance(status, str) else status)
    return statuses
