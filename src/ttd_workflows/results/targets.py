"""Where a file goes: a path of this machine, or any URL that fsspec knows; under its name only once it is whole."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager, suppress
from os import PathLike, fspath
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ttd_workflows.results.extras import extra

if TYPE_CHECKING:
    from collections.abc import Iterator

Target = str | PathLike[str]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")  # one letter is a drive of Windows
_WHOLE_OR_NOT = {"memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "http", "https"}
"""Where an object that is being uploaded is not seen until it is whole."""


@contextmanager
def written(target: Target) -> Iterator[Path]:
    """A temporary path to write to; what is there at the end appears at the target in one step, or not at all."""
    place = fspath(target)
    if place.startswith("file://"):
        place = _of_url(place)
    if _URL.match(place):
        with _uploaded(place) as path:
            yield path
        return
    final = Path(place)
    partial = final.with_name(f".{final.name}.{token_hex(4)}.part")
    try:
        yield partial
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _uploaded(url: str) -> Iterator[Path]:
    fsspec = extra("fsspec", "cloud")
    try:
        filesystem, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise extra_missing(url, error) from None
    with tempfile.TemporaryDirectory(prefix="ttdw-") as directory:
        local = Path(directory) / "whole"
        yield local
        protocols = {filesystem.protocol} if isinstance(filesystem.protocol, str) else set(filesystem.protocol)
        if protocols & _WHOLE_OR_NOT:
            filesystem.put_file(os.fspath(local), path)
            return
        partial = f"{path}.{token_hex(4)}.part"
        try:
            filesystem.put_file(os.fspath(local), partial)
            filesystem.mv(partial, path)
        except BaseException:
            with suppress(Exception):
                filesystem.rm(partial)
            raise


def extra_missing(url: str, error: ImportError) -> ImportError:
    """The error for a URL whose own library is missing; fsspec says which one."""
    from ttd_workflows.results.errors import MissingExtra  # noqa: PLC0415 - on the way out

    scheme = url.partition("://")[0]
    return MissingExtra(f"Nothing was read or written: {scheme}:// needs one more library. {error}")


def _of_url(url: str) -> str:
    parts = urlsplit(url)
    path = unquote(parts.path)
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path
