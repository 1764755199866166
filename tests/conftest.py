"""What all tests share: the order of the directories, quick ones first. Within each, the order stays random."""

from __future__ import annotations

import os
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
    "testing",
    "downloads",
    "jobs",
    "cli",
    "docs",
    "server",
    "browser",
    "witness",
)


def pytest_configure() -> None:
    """What is kept on this machine, for its user, is nothing that tests may read."""
    os.environ["WORKFLOWS_PROFILES"] = os.devnull + "/profiles"
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ.pop("WORKFLOWS_PROFILE", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)  # stable: what was shuffled within a directory stays shuffled


def _place(item: pytest.Item) -> int:
    directory = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
    return ORDER.index(directory) if directory in ORDER else len(ORDER) - 1
