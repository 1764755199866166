"""Fetches in a process of its own: ``python downloads_worker.py URL PATH [LARGEST_FILE]``; prints what came of it."""

from __future__ import annotations

import json
import sys

from ttd_workflows.downloads import DownloadError, Patience, fetch

if len(sys.argv) > 3:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    done = fetch(sys.argv[1], sys.argv[2], patience=Patience(first_pause=0.01, longest_pause=0.05))
except DownloadError as error:
    print(json.dumps({"error": type(error).__name__, "message": str(error), "kept": error.kept}))
else:
    print(json.dumps({"fetched": done.fetched_bytes, "resumed": done.resumed, "fresh": done.fresh}))
