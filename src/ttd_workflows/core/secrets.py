"""Keeping secrets out of what people read: the token, signed URLs, callback headers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

MASK = "***"
_SIGNED_URL = re.compile(r"(https?://[^\s\"'<>?\\]+)\?[^\s\"'<>\\]+")


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


def redact(text: str) -> str:
    """``text`` with the signatures of URLs and the values of callback headers masked, fit for a log."""
    if "callbackHeaders" in text:
        try:
            text = json.dumps(_without_callback_headers(json.loads(text)), ensure_ascii=False)
        except ValueError:
            text = text.partition("callbackHeaders")[0] + f"callbackHeaders…{MASK}"
    return _SIGNED_URL.sub(rf"\1?{MASK}", text)


def _without_callback_headers(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: MASK if key == "callbackHeaders" and item else _without_callback_headers(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_without_callback_headers(item) for item in value]
    return value
