"""Settings and small functions of the documented interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from ttd_workflows.core.retry import BackoffStrategy, RetryConfig

__all__ = ["BackoffStrategy", "Logger", "RetryConfig", "parse_datetime"]


class Logger(Protocol):
    """What ``debug_logger`` must be able to do; a :class:`logging.Logger` can."""

    def debug(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Take one line."""


def parse_datetime(datetime_string: str) -> datetime:
    """Read a date and time in RFC 3339 form, as the service writes it."""
    return datetime.fromisoformat(datetime_string)
