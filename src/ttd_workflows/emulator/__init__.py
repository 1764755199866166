"""The emulator: a local service that behaves like The Trade Desk's Workflows API.

>>> with Emulator() as emulator:
...     Workflows(ttd_auth=emulator.token, server_url=emulator.url)

Nothing is loaded before the first of these names is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ttd_workflows.emulator.server import Emulator, serve
    from ttd_workflows.emulator.settings import Settings

__all__ = ["Emulator", "Settings", "serve"]

_ROOM_OF = {"Emulator": "server", "serve": "server", "Settings": "settings"}


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'ttd_workflows.emulator' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
