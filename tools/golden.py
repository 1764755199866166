"""Renew what tests/cli/golden has of the commands' help: ``python tools/golden.py``.

A step without an answer (a ``$`` line with nothing below it) is answered too; put ``…`` where it differs each time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from support import sessions  # noqa: E402 - found there


def main() -> None:
    """Write every file anew."""
    for words, _ in sessions.paths():
        file = sessions.file_of(words)
        sections = sessions.read(file) if file.exists() else {}
        with tempfile.TemporaryDirectory() as directory, sessions.place(Path(directory)):
            _answer(words, sections)
        sessions.write(file, sections)


def _answer(words: tuple[str, ...], sections: dict[str, sessions.Section]) -> None:
    asked = " ".join(("ttdw", *words, "--help"))
    rest = {title: section for title, section in sections.items() if title != "help"}
    sections.clear()
    sections["help"] = sessions.Section("help", [sessions.Step(asked, sessions.run(asked))])
    sections.update(rest)
    for section in rest.values():
        for step in section.steps:
            said = sessions.run(step.typed)
            step.said = step.said or said


if __name__ == "__main__":
    main()
