"""Record a real run of ``ttdw demo`` as ``demo.svg``: ``python docs/pictures/demo.py``, in the root of the repository.

The command runs on a terminal of its own (a pty), and what it leaves on that terminal is drawn by rich.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 100
COMMAND = (".venv/bin/ttdw", "demo")
_STEP = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|\x1b\[\?\d+[hl]|(\r?\n)|(\r)|([^\x1b\r\n]+)")
_FONTS = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)


def recorded(command: tuple[str, ...]) -> str:
    """Everything that a command writes to its terminal."""
    ours, its = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, cwd=ROOT, stdin=its, stdout=its, stderr=its, env=environment) as process:  # noqa: S603
        os.close(its)
        written = b""
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other side is closed: the command has ended
        return b""


def left_on_screen(written: str) -> list[str]:
    """The lines that stand at the end, colours included: what was erased or written over is gone."""
    lines, row = [""], 0
    for count, code, newline, back, text in (step.groups() for step in _STEP.finditer(written)):
        if code == "A":
            row = max(row - int(count or 1), 0)
        elif code == "K" or back:
            lines[row] = ""
        elif code == "m":
            lines[row] += f"\x1b[{count}m"
        elif newline:
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif text:
            lines[row] += text
    return lines


def main() -> int:
    """Record, draw, and leave nothing in the picture that would be fetched from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
    console.print(Text("$ make demo", style="bold"))
    for line in left_on_screen(recorded(COMMAND)):
        console.print(Text.from_ansi(line), overflow="crop", no_wrap=True)
    picture = console.export_svg(title="ttdw demo", theme=DIMMED_MONOKAI, unique_id="demo")
    picture = _FONTS.sub("\n", picture).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    (ROOT / "docs" / "pictures" / "demo.svg").write_text(picture, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
