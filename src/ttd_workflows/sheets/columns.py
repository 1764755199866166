"""Which member a column's heading means, and what a sheet must have a column for."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from ttd_workflows.models.base import Model, Only, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pydantic.fields import FieldInfo

Path = tuple[str, ...]
"""Where a member stands in an input: its name in Python's spelling, after those of what it is in."""

_FORGIVEN = re.compile(r"[\s_\-]")


@dataclass(frozen=True, slots=True)
class Column:
    """A member that a sheet may have a column for."""

    path: Path
    wire: str
    """The path as the service spells it: ``primaryInput.budget.pacingMode``."""
    field: FieldInfo

    @property
    def name(self) -> str:
        """The member's own name, in Python's spelling."""
        return self.path[-1]

    @property
    def type(self) -> Any:
        """What its value is, nullable or not: ``float``, an enum, ``list[str]``, a model."""
        return bare(self.field.annotation)


class Columns:
    """The members of one model in one edition, by whatever a heading may call them."""

    def __init__(self, model: type[Model], edition: str) -> None:
        self._model = model
        self._edition = edition
        self.by_path = {column.path: column for column in _members(model, edition, (), ())}
        self._by_ending: dict[Path, list[Column]] = defaultdict(list)
        for column in self.by_path.values():
            folded = tuple(map(fold, column.path))
            for start in range(len(folded)):
                self._by_ending[folded[start:]].append(column)

    def find(self, heading: str) -> Column | str:
        """The member that a heading means, or what is wrong with the heading.

        A heading is the end of a member's path. Where several end so, the one that stands highest is meant.
        """
        found = self._by_ending.get(tuple(map(fold, heading.split("."))), [])
        highest = min((len(column.path) for column in found), default=0)
        meant = [column for column in found if len(column.path) == highest]
        if len(meant) == 1:
            return meant[0]
        if meant:
            return f"{heading!r} may mean {' or '.join(column.wire for column in meant)}: write it out"
        return f"there is no member {heading!r}{self._hint(heading)}"

    def _hint(self, heading: str) -> str:
        ends = {column.wire.rpartition(".")[2] for column in self.by_path.values()}
        return did_you_mean(heading, [*ends, *(column.wire for column in self.by_path.values())])

    def lacking(self, given: Collection[Path]) -> list[str]:
        """The members that must be given and are not, as far as that shows in the paths alone."""
        return list(self._lacking(self._model, (), given))

    def _lacking(self, model: type[Model], above: Path, given: Collection[Path]) -> Iterator[str]:
        for name, field in model.model_fields.items():
            here = (*above, name)
            if here in given or here not in self.by_path:
                continue
            inner = _model(field)
            some_below = any(path[: len(here)] == here for path in given)
            below = list(self._lacking(inner, here, given)) if inner and (some_below or field.is_required()) else []
            if below:
                yield from below
            elif field.is_required() and not some_below:
                yield self.by_path[here].wire

    def at(self, place: str) -> Column | None:
        """The column that a fault's place, ``primary_input.flights[2].id``, belongs to."""
        path = tuple(map(fold, place.partition("[")[0].split(".")))
        while path:
            found = [column for column in self._by_ending.get(path, ()) if len(column.path) == len(path)]
            if found:
                return found[0]
            path = path[:-1]
        return None


def fold(name: str) -> str:
    """A name without what spreadsheets change about it: case, spaces, underscores, hyphens."""
    return _FORGIVEN.sub("", name).casefold()


def bare(annotation: Any) -> Any:
    """A type without ``None`` and without what validates it."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        (only,) = (choice for choice in get_args(annotation) if choice is not NoneType)
        return bare(only)
    return annotation


def _members(model: type[Model], edition: str, above: Path, wire_above: Path) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        if any(isinstance(mark, Only) and mark.edition != edition for mark in field.metadata):
            continue
        path, wire = (*above, name), (*wire_above, field.alias or name)
        yield Column(path, ".".join(wire), field)
        if inner := _model(field):
            yield from _members(inner, edition, path, wire)


def _model(field: FieldInfo) -> type[Model] | None:
    kind = bare(field.annotation)
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None
