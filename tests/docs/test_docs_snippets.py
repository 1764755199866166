"""Every snippet of the documentation runs, and prints what the page says it prints."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml
from docs_pages import ROOT, WALKED, languages, snippets
from docs_running import DOCUMENTED_ADDRESS, pattern, preamble

from ttd_workflows.emulator import Emulator

if TYPE_CHECKING:
    from pathlib import Path

    from docs_pages import Snippet

RUN = {"ttdw", "export"}
"""Lines of shell that begin so are run."""
NOT_RUN = {"make", "pip", "git", "cd", "python", "uv", "TTDW_WITNESS_DIR=~/witness"}
"""Lines of shell that begin so change the reader's machine, or run these tests; their words are checked elsewhere."""


def test_every_language_is_one_that_is_checked():
    """``py`` are the cells of the notebook, which has a test of its own."""
    assert languages() <= {"python", "py", "sh", "text", "csv", "yaml", "toml", "graphql"}


@pytest.mark.parametrize("snippet", snippets("toml"), ids=str)
def test_toml(snippet):
    assert tomllib.loads(snippet.code)


_STARTS = re.compile(r"ttdw emulator(?: +-|$)")
"""A line that starts an emulator; others of that command ask one that runs."""
APART = [snippet for language in ("python", "sh") for snippet in snippets(language) if snippet.page not in WALKED]
"""Those that stand for themselves; pages that are walked from top to bottom have a test of their own."""


@pytest.mark.parametrize("snippet", snippets("yaml"), ids=str)
def test_yaml(snippet):
    assert isinstance(yaml.safe_load(snippet.code), dict)


@pytest.mark.parametrize("snippet", [each for each in APART if each.language == "python"], ids=str)
def test_python(snippet, environment, emulator, tmp_path):
    file = tmp_path / "snippet.py"
    file.write_text(snippet.code, "utf-8")
    _lay_out(snippet, tmp_path)
    run = f"{preamble(emulator)}; import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", run, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    _check(snippet, done.stdout, tmp_path)


@pytest.mark.parametrize("snippet", [each for each in APART if each.language == "sh"], ids=str)
def test_shell(snippet, environment, emulator, running, tmp_path):
    _lay_out(snippet, tmp_path)
    lines = [line for line in snippet.code.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        assert line.split()[0] in RUN | NOT_RUN, line
    runnable = [line for line in lines if line.split()[0] in RUN]
    origin = emulator.url.removesuffix("/workflows")
    said = ""
    for line in runnable:
        if _STARTS.match(line):
            _emulator(line, environment)
        elif line.startswith("ttdw emulator"):
            said += _shell(f"{line} --url {running.url}", environment, tmp_path)
        else:
            said += _shell(line.replace(DOCUMENTED_ADDRESS, origin), environment, tmp_path)
    _check(snippet, said, tmp_path)


def _lay_out(snippet: Snippet, folder: Path) -> None:
    """The files that a snippet finds."""
    for name, text in snippet.finds:
        (folder / name).write_text(text, "utf-8")


def _check(snippet: Snippet, said: str, folder: Path) -> None:
    """A snippet printed what the page says, and left the files that the page shows."""
    if snippet.output is not None:
        assert re.fullmatch(pattern(snippet.output), said, re.DOTALL), said
    for name, text in snippet.leaves:
        left = (folder / name).read_text("utf-8")
        assert re.fullmatch(pattern(text), left, re.DOTALL), left


@pytest.fixture
def running():
    """An emulator of the snippet's own, for commands that change one."""
    with Emulator(in_process=True) as emulator:
        yield emulator


def _shell(line: str, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=False, timeout=60, env=environment, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _emulator(line: str, environment: dict[str, str]) -> None:
    """A service runs until it is stopped; the tests' one takes a free port."""
    command = f"exec {re.sub(r'--port +[0-9]+', '', line)} --port 0"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True, env=environment) as process:
        address = process.stdout.readline().split()[-1]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/workflows", address)
    assert process.returncode == 0


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        word
        for snippet in snippets("sh")
        for line in snippet.code.splitlines()
        if line.startswith("make ")
        for word in line.split("#")[0].split()[1:]
        if "=" not in word and not word.startswith("-")
    }
    assert named <= targets
    assert {"demo", "test"} <= named


def test_the_readme_has_the_documented_snippet_to_the_letter():
    documented = (
        "import os\n"
        "from ttd_workflows import Workflows\n"
        "\n"
        "with Workflows(\n"
        '    ttd_auth=os.getenv("WORKFLOWS_TTD_AUTH", ""),\n'
        ") as workflows:\n"
        "    res = workflows.job_status.get_job_status(id=412651)\n"
        "    print(res)\n"
    )
    assert documented in [snippet.code for snippet in snippets("python") if snippet.page.name == "README.md"]
