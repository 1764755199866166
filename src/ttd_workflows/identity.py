"""Who asks, and where: a client's token and address, settled from its arguments, the environment and the profiles."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from ttd_workflows.core import checks
from ttd_workflows.core.secrets import Secret
from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ttd_workflows.profiles.profile import Profile

SERVER_PROD = "prod"
SERVER_SANDBOX = "sandbox"
SERVER_EMULATOR = "emulator"
SERVERS = {
    SERVER_PROD: "https://api.thetradedesk.com/workflows",
    SERVER_SANDBOX: "https://ext-api.sb.thetradedesk.com/workflows",
    SERVER_EMULATOR: "http://127.0.0.1:8917/workflows",
}
"""The servers by name. ``sandbox`` is The Trade Desk's own test environment, ``emulator`` the local service."""
EMULATOR_TOKEN = "emulator"  # noqa: S105 - it opens nothing but the local emulator


class Address(NamedTuple):
    """An address as arguments give it: ``None`` where they give none."""

    url: str | None
    emulators: bool = False
    """Whether it was asked for as ``server="emulator"``, which has a token of its own."""


class Identity(NamedTuple):
    """What a client sends with its calls, and where to."""

    token: Secret | Callable[[], str | None]
    address: str
    source: str
    """Where the token comes from, in words."""
    profile: Profile | None = None
    """The profile that it comes from."""


def token_given(
    ttd_auth: str | Callable[[], str | None] | None,
) -> tuple[Secret | Callable[[], str | None] | None, str]:
    """The argument ``ttd_auth``, put where it does not show, and what is wrong with it."""
    if fault := checks.token_fault(ttd_auth):
        return None, fault
    return Secret(ttd_auth) if isinstance(ttd_auth, str) else ttd_auth, ""


def address_given(server: str | None, server_url: str | None, url_params: Mapping[str, str] | None = None) -> Address:
    """The address that the arguments give; ``server_url`` beats ``server``. Raises :class:`ConfigurationError`."""
    if server_url is not None and server_url != "":
        return Address(checks.address(server_url, url_params))
    if server is None:
        return Address(None)
    if not isinstance(server, str):
        raise ConfigurationError(f"server is the name of one, as text, not {type(server).__name__}")
    if server not in SERVERS:
        from difflib import get_close_matches  # noqa: PLC0415 - only for this message

        near = get_close_matches(server, SERVERS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(SERVERS)}"
        raise ConfigurationError(f"there is no server {server!r}; {hint}")
    return Address(SERVERS[server], emulators=server == SERVER_EMULATOR)


def settle(token: Secret | Callable[[], str | None] | None, profile: str | None, given: Address) -> Identity:
    """The token and the address that hold. An argument beats the environment, and that beats the default profile.

    A token of the environment or of a profile is never sent to the emulator, which has its own. Raises
    :class:`ConfigurationError`.
    """
    if profile is not None and token is not None:
        raise ConfigurationError("give ttd_auth or profile, not both: a profile has a token of its own")
    surroundings = os.environ.get("WORKFLOWS_SERVER_URL") or None
    address = given.url or surroundings or SERVERS[SERVER_PROD]
    if token is not None:
        return Identity(token, address, "the argument ttd_auth")
    if given.emulators and profile is None:
        return Identity(Secret(EMULATOR_TOKEN), address, "the emulator's own")
    if profile is None and (variable := Secret(os.environ.get("WORKFLOWS_TTD_AUTH", ""))).reveal():
        return Identity(variable, address, "WORKFLOWS_TTD_AUTH")
    from ttd_workflows.profiles import choosing  # noqa: PLC0415 - only who has no token needs them

    chosen = choosing.speaker(profile, given.url, surroundings)
    if chosen is None:
        return Identity(Secret(""), address, "nowhere")
    by, address = chosen
    return Identity(choosing.token_of(by), address, f"the profile {by.name} ({by.place})", by)
