"""What can go wrong with a download, and what is kept when it does.

::

    DownloadError (WorkflowsError)
    ├── UrlDied             the address is no longer honoured: ask for a new one and go on with it
    ├── DownloadFailed      it was tried often enough, or the host does something that no repeating mends
    │   └── NoSpace         the disk has no room
    └── DownloadCancelled   the caller asked for an end
"""

from __future__ import annotations

from ttd_workflows.errors import WorkflowsError


class DownloadError(WorkflowsError):
    """A download that did not come to its end. ``kept`` bytes of it are on disk for the next call."""

    def __init__(self, message: str = "", *, kept: int = 0, status: int | None = None) -> None:
        super().__init__(message)
        self.kept = kept
        self.status = status

    @property
    def status_code(self) -> int | None:
        """The HTTP status that the host answered, if it answered."""
        return self.status


class UrlDied(DownloadError):
    """The address has expired or is not known (any more). With a new one, the download goes on where it stood."""


class DownloadFailed(DownloadError):
    """The download was given up. Another call goes on where it stood."""


class NoSpace(DownloadFailed):
    """The disk has no room for the file."""


class DownloadCancelled(DownloadError):
    """The caller asked for an end. Another call goes on where it stood."""
