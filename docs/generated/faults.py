"""The kinds of faults as a table, from the effects themselves."""

from __future__ import annotations

from typing import Any

from ttd_workflows.emulator.faults.kinds import descriptions
from ttd_workflows.emulator.faults.rules import frequencies

_KINDS = "| kind | what happens | its value | further |\n| --- | --- | --- | --- |\n"
_FREQUENCIES = "| word | which requests | may be |\n| --- | --- | --- |\n"


def kinds() -> str:
    """A row for each kind."""
    return _KINDS + "".join(_row(kind) for kind in descriptions())


def often() -> str:
    """A row for each word that says how often."""
    return _FREQUENCIES + "".join(f"| `{one['name']}` | {one['meaning']} | {one['type']} |\n" for one in frequencies())


def _row(kind: dict[str, Any]) -> str:
    main, *further = kind["parameters"]
    where = f" Only to `{kind['only']}`." if kind["only"] else ""
    value = main["type"] + (f": {main['meaning']}" if main["meaning"] else "")
    more = "; ".join(f"`{one['name']}`: {one['meaning']}" for one in further)
    return f"| `{kind['kind']}` | {kind['meaning']}{where} | {value} | {more} |\n"
