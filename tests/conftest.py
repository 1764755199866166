"""What all tests share: the order of the directories, quick ones first. Within each, the order stays random."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ORDER = (
    "unit",
    "surface",
    "contract",
    "meta",
    "results",
    "sheets",
    "emulator",
    "downloads",
    "jobs",
    "cli",
    "docs",
    "server",
    "witness",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)  # stable: what was shuffled within a directory stays shuffled


def _place(item: pytest.Item) -> int:
    directory = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
    return ORDER.index(directory) if directory in ORDER else len(ORDER) - 1
