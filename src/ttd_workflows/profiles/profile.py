"""A profile: a name, the server its token is for, and where the token is kept. The token itself is not in it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from ttd_workflows.core.port import DEFAULT_PORTS
from ttd_workflows.errors import ConfigurationError

DEFAULT = "default"
"""The profile that is used when none is named."""
Place = Literal["keyring", "file"]
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\s]")


class Profile(NamedTuple):
    """One token's surroundings."""

    name: str
    server: str
    """The address of the service that the token is for; it is sent to no other."""
    place: Place

    def is_for(self, address: str) -> bool:
        """Whether its token may be sent to an address: to its server's origin, and to no other."""
        return origin_of(address) == origin_of(self.server)

    @property
    def keyring_entry(self) -> str:
        """How the keyring calls it; with the server, so that no edited file leads its token elsewhere."""
        scheme, host, port = origin_of(self.server)
        return f"{self.name} {scheme}://{host}:{port}"


def checked_name(name: object) -> str:
    """The name of a profile, which is a file's name too. Raises :class:`ConfigurationError`."""
    if not isinstance(name, str):
        raise ConfigurationError(f"profile is the name of one, as text, not {type(name).__name__}")
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name[:80]!r} is no profile's name: it has up to 64 small letters, digits, dots, hyphens and "
            "underscores, and begins with a letter or a digit"
        )
    return name


def token_fault(token: str) -> str | None:
    """What is wrong with a token that was typed or piped in; the token is not in it."""
    if not token:
        return "it is empty"
    if not token.isascii() or _CONTROL.search(token):
        return "it has spaces, line breaks or characters no token has; was something else pasted with it?"
    return None


def origin_of(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address. Raises :class:`ConfigurationError` for what is none."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{address!r} is no server address: {error}") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ConfigurationError(f"{address!r} is no server address; it looks like https://host/workflows")
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
