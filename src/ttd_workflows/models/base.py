"""What every model is made of: names on the wire, absent against null, open words, editions.

* Members are written in Python's spelling and in the wire's; both are accepted.
* A member that was never given is absent on the wire. ``None`` is ``null`` where the schema allows null and absent
  where it does not (:data:`Omittable`).
* Answers keep members they do not know and words that are not listed. Requests refuse both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.types import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo

T = TypeVar("T")


class NotNull:
    """Marks a member that may be left out but is never ``null`` on the wire."""


class Only(NamedTuple):
    """Marks a member that one edition has and the other lacks."""

    edition: str
    required: bool = False
    """Whether that edition requires the member."""


Omittable = Annotated[T | None, NotNull, Field(exclude_if=lambda value: value is None)]
"""A member that is left out when it is ``None``: the schema has it optional, but not nullable."""


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("number_expected", "a number is expected here, not {value}", {"value": str(value)})
    return value


def _no_timestamp(value: object) -> object:
    if isinstance(value, (int, float)):
        raise PydanticCustomError("date_expected", "a date and time is expected here, not a number")
    return value


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError(
            "timezone_aware", "this date has no time zone; say which: datetime(…, tzinfo=timezone.utc) or '…Z'"
        )
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("date_out_of_range", "this date is outside the calendar in UTC") from None


Integer = Annotated[int, BeforeValidator(_no_bool)]
Number = Annotated[float, BeforeValidator(_no_bool)]
NonEmpty = Annotated[str, Field(min_length=1)]
UtcDatetime = Annotated[datetime, BeforeValidator(_no_timestamp), AfterValidator(_in_utc)]
"""A date with a time zone, sent in UTC: the members' names end in ``Utc`` and the service reads them so."""


class OpenEnum(StrEnum):
    """Words of the service, of which a later edition may have more."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    @property
    def known(self) -> bool:
        """Whether the word is one of those listed in this version."""
        return self._value_ in type(self)._value2member_map_


class Model(BaseModel):
    """The base of every schema: camelCase on the wire, snake_case in Python."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        allow_inf_nan=False,
        defer_build=True,
        protected_namespaces=(),
    )
    edition: ClassVar[str | None] = None
    """The one edition that has this schema; ``None`` when both do."""

    def __init_subclass__(cls, *, only: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.edition = only


class Answer(Model):
    """What the service says. Members this version does not know are kept in ``model_extra``."""

    model_config = ConfigDict(extra="allow")
    __slots__ = ("_exchange",)

    identity: ClassVar[tuple[str, ...]] = ()
    """Where the id stands that a creating call must not lose."""

    @property
    def http_meta(self) -> HTTPMetadata:
        """The request and the response this answer came by; neither holds the body."""
        request, response = getattr(self, "_exchange", (None, None))
        return HTTPMetadata(request=request, response=response)


class HTTPMetadata(Model):
    """The request that was sent, its secrets masked, and the response to it."""

    request: Any = None
    response: Any = None


class Input(Model):
    """What is sent to the service. Misspelt members and unlisted words are refused, with the nearest one."""

    model_config = ConfigDict(extra="forbid")

    if not TYPE_CHECKING:  # a type checker derives the constructor from the members

        def __init__(self, /, **members: Any) -> None:
            try:
                super().__init__(**members)
            except ValidationError as error:
                problem = refusal(type(self), error)
            else:
                return
            raise problem

        # Told apart from a constructor with a mind of its own, which pydantic would call for nested models too.
        __init__.__pydantic_base_init__ = True

    @model_validator(mode="before")
    @classmethod
    def _take_members_of(cls, value: Any) -> Any:
        """Leave out what is ``UNSET``; a model that is called differently in another edition counts by its members."""
        if isinstance(value, Model) and not isinstance(value, cls):
            return given(value)
        if isinstance(value, dict) and any(member is UNSET for member in value.values()):
            return {name: member for name, member in value.items() if member is not UNSET}
        return value

    @field_validator("*")
    @classmethod
    def _only_listed_words(cls, value: Any) -> Any:
        for word in value if isinstance(value, list) else (value,):
            if isinstance(word, list):
                cls._only_listed_words(word)
            elif isinstance(word, OpenEnum) and not word.known:
                raise PydanticCustomError("enum", "{reason}", {"reason": _unlisted(word)})
        return value

    def wire(self) -> bytes:
        """The JSON that is sent: wire names, given members only."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()


def given(value: Any) -> Any:
    """The members that were given, as plain dicts and lists: what a model says, whatever was assigned to it since."""
    if isinstance(value, Model):
        members = {name: getattr(value, name) for name in value.model_fields_set}
        return {name: given(member) for name, member in members.items() if member is not UNSET}
    if isinstance(value, dict):
        return {name: given(member) for name, member in value.items() if member is not UNSET}
    return [given(item) for item in value] if isinstance(value, list) else value


def beyond_edition(value: Any, edition: str, path: str = "") -> Iterator[Fault]:
    """What in ``value`` the edition does not have, and what is left out though the edition requires it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from beyond_edition(item, edition, f"{path}[{index}]")
    if not isinstance(value, Model):
        return
    for name, field in type(value).model_fields.items():
        here = f"{path}.{name}" if path else name
        mark = next((m for m in field.metadata if isinstance(m, Only)), None)
        given = name in value.model_fields_set
        if mark and given and mark.edition != edition:
            yield Fault(here, f"edition {edition} does not have it, only {mark.edition} does")
        elif mark and mark.required and mark.edition == edition and getattr(value, name) is None:
            yield Fault(here, f"edition {edition} requires it")
        elif given:
            yield from beyond_edition(getattr(value, name), edition, here)


def refusal(model: type[Model], error: ValidationError) -> InputError:
    """Say where each fault of an input stands, what is wrong and what would be right."""
    faults = [
        Fault(_path(fault["loc"]), _explain(model, fault["loc"], fault["type"], fault["msg"]))
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return InputError.of(model.__name__, faults)


def _path(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return text.removeprefix(".")


def _explain(model: type[Model], location: tuple[int | str, ...], kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return _no_such_member(str(location[-1]), _member_names(model, location[:-1]))
        case "missing":
            return "this member is required"
        case "finite_number":
            return "NaN and infinity cannot be sent; leave the member out, or give None to clear it"
        case _:
            return message.replace("Input should", "this should", 1)


def _no_such_member(name: str, members: list[str]) -> str:
    if name in members or any(to_camel(member) == name for member in members):
        return "this member is given twice, in Python's and in the wire's spelling"
    return "there is no such member" + did_you_mean(name, members)


def _unlisted(word: OpenEnum) -> str:
    words = [str(member) for member in type(word)]
    nearest = did_you_mean(word, words)
    return f"there is no {type(word).__name__} {str(word)!r}" + (nearest or f"; it is one of {', '.join(words)}")


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The end of a message about a misspelt word: the nearest of those that there are, if one is near."""
    by_folded = {known.lower(): known for known in words}
    near = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.5)
    return f"; did you mean {by_folded[near[0]]}?" if near else ""


def _member_names(model: type[Model], location: tuple[int | str, ...]) -> list[str]:
    """The members at ``location`` below ``model``, found by following the annotations."""
    for step in location:
        if isinstance(step, int):
            continue
        field = next((f for name, f in model.model_fields.items() if step in {name, f.alias}), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next((m for arg in getattr(annotation, "__args__", ()) if (m := _model_in(arg))), None)


def is_nullable(field: FieldInfo) -> bool:
    """Whether the schema lets this member be ``null``."""
    return type(None) in getattr(field.annotation, "__args__", ()) and NotNull not in field.metadata
