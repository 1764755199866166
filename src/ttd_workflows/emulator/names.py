"""The names of what an emulator is asked for: operations as the client spells them, and downloads."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

DOWNLOAD = "download"
"""Fetching a result from its address."""
CALLBACK = "callback"
"""What the emulator sends when a job has ended."""


@cache
def operations() -> tuple[str, ...]:
    """Every operation as ``resource.method``, and downloads."""
    from ttd_workflows.emulator.handlers.serving import SERVED

    return (*(str(served.operation) for served in SERVED), DOWNLOAD)


def full_name(word: str, known: Iterable[str] = ()) -> str:
    """The one name that ``word`` means: itself, or the name that ends in it. ``known`` are names beyond operations."""
    names = (*operations(), *known)
    if word in names:
        return word
    meant = [name for name in names if name.rpartition(".")[2] == word]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ValueError(f"{word!r} may be {' or '.join(meant)}")
    raise ValueError(f"there is no operation {word!r}{nearest(word, names)}")


def nearest(word: object, known: Iterable[str]) -> str:
    """The end of a message about a word that is not known: the nearest that is, or all."""
    words = list(known)
    bare = {name.rpartition(".")[2]: name for name in words}
    near = get_close_matches(str(word), [*words, *bare], n=1)
    if near:
        return f"; did you mean {bare.get(near[0], near[0])}?"
    return f"; there are {', '.join(words)}" if words else ""
