"""Keeping secrets out of what people read: the signatures of URLs, the values of callback headers."""

from __future__ import annotations

import json
import re
from typing import Any

from ttd_workflows.core.secrets import MASK

_SIGNED_URL = re.compile(r"(https?://[^\s\"'<>?\\]+)\?[^\s\"'<>\\]+")


def redact(text: str) -> str:
    """``text`` with the signatures of URLs and the values of callback headers masked, fit for a log."""
    if "callbackHeaders" in text:
        try:
            text = json.dumps(without_callback_headers(json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            text = text.partition("callbackHeaders")[0] + f"callbackHeaders…{MASK}"
    return _SIGNED_URL.sub(rf"\1?{MASK}", text)


def without_callback_headers(value: Any) -> Any:
    """A JSON value with what callbacks are to carry masked: callers put secrets there."""
    if isinstance(value, dict):
        return {
            key: MASK if key == "callbackHeaders" and item else without_callback_headers(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_callback_headers(item) for item in value]
    return value
