"""The notebook runs from top to bottom, shows what it is stored with, and says nothing of where it ran."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest
from docs_pages import ROOT

NOTEBOOKS = ROOT / "docs" / "notebooks"


@pytest.mark.skipif(find_spec("nbclient") is None, reason="nbclient is not installed; make docs has it")
def test_it_runs_and_shows_what_it_is_stored_with():
    done = subprocess.run(
        [sys.executable, NOTEBOOKS / "renew.py", "--check"], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_it_shows_progress_and_ends_in_a_plot():
    cells = json.loads((NOTEBOOKS / "pull.ipynb").read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    progress = "".join("".join(output["text"]) for output in outputs if output.get("name") == "stderr")
    assert re.search(r"Job \d+ +100 %  Success", progress)
    assert "image/svg+xml" in outputs[-1]["data"]


def test_it_says_nothing_of_the_machine():
    text = (NOTEBOOKS / "pull.ipynb").read_text("utf-8")
    assert not re.search(r"/home/|/root/|/tmp/|/Users/|site-packages|ipykernel_\d", text)
