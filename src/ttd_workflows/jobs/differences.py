"""How two submissions under one key differ, said by their members."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ttd_workflows.errors import KeyReused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.jobs.ledger import Claim, Entry


def key_reused(entry: Entry, claim: Claim) -> KeyReused:
    """Say in which members two bodies under one key differ."""
    before, now = json.loads(entry.body), json.loads(claim.body)
    if entry.operation != claim.operation:
        difference = f"then {entry.operation}, now {claim.operation}"
    else:
        difference = "; ".join(_differences(before, now)) or "there are other inputs, or they are split otherwise"
    return KeyReused(
        f"the key {claim.key!r} stands for another submission already: {difference}. "
        "Give another key, or the input that it stands for."
    )


def _differences(before: Any, now: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in sorted(before.keys() | now.keys()):
            yield from _differences(before.get(name), now.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, (old, new) in enumerate(zip(before, now, strict=True)):
            yield from _differences(old, new, f"{path}[{index}]")
    elif before != now:
        yield f"{path or 'body'} was {_short(before)}, is {_short(now)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line's width
