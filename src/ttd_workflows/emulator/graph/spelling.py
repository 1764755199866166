"""How GraphQL spells things: the words of the Workflows API, ``PaceAhead`` as ``PACE_AHEAD``, and its messages."""

import re
from functools import cache
from typing import overload

from ttd_workflows.models.base import OpenEnum


@overload
def upper_snake(word: str) -> str: ...
@overload
def upper_snake(word: None) -> None: ...
def upper_snake(word: str | None) -> str | None:
    """A word as GraphQL spells it."""
    return word and re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).upper()


def word_of(kind: type[OpenEnum], spelt: str) -> str:
    """The word that GraphQL spells so."""
    return _words(kind).get(spelt, spelt)


def quoted(message: str) -> str:
    """A message of graphql-core with the quotation marks that GraphQL servers in other languages use."""
    return re.sub(r"'([^']*)'", r'"\1"', message)


@cache
def _words(kind: type[OpenEnum]) -> dict[str, str]:
    return {upper_snake(word.value): word.value for word in kind}
