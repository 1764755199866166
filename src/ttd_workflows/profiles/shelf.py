"""Profiles on the disk: one small file each, which only its owner may read. A new one takes the old one's place whole.

One file for each, so that two logins at once cannot undo each other. The file has the token too, unless the keyring
keeps it.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.places import user_folder
from ttd_workflows.errors import ConfigurationError
from ttd_workflows.profiles.profile import Profile, checked_name, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.core.secrets import Secret

FORM = 1
SUFFIX = ".json"
LARGEST = 64 * 1024
"""Bytes; nothing that was written here is as large."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Damaged(ConfigurationError):
    """A profile's file cannot be used."""


def folder() -> Path:
    """Where profiles are kept. Raises :class:`ConfigurationError` where there is no home directory to keep them in."""
    if place := os.environ.get("WORKFLOWS_PROFILES"):
        return Path(place).absolute()
    return user_folder("config", "let WORKFLOWS_PROFILES name a folder", ConfigurationError) / "profiles"


def names() -> list[str]:
    """The names of all profiles, sorted."""
    try:
        found = [entry.name.removesuffix(SUFFIX) for entry in folder().iterdir() if entry.name.endswith(SUFFIX)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigurationError(f"the profiles in {folder()} cannot be listed: {error.strerror}") from None
    return sorted(_are_names(found))


def _are_names(found: list[str]) -> Iterator[str]:
    for name in found:
        with suppress(ConfigurationError):
            yield checked_name(name)


def load(name: str) -> Profile | None:
    """A profile without its token, ``None`` where there is none of that name. Raises :class:`Damaged`."""
    members = _members(file_of(name))
    return None if members is None else _profile(name, members)


def token_in_file(name: str) -> str:
    """The token that a profile's file keeps, empty where there is none. Raises :class:`Damaged`."""
    members = _members(file_of(name)) or {}
    return str(members.get("token", ""))


def save(profile: Profile, token: Secret | None) -> None:
    """Write a profile; ``token`` is ``None`` where the keyring keeps it. Raises :class:`ConfigurationError`."""
    path = file_of(profile.name)
    members = {"ttdw_profile": FORM, "server": profile.server}
    try:
        _replace(path, members if token is None else members | {"token": token.reveal()})
    except OSError as error:
        problem = f"the profile cannot be written to {path}: {error.strerror}"
    else:
        return
    raise ConfigurationError(f"{problem}; let WORKFLOWS_PROFILES name a folder that can be written")


def remove(name: str) -> None:
    """Take a profile's file away, if it is there. Raises :class:`ConfigurationError`."""
    path = file_of(name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"the profile's file {path} cannot be removed: {error.strerror}") from None


def file_of(name: str) -> Path:
    """The file of a profile, whether it is there or not. Raises :class:`ConfigurationError`."""
    return folder() / f"{checked_name(name)}{SUFFIX}"


def _replace(path: Path, members: dict[str, Any]) -> None:
    """Put a file in its place whole, readable by its owner alone from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # has mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(members, indent=2).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _members(path: Path) -> dict[str, Any] | None:
    """What a profile's file says, once it is sure that nobody else could read it or have written it."""
    try:
        with path.open("rb") as file:
            fault = _fault(os.fstat(file.fileno()))
            content = b"" if fault else file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Damaged(f"the profile's file {path} cannot be read: {error.strerror}") from None
    if fault:
        raise Damaged(f"the profile's file {path} {fault}")
    try:
        members = json.loads(content)
    except ValueError:
        members = None
    del content
    if not isinstance(members, dict) or not isinstance(members.get("server"), str):
        del members
        raise Damaged(
            f"the profile's file {path} is damaged; remove it and log in again: ttdw login --profile {path.stem}"
        )
    if members.get("ttdw_profile") != FORM:
        del members
        raise Damaged(f"the profile's file {path} was written by another version of ttdw; log in again with this one")
    return members


def _fault(status: os.stat_result) -> str | None:
    if os.name == "posix":
        if status.st_mode & _OTHERS:
            return (
                "can be read or written by others, so its token is not used. If nobody else has seen it: chmod 600 on "
                "that file; else get a new token and log in again"
            )
        if status.st_uid not in {os.geteuid(), 0}:
            return "belongs to another user, so it is not used; log in again as yourself"
    return None if status.st_size <= LARGEST else "is larger than any profile; remove it and log in again"


def _profile(name: str, members: dict[str, Any]) -> Profile:
    server = members["server"]
    origin_of(server)
    return Profile(name, server, "file" if "token" in members else "keyring")
