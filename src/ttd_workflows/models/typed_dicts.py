"""``<Name>TypedDict`` for each model, made from the model's members; type checkers read them from the stub."""

from typing import Any, NotRequired, TypedDict

from ttd_workflows.models.base import Model

_made_at_run_time: Any = TypedDict


def typed_dict(model: type[Model]) -> Any:
    """The dict form of ``model``: same members in Python's spelling, optional ones not required."""
    members: dict[str, Any] = {
        name: field.annotation if field.is_required() else NotRequired[field.annotation]
        for name, field in model.model_fields.items()
    }
    return _made_at_run_time(f"{model.__name__}TypedDict", members)
