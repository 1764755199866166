"""What a caller wants of a download, and what it is told while it waits."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ttd_workflows.downloads.errors import DownloadCancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Proof = Literal["digest", "size", "end", "nothing"]
"""How it is known that all came: by a digest of the host's, by its size, by an end that was marked; or it is not."""
_PROGRESS_SECONDS = 0.1
_LISTEN_SECONDS = 0.1


@dataclass
class Wish:
    """One caller's wish."""

    expected_size: int | None
    digest: str | None
    on_progress: Callable[[int, int | None], object] | None
    cancelled: Callable[[], bool] | None
    parallel: int
    _told_at: float = 0.0

    def check(self) -> None:
        """Raise if the caller wants an end."""
        if self.cancelled is not None and self.cancelled():
            raise DownloadCancelled("the download was ended as asked. What came of it is kept; another call goes on")

    @contextmanager
    def heard(self, interrupt: Callable[[], object]) -> Generator[None]:
        """Within, the caller's wish for an end is heard while this thread waits for a host: ``interrupt`` wakes it."""
        if self.cancelled is None:
            yield
            return
        over, cancelled = threading.Event(), self.cancelled

        def listen() -> None:
            with suppress(Exception):  # what it raises is raised to the caller where it is asked in between
                while not over.wait(_LISTEN_SECONDS):
                    if cancelled():
                        interrupt()

        listener = threading.Thread(target=listen, name="ttdw-download-listener", daemon=True)
        listener.start()
        try:
            yield
        finally:
            over.set()
            listener.join()

    def tell(self, received: int, total: int | None) -> None:
        """Say how far it has come, ten times a second at most; the end is always said."""
        if self.on_progress is None:
            return
        now = time.monotonic()
        if received == total or now - self._told_at >= _PROGRESS_SECONDS:
            self._told_at = now
            self.on_progress(received, total)
