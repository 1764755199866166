"""Which proxy an origin is reached through, as the environment says (and, on macOS and Windows, the system)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ttd_workflows.core.port import LOOPBACK_HOSTS

if TYPE_CHECKING:
    from ttd_workflows.core.port import Origin


def proxy_for(origin: Origin) -> str | None:
    """The proxy's address, or ``None`` to connect directly.

    Loopback is never proxied: the token may travel there in the clear, and only there.
    """
    asks_system = sys.platform in {"darwin", "win32"}
    if origin.host in LOOPBACK_HOSTS or not (asks_system or any(k.lower().endswith("_proxy") for k in os.environ)):
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - costs more than a call, few need it

    if proxy_bypass(origin.authority):
        return None
    proxies = getproxies()
    address = proxies.get(origin.scheme) or proxies.get("all")
    return address if address is None or "://" in address else f"http://{address}"
