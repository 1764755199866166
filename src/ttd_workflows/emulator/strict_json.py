"""JSON as strangers write it: what Python's reader lets pass and others do not is refused."""

import json
import re
from math import isfinite
from typing import Any

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""What may be the half of a character: two such escapes together are one."""

_MOST_DIGITS = 300
"""A larger number is none that others can read."""


def loads(text: str) -> Any:
    """The value of a text. Raises ``ValueError`` where it has none that could be written again."""
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("a text in it has half of a surrogate pair") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _no_constant(word: str) -> Any:
    raise ValueError(f"'{word}' is no JSON value")


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is too large")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number
