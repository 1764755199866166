"""The tests that pages show, each in a file that the page names, are run as pytest finds them in a reader's folder."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from docs_pages import ROOT, blocks

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "testing.md", DOCS / "emulator" / "wishes.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tests_of_a_page_pass(page, tmp_path):
    for _, _, name, text in (block for block in blocks(page) if block[2]):
        (tmp_path / name).write_text(text, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WORKFLOWS_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "ttdw", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
        env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
