"""``<Name>TypedDict`` for each model, made from the model's members; type checkers read them from the stub."""

from typing import Any, NotRequired, TypedDict

from ttd_workflows.models.base import Model


def typed_dict(model: type[Model]) -> Any:
    """The dict form of ``model``: same members in Python's spelling, optional ones not required."""
    members = {
        name: field.annotation if field.is_required() else NotRequired[field.annotation]  # type: ignore[valid-type]
        for name, field in model.model_fields.items()
    }
    return TypedDict(f"{model.__name__}TypedDict", members)  # type: ignore[operator] # the name is only known here
