"""Reading request bodies: JSON into the client's own models, faults into a refusal that names each JSON path."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ttd_workflows.emulator import strict_json
from ttd_workflows.emulator.problems import Refusal, invalid
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.web.members import alias_of, overlooked
from ttd_workflows.models.base import Input

M = TypeVar("M", bound=Input)


def parse(body: bytes) -> Any:
    """The JSON of a body."""
    if not body.strip():
        raise invalid("", "A non-empty request body is required.")
    try:
        data = strict_json.loads(body.decode("utf-8-sig"))
    except ValueError as error:
        raise invalid("$", f"The body is not valid JSON: {error}") from None
    if data is None:
        raise invalid("", "A non-empty request body is required.")
    return data


def read(model: type[M], data: Any, settings: Settings, *, strict: bool = False) -> M:
    """The model that JSON means. What the settings forgive is put right in ``data``, unless ``strict``."""
    if not isinstance(data, dict):
        raise invalid("$", f"The JSON value could not be converted to {model.__name__}.")
    while True:
        try:
            sent = model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False)
            # Forgiving one fault may mend another, or bring it to light.
            forgiven = [fault for fault in faults if _forgiven(fault, model, data, settings, strict)]
            if not forgiven:
                raise _refusal(faults) from None
        else:
            if errors := overlooked(sent, data, settings, strict=strict):
                raise Refusal(400, errors=errors)
            return sent


def read_ids(data: Any) -> list[str]:
    """The list of ids that archiving takes."""
    try:
        return TypeAdapter(list[str]).validate_python(data)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False, include_context=False)) from None


def _refusal(faults: list[ErrorDetails]) -> Refusal:
    errors: dict[str, list[str]] = {}
    for fault in faults:
        errors.setdefault(_path(fault["loc"]), []).append(_message(fault))
    return Refusal(400, errors=errors)


def _path(location: tuple[int | str, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def _message(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "missing" | "string_too_short":
            return f"The {fault['loc'][-1]} field is required."
        case "extra_forbidden":
            return f"The JSON member '{fault['loc'][-1]}' is not known."
        case _:
            return f"The JSON value is not valid: {fault['msg']}"


def _forgiven(fault: ErrorDetails, model: type[Input], data: Any, settings: Settings, strict: bool) -> bool:
    """Whether a fault is one that the service overlooks; if so it is gone from ``data`` now."""
    if fault["type"] == "extra_forbidden":
        holder, name = _holder(data, fault["loc"])
        known = alias_of(model, fault["loc"]) if settings.member_case == "ignored" else None
        if known is not None and known not in holder:
            holder[known] = holder.pop(name)
            return True
        if settings.unknown_members == "ignored" and not strict:
            del holder[name]
            return True
    if fault["type"] == "timezone_aware" and settings.dates_without_zone == "utc":
        holder, name = _holder(data, fault["loc"])
        holder[name] += "Z"
        return True
    return False


def _holder(data: Any, location: tuple[int | str, ...]) -> tuple[Any, int | str]:
    for step in location[:-1]:
        data = data[step]
    return data, location[-1]
