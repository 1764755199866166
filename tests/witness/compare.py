"""Compare what two clients sent for the same call, and explain the differences that are meant to be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .clients import Call
    from .contract import Contract
    from .recorder import Recorded


@dataclass(frozen=True)
class Difference:
    """One place in which the requests for a call differ."""

    call: Call
    where: str
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        shown = {"ours": _short(self.ours), "official": _short(self.theirs), "input": _short(self.call.arguments, 2000)}
        lines = [f"call {self.call.n}, {self.call.attribute}.{self.call.method}: {self.where}"]
        return "\n".join(lines + [f"    {name:8} {text}" for name, text in shown.items()])


_RESERVED = set("/?#%")
"""Characters that end or part a path, or begin an escape, where they stand unquoted."""


@dataclass(frozen=True)
class Explanation:
    """A difference that is meant to be: the official SDK's defect it comes from, and how to recognise it."""

    defect: str
    ours: str
    explains: Callable[[Contract, Difference], bool]


def _quoted_id(contract: Contract, difference: Difference) -> bool:
    """Our path is exactly the template with the quoted id, and the id has something to quote."""
    identifier = difference.call.arguments.get("id")
    if difference.where not in {"path", "query"} or not isinstance(identifier, str):
        return False
    if not _RESERVED & set(identifier):
        return False
    if difference.where == "query":  # what the official SDK cut off at a question mark
        return "?" in identifier and difference.ours == []
    template = contract.operation(difference.call.operation).path
    expected = ["", "workflows", *(identifier if step == "{id}" else step for step in template.split("/")[1:])]
    return bool(difference.ours == expected)


def _in_utc(contract: Contract, difference: Difference) -> bool:
    """Both name the same instant, the official SDK with an offset, we in UTC."""
    del contract
    if not (isinstance(difference.ours, str) and isinstance(difference.theirs, str)):
        return False
    try:
        ours, theirs = datetime.fromisoformat(difference.ours), datetime.fromisoformat(difference.theirs)
    except ValueError:
        return False
    return ours == theirs and difference.ours.endswith("Z") and theirs.utcoffset() not in {None, timedelta(0)}


EXPLAINED = (
    Explanation(
        'id="../campaign/archive" leads to GET /campaign/archive; ids are not quoted, ? and # cut',
        "string ids are percent-quoted",
        _quoted_id,
    ),
    Explanation(
        "a date with the offset +05:00 is sent as it is in a field named …InUtc",
        "a date with an offset is sent in UTC, the same instant",
        _in_utc,
    ),
)
"""The only differences there may be. Each row is one of the official SDK's measured defects."""


@dataclass
class Comparison:
    """What comparing the requests of many calls came to."""

    contract: Contract
    compared: Counter[str] = field(default_factory=Counter)
    identical: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[Difference] = field(default_factory=list)

    def add(self, call: Call, ours: Sequence[Recorded], theirs: Sequence[Recorded]) -> None:
        """Compare what was sent for one call."""
        self.compared[call.operation] += 1
        differences = list(differing(call, ours, theirs))
        self.identical += not differences
        reasons = set()
        for difference in differences:
            reason = next((row for row in EXPLAINED if row.explains(self.contract, difference)), None)
            if reason:
                reasons.add(f"{reason.defect} (ours: {reason.ours})")
            else:
                self.unexplained.append(difference)
        self.explained.update(reasons)

    def __str__(self) -> str:
        compared = f"{self.compared.total()} calls over {len(self.compared)} operations"
        lines = [
            f"requests, edition {self.contract.edition}: {compared} compared, {self.identical} sent identically",
            *(f"  {count} explained: {reason}" for reason, count in sorted(self.explained.items())),
            f"  {len(self.unexplained)} differences unexplained",
        ]
        return "\n".join(lines)


def differing(call: Call, ours: Sequence[Recorded], theirs: Sequence[Recorded]) -> Iterator[Difference]:
    """In what the requests for one call differ."""
    if len(ours) != 1 or len(theirs) != 1:
        yield Difference(call, "number of requests", len(ours), len(theirs))
        return
    mine, other = ours[0], theirs[0]
    for where, a, b in (
        ("method", mine.method, other.method),
        ("path", mine.segments, other.segments),
        ("query", mine.query, other.query),
        ("content type", mine.media_type, other.media_type),
        ("token", mine.headers.get("ttd-auth"), other.headers.get("ttd-auth")),
    ):
        if a != b:
            yield Difference(call, where, a, b)
    yield from unlike(call, "body", mine.json(), other.json())


def unlike(call: Call, where: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    """In what two JSON values differ. ``1`` and ``1.0`` are one number; ``1`` and ``true`` are not the same."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for name in ours:
            yield from unlike(call, f"{where}.{name}", ours[name], theirs[name])
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            yield from unlike(call, f"{where}[{index}]", a, b)
    elif isinstance(ours, bool) is not isinstance(theirs, bool) or ours != theirs:
        yield Difference(call, where, ours, theirs)


def _short(value: Any, limit: int = 300) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
