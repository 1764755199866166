"""Where a user's own files are kept, and what to say where no such place is known: in cron without HOME, say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

APP = "ttdw"


def user_folder(kind: Literal["config", "state"], otherwise: str, error: Callable[[str], Exception]) -> Path:
    """The user's folder for settings or for records. Raises ``error`` where there is no home directory.

    ``otherwise`` says what to do instead of setting HOME.
    """
    import platformdirs  # noqa: PLC0415 - not every call needs to know

    find = platformdirs.user_config_path if kind == "config" else platformdirs.user_state_path
    try:
        path = find(APP, appauthor=False)
    except RuntimeError:  # newer versions of it look whether there is a home
        path = None
    if path is None or not path.is_absolute():
        raise error(
            "there is no home directory: HOME is not set, and the system knows none for this user; "
            f"set HOME, or {otherwise}"
        )
    return path
