"""Which profile speaks for a client that was given no token, and how its token is read when a call needs it."""

from __future__ import annotations

import os
from difflib import get_close_matches
from time import monotonic
from typing import TYPE_CHECKING

from ttd_workflows.core.secrets import Secret
from ttd_workflows.errors import ConfigurationError
from ttd_workflows.profiles import keyring, shelf
from ttd_workflows.profiles.profile import DEFAULT, Profile, checked_name

if TYPE_CHECKING:
    from collections.abc import Callable

FRESH_SECONDS = 1.0
"""For so long a token that was read serves further calls; then a new login is seen, also by programs that run on."""


def named(name: str) -> Profile:
    """The profile of that name. Raises :class:`ConfigurationError` where there is none."""
    profile = shelf.load(checked_name(name))
    if profile is None:
        raise ConfigurationError(f"there is no profile {name!r}; {_others(name)}")
    return profile


def speaker(name: str | None, given: str | None, surroundings: str | None) -> tuple[Profile, str] | None:
    """The profile that speaks for a client, and the address it asks; ``None`` where none does.

    ``name`` is the argument, ``given`` the address in the arguments, ``surroundings`` that of the environment. A token
    goes to the server it is kept for. For another address the ``default`` profile, which nobody named, steps back; one
    that was named is refused. Raises :class:`ConfigurationError`.
    """
    if name is not None:
        profile = named(name)
        return profile, _address(profile, given)
    if variable := os.environ.get("WORKFLOWS_PROFILE"):
        try:
            profile = named(variable)
            return profile, _address(profile, given or surroundings)
        except ConfigurationError as error:
            raise ConfigurationError(f"WORKFLOWS_PROFILE: {error.message}") from None
    by_default = _nobodys_choice()
    address = given or surroundings
    if by_default is None or (address and not by_default.is_for(address)):
        return None
    return by_default, address or by_default.server


def _nobodys_choice() -> Profile | None:
    try:
        shelf.folder()
    except ConfigurationError:
        return None  # no home directory, so nobody has logged in
    return shelf.load(DEFAULT)


def _address(profile: Profile, address: str | None) -> str:
    if address is not None and not profile.is_for(address):
        raise ConfigurationError(
            f"the profile {profile.name!r} is for {profile.server}, and its token is not sent to {address}; "
            "name another profile, or leave the address out"
        )
    return address or profile.server


def token_of(profile: Profile) -> Callable[[], str]:
    """A function that reads the profile's token; it is asked at each call, so a new login is seen."""
    last: tuple[float, Secret] | None = None

    def read() -> str:
        nonlocal last
        if last is None or monotonic() - last[0] > FRESH_SECONDS:
            last = (monotonic(), Secret(_read(profile)))
        return last[1].reveal()

    return read


def _read(profile: Profile) -> str:
    if profile.place == "file":
        token = shelf.token_in_file(profile.name)
    else:
        try:
            token = keyring.read(profile.keyring_entry) or ""
        except keyring.NoKeyring as reason:
            raise ConfigurationError(
                f"the token of profile {profile.name!r} is in the keyring, which cannot be used here: {reason}. "
                f"Where there is no desktop, as in cron, keep it in a file: ttdw login --profile {profile.name} "
                "--keep file; or set WORKFLOWS_TTD_AUTH"
            ) from None
    if not token:
        raise ConfigurationError(
            f"the profile {profile.name!r} has no token in the {profile.place} any more; log in again: "
            f"ttdw login --profile {profile.name}"
        )
    return token


def _others(name: str) -> str:
    there = shelf.names()
    if near := get_close_matches(name, there, n=1):
        return f"did you mean {near[0]!r}?"
    if there:
        return f"there are {', '.join(there)}"
    return f"make it with: ttdw login --profile {name} (profiles are looked for in {shelf.folder()})"
