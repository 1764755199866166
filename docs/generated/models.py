"""Every model and enum of both editions, member by member."""

from __future__ import annotations

import enum
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from generated.spelling import said, spelt
from ttd_workflows import models
from ttd_workflows.models.base import Input, Model, NotNull, Only, is_nullable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

ROOMS = {
    "data": "Requests for data",
    "campaigns": "Campaigns",
    "ad_groups": "Ad groups",
    "jobs": "Jobs",
    "callbacks": "Callbacks",
    "passthrough": "Passed through",
    "bodies": "Answers that are no model",
    "problems": "Problems",
    "base": "The exchange",
    "requests": "Arguments as models",
    "enums": "Words",
}
"""The rooms of the package ``models`` in the page's order; what has one only in another room is an alias."""
_TITLES = "| member | type | |\n| --- | --- | --- |\n"


def described() -> str:
    """A section for each room, an entry for each class, with its other names."""
    names: dict[Any, list[str]] = defaultdict(list)
    for name in models.__all__:
        value = getattr(models, name)
        if isinstance(value, type):
            names[value].append(name)
    sections = []
    for room, title in ROOMS.items():
        kinds = sorted((kind for kind in names if _room(kind) == room), key=lambda kind: kind.__name__)
        sections.append(f"## {title}\n\n" + "\n".join(_entry(kind, names[kind]) for kind in kinds))
    return "\n".join(sections)


def _room(kind: type) -> str:
    return kind.__module__.rpartition(".")[2]


def _entry(kind: type, names: list[str]) -> str:
    others = [f"`{name}`" for name in sorted(names) if name != kind.__name__]
    notes = [f"Also called {', '.join(others)}."] if others else []
    if edition := getattr(kind, "edition", None):
        notes.append(f"Edition {edition} only.")
    text = " ".join([said(kind), *notes])
    return f"### {kind.__name__}\n\n{text}\n\n{_members(kind)}"


def _members(kind: type) -> str:
    if issubclass(kind, enum.Enum):
        return ", ".join(f"`{word.value}`" for word in kind) + "\n"
    if not issubclass(kind, Model):
        return ""
    rows = [
        f"| `{name}` | {spelt(field.annotation)} | {', '.join(_notes(kind, name, field))} |\n"
        for name, field in kind.model_fields.items()
    ]
    return _TITLES + "".join(rows)


def _notes(kind: type[Model], name: str, field: FieldInfo) -> Iterator[str]:
    """What holds of a member besides its type; that something may be left out is said of requests only."""
    mark = next((mark for mark in field.metadata if isinstance(mark, Only)), None)
    if issubclass(kind, Input):
        if field.is_required():
            yield "**required**"
        elif NotNull in field.metadata:
            yield "never null"
    elif is_nullable(field):
        yield "may be null"
    if any(getattr(mark, "min_length", None) for mark in field.metadata):
        yield "not empty"
    if mark:
        yield f"{mark.edition}{', required there' if mark.required else ' only'}"
    if field.alias and field.alias != to_camel(name):
        yield f"`{field.alias}` on the wire"
