"""Holding the token so that it shows itself to nobody who did not ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

MASK = "***"


class Secret:
    """A token that shows itself to nobody but who asks for it by :meth:`reveal`."""

    __slots__ = ("_closure",)

    def __init__(self, value: str) -> None:
        # A closure and no attribute: vars(), pickling and error reporters walk attributes.
        self._closure: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """The token."""
        return self._closure()

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token cannot be pickled; build the client anew where it is needed")


class SecretBytes(bytes):
    """A header's value that sends as it is and shows as a mask, in tracebacks with captured locals too."""

    def __repr__(self) -> str:
        return f"b'{MASK}'"

    __str__ = __repr__
