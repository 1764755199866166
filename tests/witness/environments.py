"""An environment for each official SDK: made once, kept, and shared by every test process of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
CONSTRAINTS = HERE / "constraints.txt"
"""What the official SDKs were measured with: a later release of their dependencies must not change the judge."""


class CannotInstall(RuntimeError):
    """An official SDK could not be installed."""


def official_python(version: str) -> Path:
    """The interpreter that has ``ttd-workflows`` of this version, installed at the first call."""
    kept = _directory() / f"{version}-{sys.implementation.cache_tag}"
    if _works(kept, version):
        return _python(kept)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with _alone(kept.with_name(f"{kept.name}.lock")):
        if not _works(kept, version):  # another process may have made it while this one waited
            _make(kept, version)
    return _python(kept)


def _directory() -> Path:
    given = os.environ.get("TTDW_WITNESS_DIR")
    return Path(given).expanduser().resolve() if given else HERE.parent.parent / ".witness"


def _make(kept: Path, version: str) -> None:
    """Build beside the final name and rename: a killed build leaves nothing that looks finished."""
    building = Path(tempfile.mkdtemp(prefix=f"{kept.name}.building-", dir=kept.parent))
    try:
        _run(version, sys.executable, "-m", "venv", str(building))
        _run(
            version,
            *(str(_python(building)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
            *("--constraint", str(CONSTRAINTS), f"ttd-workflows=={version}"),
        )
        shutil.rmtree(kept, ignore_errors=True)  # one that no longer works
        building.rename(kept)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _run(version: str, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_clean(os.environ))
    if done.returncode:
        raise CannotInstall(
            f"The witness needs the official SDK ttd-workflows=={version} in an environment of its own, but making "
            f"it failed. Give it network access or a package index once, or point TTDW_WITNESS_DIR at a directory "
            f"that already has it. The failing command was\n  {' '.join(command)}\nand it said\n{done.stderr[-2000:]}"
        )


def _works(environment: Path, version: str) -> bool:
    """Whether the environment is there and can still import; the interpreter it was made from may be gone."""
    python = _python(environment)
    if not python.exists():
        return False
    ask = "from importlib.metadata import version; print(version('ttd-workflows'))"
    try:
        said = subprocess.run(
            [str(python), "-I", "-c", ask], capture_output=True, text=True, check=False, env=_clean(os.environ)
        )
    except OSError:
        return False
    return said.stdout.strip() == version


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _clean(environ: os._Environ[str]) -> dict[str, str]:
    """Without the variables by which our own environment would leak into the other one."""
    return {name: value for name, value in environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock that dies with its process; without one (Windows) two may build, and the rename decides."""
    try:
        import fcntl  # noqa: PLC0415 - not everywhere
    except ImportError:
        yield
        return
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
