"""A client, a command line and a local emulator for The Trade Desk's Workflows API."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ttd_workflows.version import __version__

if TYPE_CHECKING:
    from ttd_workflows import errors as errors
    from ttd_workflows import models as models
    from ttd_workflows import types as types
    from ttd_workflows import utils as utils
    from ttd_workflows.client import SERVER_PROD as SERVER_PROD
    from ttd_workflows.client import SERVER_SANDBOX as SERVER_SANDBOX
    from ttd_workflows.client import SERVERS as SERVERS
    from ttd_workflows.client import Workflows as Workflows
    from ttd_workflows.errors import *  # noqa: F403
    from ttd_workflows.models import *  # noqa: F403

VERSION = __version__

_ROOM_OF = {
    "Workflows": "ttd_workflows.client",
    "SERVERS": "ttd_workflows.client",
    "SERVER_PROD": "ttd_workflows.client",
    "SERVER_SANDBOX": "ttd_workflows.client",
}
_MODULES = frozenset({"errors", "models", "types", "utils"})


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"ttd_workflows.{name}")
    for room in (_ROOM_OF.get(name), "ttd_workflows.errors", "ttd_workflows.models"):
        if room and (value := getattr(import_module(room), name, None)) is not None:
            globals()[name] = value
            return value
    raise AttributeError(f"module 'ttd_workflows' has no attribute {name!r}")
