"""The members of a body against the schema, beyond what the models check: their case, edition, nulls and JSON types.

The client's models are the union of both editions, take a null for a member that is simply left out, and convert what
is nearly right. The service has one schema, so what passes the models is looked over once more.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from ttd_workflows.emulator.settings import Settings
from ttd_workflows.models.base import Model, NotNull, Only

_REMOVED_BY_NULL = {"secondary_goal", "tertiary_goal"}


class Member(NamedTuple):
    """A member of a model, given or not, its JSON path, and what was written there."""

    holder: Model
    name: str
    field: FieldInfo
    path: str
    written: Any

    @property
    def is_given(self) -> bool:
        """Whether the body has it."""
        return self.name in self.holder.model_fields_set

    @property
    def is_null(self) -> bool:
        """Whether it is given as null though the schema does not allow that."""
        return self.is_given and getattr(self.holder, self.name) is None and NotNull in self.field.metadata

    def empty(self) -> None:
        """Go on as if an object without members had been given: nothing is set."""
        kind = _model_in(self.field.annotation)
        assert kind is not None
        setattr(self.holder, self.name, kind())

    def forget(self) -> None:
        """Go on as if it had not been given."""
        self.holder.model_fields_set.discard(self.name)


def overlooked(sent: Model, written: Any, settings: Settings, *, strict: bool) -> dict[str, list[str]]:
    """What the models let pass and the service does not, by path; what the settings forgive is forgotten."""
    errors: dict[str, list[str]] = {}
    for member in list(_members(sent, written, "$")):
        if member.name in _REMOVED_BY_NULL and member.is_null:
            member.empty()
            continue
        message, is_forgiven = _fault(member, settings, strict)
        if message and is_forgiven:
            member.forget()
        elif message:
            errors.setdefault(member.path, []).append(message)
    return errors


def alias_of(model: type[Model], location: tuple[int | str, ...]) -> str | None:
    """The wire name that is like the last step of ``location`` but for its case."""
    for step in location[:-1]:
        if isinstance(step, str):
            field = next((field for field in model.model_fields.values() if field.alias == step), None)
            inner = _model_in(field.annotation) if field else None
            if inner is None:
                return None
            model = inner
    folded = str(location[-1]).lower()
    names = (field.alias or name for name, field in model.model_fields.items())
    return next((name for name in names if name.lower() == folded), None)


def _fault(member: Member, settings: Settings, strict: bool) -> tuple[str | None, bool]:
    """What is wrong with a member, and whether that is forgiven."""
    name, edition = member.field.alias or member.name, settings.editions
    mark = next((mark for mark in member.field.metadata if isinstance(mark, Only)), None)
    if mark and edition != "both":
        if mark.edition != edition and member.is_given:
            return (
                f"The JSON member '{name}' is not known in edition {edition}.",
                settings.unknown_members == "ignored" and not strict,
            )
        if mark.required and mark.edition == edition and getattr(member.holder, member.name) is None:
            return f"The {name} field is required.", False
    if member.is_null:
        return f"The {name} field must not be null.", settings.null_members == "ignored"
    if settings.loose_types == "refused" and _was_converted(getattr(member.holder, member.name), member.written):
        return "The JSON value could not be converted.", False
    return None, False


def _was_converted(value: Any, written: Any) -> bool:
    """Whether a number or a boolean was made of something else."""
    if isinstance(value, list) and isinstance(written, list):
        return any(map(_was_converted, value, written))
    if not isinstance(value, (bool, int, float)) or (isinstance(value, float) and type(written) is int):
        return False
    return type(value) is not type(written)


def _members(value: Any, written: Any, path: str) -> Iterator[Member]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _members(item, written[index], f"{path}[{index}]")
    elif isinstance(value, Model):
        for name, field in type(value).model_fields.items():
            wire = field.alias or name
            here = f"{path}.{wire}"
            yield Member(value, name, field, here, written.get(wire))
            if name in value.model_fields_set:
                yield from _members(getattr(value, name), written.get(wire), here)


def _model_in(annotation: Any) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next((model for part in getattr(annotation, "__args__", ()) if (model := _model_in(part))), None)
