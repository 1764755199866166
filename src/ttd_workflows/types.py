"""Small types of the documented interface."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, TypeVar, final

T = TypeVar("T")


@final
class Unset:
    """The type of :data:`UNSET`: there is one such value, and it is false."""

    _only: Unset | None = None

    def __new__(cls) -> Unset:  # noqa: D102 - there is one value, always the same
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> tuple[type[Unset], tuple[()]]:
        return Unset, ()


UNSET: Final = Unset()
"""Not given at all, as against ``None``."""

Nullable: TypeAlias = T | None
OptionalNullable: TypeAlias = T | Unset | None
