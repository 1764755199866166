"""mypy --strict and pyright accept the uses of ``api.py`` and report each wrong one of ``wrong.py``.

Run by ``make check``, which installs the checkers; ``make test`` does without them.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def mypy(file: Path) -> set[int]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--show-error-codes", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={"MYPYPATH": str(ROOT / "src"), "PATH": ""},
        cwd=ROOT,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return {int(line) for line in re.findall(rf"{file.name}:(\d+): error", done.stdout)}


def pyright(file: Path) -> set[int]:
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, str(file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    return {
        found["range"]["start"]["line"] + 1
        for found in report["generalDiagnostics"]
        if found["severity"] == "error" and found["file"].endswith(file.name)
    }


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_uses_as_a_user_would_write_them_are_accepted(checker):
    assert checker(HERE / "api.py") == set()


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_each_wrong_use_is_reported_and_nothing_else(checker):
    lines = (HERE / "wrong.py").read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if "  # wrong" in line}
    assert checker(HERE / "wrong.py") == wrong
