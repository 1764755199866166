"""Libraries that are installed on request, imported when they are needed and not before."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ttd_workflows.results.errors import MissingExtra


def extra(module: str, name: str = "data") -> Any:
    """The module, or an error that says how to install it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # it is there, and something that it needs is not
        raise MissingExtra(
            f"This needs {library}, which is not installed. Nothing was read or written. "
            f'Install it with: pip install "ttdw[{name}]"'
        ) from None
