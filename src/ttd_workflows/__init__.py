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
    from ttd_workflows.client import Workflows as Workflows
    from ttd_workflows.downloads.errors import DownloadCancelled as DownloadCancelled
    from ttd_workflows.downloads.errors import DownloadError as DownloadError
    from ttd_workflows.downloads.errors import DownloadFailed as DownloadFailed
    from ttd_workflows.downloads.errors import NoSpace as NoSpace
    from ttd_workflows.downloads.errors import UrlDied as UrlDied
    from ttd_workflows.errors import *  # noqa: F403
    from ttd_workflows.identity import SERVER_PROD as SERVER_PROD
    from ttd_workflows.identity import SERVER_SANDBOX as SERVER_SANDBOX
    from ttd_workflows.identity import SERVERS as SERVERS
    from ttd_workflows.models import *  # noqa: F403
    from ttd_workflows.results.errors import ColumnMisfit as ColumnMisfit
    from ttd_workflows.results.errors import DamagedResult as DamagedResult
    from ttd_workflows.results.errors import MissingExtra as MissingExtra
    from ttd_workflows.results.errors import NoData as NoData
    from ttd_workflows.results.errors import ResultError as ResultError
    from ttd_workflows.results.errors import UnknownResultShape as UnknownResultShape

VERSION = __version__

_ROOM_OF = {
    "Workflows": "ttd_workflows.client",
    "SERVERS": "ttd_workflows.identity",
    "SERVER_PROD": "ttd_workflows.identity",
    "SERVER_SANDBOX": "ttd_workflows.identity",
}
_LATER_ROOMS = ("ttd_workflows.results.errors", "ttd_workflows.downloads.errors")
_MODULES = frozenset({"errors", "models", "types", "utils"})


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"ttd_workflows.{name}")
    for room in (_ROOM_OF.get(name), "ttd_workflows.errors", "ttd_workflows.models", *_LATER_ROOMS):
        if room and (value := getattr(import_module(room), name, None)) is not None:
            globals()[name] = value
            return value
    raise AttributeError(f"module 'ttd_workflows' has no attribute {name!r}")
