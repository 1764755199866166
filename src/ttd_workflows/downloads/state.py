"""What is known of the file that a host holds: its validators, size, coding and digests, as its headers say."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)")
_SURE_AFTER = 60.0
"""Seconds that a Last-Modified must lie before Date to name one state of a file and no other (RFC 9110, 8.8.2.2)."""


@dataclass
class State:
    """One state of a file at its host."""

    etag: str | None = None
    modified: str | None = None
    """Last-Modified, where it is as good as a strong ETag."""
    size: int | None = None
    encoding: str = ""
    digests: dict[str, str] = field(default_factory=dict)
    """Digests of the whole as the host says: ``md5``, ``crc32`` or ``sha256``, in hexadecimal."""

    @classmethod
    def of(cls, headers: Mapping[str, str], *, whole: bool) -> State:
        """Read an answer's headers; ``whole`` if its body is the whole file."""
        size = headers.get("content-length", "")
        told = ContentRange.of(headers)
        return cls(
            etag=_strong(headers.get("etag")),
            modified=_sure(headers.get("last-modified"), headers.get("date")),
            size=(int(size) if re.fullmatch(r"\d{1,18}", size) else None) if whole else told and told.size,
            encoding=_coding(headers.get("content-encoding", "")),
            digests=_digests(headers, whole=whole),
        )

    @property
    def validator(self) -> str | None:
        """What If-Range says; ``None`` if nothing names this state for sure, so that a part cannot be continued."""
        return self.etag or self.modified

    def agrees(self, other: State) -> bool:
        """Whether ``other``, read from a later answer, contradicts nothing: where both say a thing, it is the same."""
        pairs = [(self.etag, other.etag), (self.size, other.size)]
        if self.etag is None:
            pairs.append((self.modified, other.modified))
        return all(a is None or b is None or a == b for a, b in pairs) and self.encoding == other.encoding

    def same_content(self, other: State) -> bool:
        """Whether the host's own digests prove that another ETag stands for the same bytes."""
        common = self.digests.keys() & other.digests.keys()
        return (
            bool(common - {"crc32"})
            and all(self.digests[k] == other.digests[k] for k in common)
            and (self.size is not None and self.size == other.size and self.encoding == other.encoding)
        )


class ContentRange(NamedTuple):
    """A Content-Range; ``first`` is ``None`` where the range lies outside of the file."""

    first: int | None
    last: int | None
    size: int | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> ContentRange | None:
        """Read it; ``None`` where there is none that makes sense."""
        match = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        if match is None:
            return None
        first, last, size = (None if text in {None, "*"} else int(text) for text in match.groups())
        if first is not None and last is not None and (last < first or (size is not None and last >= size)):
            return None
        return cls(first, last, size)


def _strong(etag: str | None) -> str | None:
    return etag if etag and re.fullmatch(r'"[\x21\x23-\x7e\x80-\xff]*"', etag) else None


def _sure(modified: str | None, date: str | None) -> str | None:
    try:
        age = (parsedate_to_datetime(date or "") - parsedate_to_datetime(modified or "")).total_seconds()
    except (ValueError, TypeError):
        return None
    return modified if age >= _SURE_AFTER else None


def _coding(text: str) -> str:
    codings = [word.strip().lower() for word in text.split(",")]
    return ",".join(word for word in codings if word not in {"", "identity"})


def _digests(headers: Mapping[str, str], *, whole: bool) -> dict[str, str]:
    """Content-MD5 and S3's checksums are those of the body sent, Azure's and Google's always those of the whole."""
    found = {"md5": _hex(headers.get("x-ms-blob-content-md5"), 16)}
    for word in headers.get("x-goog-hash", "").split(","):
        name, _, value = word.strip().partition("=")
        if name == "md5":
            found["md5"] = _hex(value, 16)
    if whole:
        found["md5"] = found["md5"] or _hex(headers.get("content-md5"), 16)
        found["crc32"] = _hex(headers.get("x-amz-checksum-crc32"), 4)
        found["sha256"] = _hex(headers.get("x-amz-checksum-sha256"), 32)
    return {name: value for name, value in found.items() if value}


def _hex(text: str | None, length: int) -> str | None:
    try:
        value = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        return None
    return value.hex() if len(value) == length else None
