"""The lock holds what ``pyproject.toml`` asks for, and nothing that names a machine or an index."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

import pytest
from docs_pages import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
GROUPS = PROJECT["dependency-groups"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
NEEDED = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
RUN = [*NEEDED, *EXTRAS["cli"], *EXTRAS["emulator"]]
TEST = [*NEEDED, *chain(*EXTRAS.values()), *GROUPS["test"]]
WANTED = {"run": RUN, "test": TEST} | {name: [*TEST, *GROUPS[name]] for name in ("check", "docs", "browser")}


def _locked(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert len(re.findall(r"^[^\s-]", text, re.MULTILINE)) == len(
        re.findall(r"^\S+==.* \\\n    --hash=sha256:", text, re.MULTILINE)
    )
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", WANTED)
def test_what_is_asked_for_is_locked(name):
    locked = _locked(name)
    for requirement in map(Requirement, WANTED[name]):
        if requirement.name != PROJECT["project"]["name"]:
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_a_package_has_one_version():
    together = _locked("all").items()
    for name in WANTED:
        assert _locked(name).items() <= together


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").iterdir()), ids=lambda file: file.name)
def test_no_index_and_no_machine_is_named(file):
    assert not re.search(r"://|^-|^\s*#.*/|file:", file.read_text("utf-8"), re.MULTILINE)
