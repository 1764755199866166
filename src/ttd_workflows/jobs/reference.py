"""Naming a job so that another process, on another day, finds it again: a reference, or a token of plain JSON."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ttd_workflows.core.port import LARGEST_ID
from ttd_workflows.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_VERSION = 1
PART = "#"
"""Between the key of a submission that was split and the number of a part of it, from the second on."""
_BEYOND = "names no job; its number is not between 1 and 2**63 - 1"


class JobKind(StrEnum):
    """The two kinds of job; each counts its ids by itself."""

    STANDARD = "standard"
    GRAPHQL = "graphql"


class Reference(NamedTuple):
    """Which job: ``standard:412651`` or ``graphql:2989826``; a bare number is a standard job's."""

    kind: JobKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: int | str) -> Reference:
        """Read a reference. Raises :class:`InputError` for what names no job."""
        if isinstance(text, int) and abs(text) > LARGEST_ID:
            raise InputError(f"a number {_BEYOND}")  # Python writes no number of thousands of digits
        kind, _, number = str(text).strip().rpartition(":")
        if isinstance(text, bool) or kind not in {"", *JobKind} or not (number.isascii() and number.isdecimal()):
            raise InputError(f"{text!r} names no job; a job is named like 412651, standard:412651 or graphql:2989826")
        if len(number.lstrip("0")) > len(str(LARGEST_ID)):
            raise InputError(f"{number[:20]}... {_BEYOND}")
        if not 1 <= int(number.lstrip("0") or "0") <= LARGEST_ID:
            raise InputError(f"{text!r} {_BEYOND}")
        return cls(JobKind(kind or JobKind.STANDARD), int(number.lstrip("0")))


class Token(NamedTuple):
    """A reference with the server that it belongs to, to be kept or handed on. It holds no secret."""

    reference: Reference
    server: str
    operation: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        members = {"ttdw": TOKEN_VERSION, "job": str(self.reference), "server": self.server}
        members |= {name: value for name, value in (("operation", self.operation), ("key", self.key)) if value}
        return json.dumps(members, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str | Mapping[str, Any]) -> Token:
        """Read a token. Raises :class:`InputError` for what is none, or was made by a later version."""
        try:
            members = json.loads(text) if isinstance(text, str) else text
            version, job, server = members["ttdw"], members["job"], members["server"]
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{text!r} is no job's token") from None
        if version != TOKEN_VERSION:
            raise InputError(f"this token has version {version}; this library reads version {TOKEN_VERSION}")
        return cls(Reference.parse(job), str(server), members.get("operation"), members.get("key"))


def whole_key(key: str) -> str:
    """The key of the submission that a part's key, ``…#2``, was derived from; any other key as it is."""
    whole, _, number = key.rpartition(PART)
    return whole if number.isdecimal() and whole else key
