"""How the documentation's snippets are run: as they stand, but against the tests' emulator."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from ttd_workflows.emulator import Emulator

if TYPE_CHECKING:
    from pathlib import Path

    from docs_pages import Snippet

DOCUMENTED_ADDRESS = "http://127.0.0.1:8917"
RUN = {"ttdw", "export"}
"""Lines of shell that begin so are run."""
NOT_RUN = {"make", "pip", "git", "cd", "mkdir", "python", "uv", "TTDW_WITNESS_DIR=~/witness"}
"""Lines of shell that begin so change the reader's machine, or run these tests; their words are checked elsewhere."""
_STARTS = re.compile(r"ttdw emulator(?: +-|$)")
"""A line that starts an emulator; others of that command ask one that runs."""


def pattern(output: str) -> str:
    """The output as the page has it; an ellipsis stands for what differs from run to run."""
    return re.escape(output).replace("…", ".*?")


def preamble(emulator: Emulator) -> str:
    """Python that makes ``server="emulator"`` mean the tests' emulator: the documented port may be in use."""
    return f"import ttd_workflows.identity as i; i.SERVERS['emulator'] = {emulator.url!r}"


def follow(snippet: Snippet, folder: Path, environment: dict[str, str], emulator: Emulator) -> None:
    """Run a snippet in a folder of its own: it prints what the page says, and leaves the files that the page shows."""
    for name, text in snippet.finds:
        (folder / name).write_text(text, "utf-8")
    own = {**environment, "WORKFLOWS_LEDGER": str(folder / "ledger.sqlite3")}
    said = (_python if snippet.language == "python" else _shell)(snippet.code, folder, own, emulator)
    if snippet.output is not None:
        assert re.fullmatch(pattern(snippet.output), said, re.DOTALL), said
    for name, text in snippet.leaves:
        left = (folder / name).read_text("utf-8")
        assert re.fullmatch(pattern(text), left, re.DOTALL), left


def _python(code: str, folder: Path, environment: dict[str, str], emulator: Emulator) -> str:
    file = folder / "snippet.py"
    file.write_text(code, "utf-8")
    run = f"{preamble(emulator)}; import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
    done = _done([sys.executable, "-c", run, str(file)], folder, environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _shell(code: str, folder: Path, environment: dict[str, str], emulator: Emulator) -> str:
    lines = [line for line in code.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        assert line.split()[0] in RUN | NOT_RUN, line
    origin = emulator.url.removesuffix("/workflows")
    said = ""
    with Emulator(in_process=True) as changed:  # for lines that change one
        for line in (each for each in lines if each.split()[0] in RUN):
            if _STARTS.match(line):
                _start(line, environment)
                continue
            asks = line.startswith("ttdw emulator")
            typed = f"{line} --url {changed.url}" if asks else line.replace(DOCUMENTED_ADDRESS, origin)
            done = _done(["sh", "-c", typed], folder, environment)
            assert done.returncode == 0, done.stderr
            said += done.stdout
    return said


def _done(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder, env=environment)


def _start(line: str, environment: dict[str, str]) -> None:
    """A service runs until it is stopped; the tests' one takes a free port."""
    command = f"exec {re.sub(r'--port +[0-9]+', '', line)} --port 0"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True, env=environment) as process:
        address = process.stdout.readline().split()[-1]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/workflows", address)
    assert process.returncode == 0
