"""Fetching one result to a file: streaming, continued over faults and processes, checked, put in place as a whole.

:func:`fetch` blocks; an event loop gives it to a thread. It knows nothing of jobs: when an address dies it raises
:class:`UrlDied`, and whoever called asks for a new one.
"""

from ttd_workflows.downloads.errors import DownloadCancelled, DownloadError, DownloadFailed, NoSpace, UrlDied
from ttd_workflows.downloads.fetching import Fetched, fetch, finished
from ttd_workflows.downloads.settings import Patience

__all__ = [
    "DownloadCancelled",
    "DownloadError",
    "DownloadFailed",
    "Fetched",
    "NoSpace",
    "Patience",
    "UrlDied",
    "fetch",
    "finished",
]
