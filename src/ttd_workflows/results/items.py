"""The results of a bulk create or update by input, so that a spreadsheet's row 17 learns what became of it.

The service does not document what such a result looks like. What is read here is the form that is inferred of it: an
array with an element for each input, in order: ``{"index", "campaign" | "adGroup", "adGroups"?, "errors"}``. Anything
else is refused rather than guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from ttd_workflows.results.errors import NoData, UnknownResultShape
from ttd_workflows.results.rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ttd_workflows.results.window import Source

_SUBJECTS = ("campaign", "adGroup")
_MEMBERS = {"index", "adGroups", "errors", *_SUBJECTS}
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one input."""

    index: int
    """The input's place among all inputs, counted from 0."""
    input: Any
    """The input as it was given; ``None`` where inputs were not given."""
    entity: dict[str, Any] | None
    """The campaign or ad group; ``None`` where it was refused."""
    errors: tuple[Any, ...] = ()
    """Why it was refused, as the service says it."""
    subject: str = ""
    """``campaign`` or ``adGroup``."""
    ad_groups: tuple[dict[str, Any], ...] = field(default=())
    """The ad groups that were created with a campaign."""

    @property
    def ok(self) -> bool:
        """Whether it went well."""
        return self.entity is not None and not self.errors

    @property
    def message(self) -> str:
        """The errors in words, one after the other."""
        return "; ".join(_worded(error) for error in self.errors)


def items(source: Source, inputs: Iterable[Any] | None = None, *, start: int = 0) -> Iterator[Item]:
    """What became of each input, in order.

    Args:
        source: The result: the path of a file, an open file, bytes or text.
        inputs: What was sent, in order; each item then has its own.
        start: The place of the job's first input among all, where many inputs were split into several jobs.

    Raises:
        UnknownResultShape: The result is not in the form that is known, or not about these inputs. ``rows(path=…)``
            goes on reading it.
    """
    return _items(source, inputs, start)


def _items(source: Source, inputs: Iterable[Any] | None, start: int) -> Iterator[Item]:
    elements = rows(source, path=())
    try:
        if inputs is None:
            pairs: Iterable[tuple[Any, Any]] = ((element, None) for element in elements)
        else:
            pairs = zip_longest(elements, inputs, fillvalue=_NOTHING)
        for index, (element, given) in enumerate(pairs):
            yield _item(element, given, index, start)
    except UnknownResultShape as error:
        if error.row is None:
            raise _unknown(f"it is not an array with an element for each input ({error.message})", 0) from None
        raise
    except NoData:
        raise
    finally:
        elements.close()


def _item(element: Any, given: Any, index: int, start: int) -> Item:
    if element is _NOTHING:
        raise _unknown(f"it has {index:,} elements, and there are more inputs", index)
    if given is _NOTHING:
        raise _unknown("it has more elements than there are inputs", index)
    if not isinstance(element, dict) or not element.keys() <= _MEMBERS or not element.keys() & set(_SUBJECTS):
        raise _unknown(_described(element), index)
    if element.get("index", index) != index:
        raise _unknown(f"its element {index:,} says that it is about input {element['index']!r}", index)
    subject = next(name for name in _SUBJECTS if name in element)
    entity, errors, below = element[subject], element.get("errors") or [], element.get("adGroups") or []
    well_formed = (entity is None or isinstance(entity, dict)) and isinstance(errors, list) and isinstance(below, list)
    if not well_formed or (entity is None and not errors):
        raise _unknown(f"its element {index:,} has neither a {subject} nor errors in a form that is known", index)
    return Item(start + index, given, entity, tuple(errors), subject, tuple(below))


def _described(element: Any) -> str:
    if not isinstance(element, dict):
        return f"an element is {type(element).__name__}, not an object"
    return f"an element has the members {', '.join(sorted(map(str, element))) or 'none'}"


def _unknown(what: str, index: int) -> UnknownResultShape:
    error = UnknownResultShape(
        f"The result is not in the form that is known of bulk jobs: {what}. What the job created is not undone by "
        f"this, and the {index:,} items before it stand. The service does not document this form: read the result with "
        "rows(path=…), or save it, and report what it looks like."
    )
    error.row = index + 1
    return error


def _worded(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    path, message = error.get("path") or error.get("field"), error.get("message", error)
    return f"{path}: {message}" if path else str(message)
