"""``ttdw completion``: what real shells offer, and that asking for it is quick."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ttd_workflows.cli.shells import SHELLS
from ttd_workflows.core.secrets import Secret
from ttd_workflows.jobs.ledger import Claim, Ledger
from ttd_workflows.profiles import shelf
from ttd_workflows.profiles.profile import Profile

HEAVY = {"pydantic", "httpcore2", "httpx2", "rich", "textual", "asyncio", "ssl", "starlette"}
BASH = """
eval "$({program} completion bash)"
COMP_LINE={line}; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=(); COMP_CWORD=0
_ttdw_completion {program} 2>&1
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A ledger with three jobs, and two profiles."""
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    for job in ("standard:412651", "standard:500001", "graphql:2989826"):
        entry = ledger.claim(Claim("https://x/w", "", f"night/{job[-3:]}", "dmp.third", "0.13.2", "{}", "h", "{}"))[1]
        ledger.on_wire(entry)
        ledger.accepted(entry, job)
    ledger.close()
    monkeypatch.setenv("WORKFLOWS_PROFILES", str(tmp_path / "profiles"))
    for name in ("acme", "default"):
        shelf.save(Profile(name, "https://x/w", "file"), Secret("t"))
    return {"WORKFLOWS_LEDGER": str(tmp_path / "ledger.sqlite3"), "WORKFLOWS_PROFILES": str(tmp_path / "profiles")}


@pytest.fixture
def program(tmp_path):
    """The program by its name, as a shell finds it."""
    script = tmp_path / "bin" / "ttdw"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ttd_workflows "$@"\n')
    script.chmod(0o755)
    return script


def run(shell, script, environment, program, place):
    path = f"{program.parent}:{environment['PATH']}"
    done = subprocess.run(
        shell,
        input=script,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**environment, **place, "PATH": path, "HOME": str(program.parent)},
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


CASES = [
    ("ttdw sta", {"status"}),
    ("ttdw status --se", {"--server", "--server-url"}),
    ("ttdw status --server pr", {"prod"}),
    ("ttdw status 41", {"412651"}),
    ("ttdw status gr", {"graphql:2989826"}),
    ("ttdw show night/6", {"night/651"}),
    ("ttdw status --profile a", {"acme"}),
    ("ttdw completion z", {"zsh"}),
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(("line", "offered"), [*CASES, ("ttdw status graphql:29", {"2989826"})])
def test_bash(environment, program, place, line, offered):
    script = BASH.format(program=program, line=f"'{line}'")
    shown = set(run(["bash", "--norc"], script, environment, program, place)) - {""}
    assert shown == offered


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
@pytest.mark.parametrize(("line", "offered"), [*CASES, ("ttdw status graphql:29", {"graphql:2989826"})])
def test_fish(environment, program, place, line, offered):
    script = f"ttdw completion fish | source\ncomplete -C '{line}'\n"
    shown = {text.partition("\t")[0] for text in run(["fish", "--private"], script, environment, program, place)}
    assert offered <= shown
    assert shown <= offered or not offered  # where nothing fits, fish offers files


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
@pytest.mark.parametrize(("line", "offered"), [*CASES[:1], *CASES[4:7]])
def test_zsh(environment, program, place, line, offered):
    """The script is read by zsh, with the functions of its completion played: those need a terminal."""
    words, current = line.split(), len(line.split())
    script = (
        "compdef() { :; }; compadd() { :; }\n"
        "_describe() { local name=${@[-2]}; [[ $1 == -V ]] && name=$3; print -l -- ${(P)name}; }\n"
        'eval "$(ttdw completion zsh)"\n'
        f"words=({' '.join(words)}); CURRENT={current}; service=ttdw\n"
        "compadd() { print -l -- ${(P)${@[-1]}} ${(P)@[-1]}; }\n"
        "_ttdw_completion\n"
    )
    shown = " ".join(run(["zsh", "-f"], script, environment, program, place)).replace("\\:", ":")
    assert all(word in shown for word in offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_goes_to_stdout_whole(ttdw, shell):
    outcome = ttdw("completion", shell)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"_TTDW_COMPLETE={shell}_complete" in outcome.out


def test_another_shell_is_refused(ttdw):
    outcome = ttdw("completion", "tcsh")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in outcome.told["why"]


@pytest.mark.parametrize("line", ["ttdw ", "ttdw status ", "ttdw status --profile "])
def test_asking_loads_nothing_heavy(environment, place, line):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ttd_workflows"],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, **place, "_TTDW_COMPLETE": "bash_complete", "COMP_WORDS": line},
    )
    assert done.stdout
    imported = {text.rpartition("|")[2].strip().partition(".")[0] for text in done.stderr.splitlines()}
    assert not imported & HEAVY


def test_a_broken_ledger_and_no_home_offer_nothing_and_say_nothing(environment, program, place):
    Path(place["WORKFLOWS_LEDGER"]).write_text("no database " * 500)
    broken = place | {"WORKFLOWS_PROFILES": os.devnull}
    for line in ("ttdw status 41", "ttdw status --profile a"):
        script = BASH.format(program=program, line=f"'{line}'")
        assert run(["bash", "--norc"], script, environment, program, broken) == [""]
