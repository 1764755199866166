"""Submissions killed at random, then run to the end: how many were doubled, lost, or left unknown.

    python benchmarks/crashes.py [--keys 200] [--kills 20]      PYTHONPATH or an installed package is needed

200 keyed submissions in 4 threads against a service that answers late, killed with SIGKILL 20 times at random. Then two
processes with the same 100 keys at once. Bars: no key submitted twice, none lost, unknown at most kills times the
submissions in flight and each of them listed; 100 POSTs for the two processes, both with all jobs. Exit status 1 else.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SUBMITTER = Path(__file__).parent.parent / "tests" / "jobs" / "submitter.py"
SEED = 20261124
THREADS = 4
SECONDS_TO_ANSWER = 0.05


class Service(ThreadingHTTPServer):
    """Takes every submission on, late, and counts them by body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.guard = threading.Lock()
        self.bodies: list[bytes] = []

    def handle_error(self, *_: Any) -> None:
        """A killed client leaves its connection behind: nothing to print."""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}/workflows"


class Handler(BaseHTTPRequestHandler):
    """Answers 202 with the next number."""

    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self) -> None:
        """Act, then answer late."""
        body = self.rfile.read(int(self.headers["content-length"]))
        with self.server.guard:
            self.server.bodies.append(body)
            number = len(self.server.bodies)
        time.sleep(SECONDS_TO_ANSWER)
        answer = b'{"id":%d}' % number
        self.send_response(202)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def start(service: Service, ledger: Path, keys: list[str]) -> subprocess.Popen[str]:
    """A process that submits every key."""
    order = {"url": service.url, "ledger": str(ledger), "keys": keys, "threads": THREADS, "partner_by_key": True}
    return subprocess.Popen([sys.executable, str(SUBMITTER), json.dumps(order)], stdout=subprocess.PIPE, text=True)


def outcomes(process: subprocess.Popen[str]) -> dict[str, str]:
    """What a process said of each key when it had ended."""
    said, _ = process.communicate(timeout=300)
    return dict(json.loads(line) for line in said.splitlines())


def killed(keys: int, kills: int) -> bool:
    """Kill at random, run to the end, judge."""
    rng = random.Random(SEED)  # noqa: S311 - moments to kill at
    names = [f"k{number}" for number in range(keys)]
    with tempfile.TemporaryDirectory() as directory, Service() as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        ledger = Path(directory) / "ledger.sqlite3"
        for _ in range(kills):
            process = start(service, ledger, names)
            if process.stdout is not None:
                process.stdout.readline()  # it is at work
            time.sleep(rng.uniform(0, 0.4))
            process.kill()
            process.communicate()
        said = outcomes(start(service, ledger, names))
        service.shutdown()
        doubled = [body for body, times in Counter(service.bodies).items() if times > 1]
    unknown = [key for key, outcome in said.items() if outcome == "unknown"]
    lost = set(names) - set(said)
    print(
        f"{keys} submissions, {kills} kills: {len(service.bodies)} POSTs, {len(doubled)} doubled, {len(lost)} lost, "
        f"{len(unknown)} unknown (at most {kills * THREADS})"
    )
    return not doubled and not lost and len(unknown) <= kills * THREADS


def together(keys: int = 100) -> bool:
    """Two processes with the same keys at once."""
    names = [f"k{number}" for number in range(keys)]
    with tempfile.TemporaryDirectory() as directory, Service() as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        ledger = Path(directory) / "ledger.sqlite3"
        processes = [start(service, ledger, names), start(service, ledger, names[::-1])]
        first, second = (outcomes(process) for process in processes)
        service.shutdown()
    same = first == second and set(first) == set(names) and "unknown" not in first.values()
    print(f"two processes, the same {keys} keys: {len(service.bodies)} POSTs, both hold the same jobs: {same}")
    return same and len(service.bodies) == keys


def main() -> int:
    """Run both, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    arguments = parser.parse_args()
    held = [killed(arguments.keys, arguments.kills), together()]
    print("held" if all(held) else "MISSED")
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
