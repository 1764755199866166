"""A third-party result of any size, written without being held: what the service's default query shape gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = 1000
PROVIDERS = ("bluekai", "liveramp", "experian", "lotame")


def write(path: Path, rows: int, *, nested: bool = False) -> None:
    """Write a document with so many rows, about 470 bytes each; ``nested`` rows hold a connection of their own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write('{"data":{"partner":{"thirdPartyData":{"nodes":[')
        for start in range(0, rows, AT_ONCE):
            batch = [row(number, nested=nested) for number in range(start, min(rows, start + AT_ONCE))]
            text = json.dumps(batch, ensure_ascii=False, separators=(",", ":"))
            file.write(("," if start else "") + text[1:-1])
        file.write("]}}}}")


def row(number: int, *, nested: bool) -> dict[str, Any]:
    """One segment."""
    provider = PROVIDERS[number % len(PROVIDERS)]
    below = [{"id": f"{number}-{place}", "cpm": place / 4} for place in range(number % 4)]
    return {
        "id": f"{1_000_000 + number}|{provider}",
        "name": f'Segment "é" {number} In-Market',
        "providerId": provider,
        "providerElementId": f"0{1_000_000 + number}",
        "description": f"People seen as intenders number {number}, in the market.",
        "buyable": number % 9 != 4,  # noqa: PLR2004 - some are not
        **({"dataRates": {"nodes": below}} if nested else {}),
        "fullPath": f"{provider} > Auto > In Market > {number}",
        "activeUniques": _uniques(number),
    }


def _uniques(number: int) -> dict[str, Any] | None:
    if number % 17 == 5:  # noqa: PLR2004 - some have none
        return None
    return {
        "householdCount": number * 7_919 % 90_000_000,
        "idsConnectedTvCount": number * 104_729 % 90_000_000,
        "idsInAppCount": number * 1_299_709 % 9_000_000_000,
        "idsWebCount": number * 15_485_863 % 90_000_000,
        "personsCount": number * 32_452_843 % 90_000_000,
        "thirdPartyDataOverlapCount": None if number % 7 == 0 else number % 5_000_000,
        "lastUpdated": f"2026-01-{number % 28 + 1:02d}T{number % 24:02d}:00:00.123Z",
    }
