"""The numbers and words of a fault: what each may be, and what is said about one that may not."""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from math import inf, isfinite
from typing import Any


class WrongFault(ValueError):
    """A rule that cannot be; ``name`` is the member that is wrong, empty if it is the whole."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class Kind:
    """What a parameter may be."""

    called: str
    holds: Callable[[Any], bool]


def whole(least: float, most: float = inf) -> Kind:
    """A whole number."""
    span = _span(least, most)
    return Kind(f"a whole number{span}", lambda value: _is_whole(value) and least <= value <= most)


def number(least: float, most: float = inf) -> Kind:
    """A number."""
    return Kind(f"a number{_span(least, most)}", lambda value: _is_finite(value) and least <= value <= most)


def _is_field_text(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


YES = Kind("true", lambda value: value is True)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
FIELD_TEXT = Kind("a text of printable ASCII", _is_field_text)
SECONDS_OR_TEXT = Kind(
    "seconds, or a text to be sent as it is, such as an HTTP-date",
    lambda value: (_is_finite(value) and value >= 0) or _is_field_text(value),
)
ANYTHING = Kind("text, or what JSON can say", lambda _: True)


def takes(kind: Kind, meaning: str, **default: Any) -> Any:
    """A parameter: a field of a dataclass. Without a ``default`` it must be given."""
    return field(metadata={"kind": kind, "meaning": meaning}, **default)


def checked(holder: type, name: str, value: Any) -> Any:
    """The value of a parameter, if it is what it may be."""
    kind: Kind = next(one for one in fields(holder) if one.name == name).metadata["kind"]
    if not kind.holds(value):
        raise WrongFault(name, f"{name} must be {kind.called}, not {value!r}")
    return value


def described(parameter: Field[Any]) -> dict[str, Any]:
    """A parameter as JSON tells it."""
    needed = parameter.default is MISSING
    return {
        "name": parameter.name,
        "type": parameter.metadata["kind"].called,
        "required": needed,
        "default": None if needed else parameter.default,
        "meaning": parameter.metadata["meaning"],
    }


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and isfinite(value))


def _span(least: float, most: float) -> str:
    if least == -inf:
        return ""
    return f" of {least} or more" if most == inf else f" from {least} to {most}"
