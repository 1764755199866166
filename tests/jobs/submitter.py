"""A process that submits under keys, and dies where it is told to. Run by the crash tests, with a line of JSON."""

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from ttd_workflows import Workflows, errors
from ttd_workflows.jobs import ledger, submitting


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before(owner, name):
    setattr(owner, name, die)


def dies_after(owner, name):
    whole = getattr(owner, name)

    def act_and_die(*arguments, **named):
        whole(*arguments, **named)
        die()

    setattr(owner, name, act_and_die)


INSTANTS = {
    "before the intent": lambda: dies_before(ledger.Ledger, "claim"),
    "after the intent": lambda: dies_after(ledger.Ledger, "claim"),
    "before the mark": lambda: dies_before(ledger.Ledger, "on_wire"),
    "after the mark": lambda: dies_after(ledger.Ledger, "on_wire"),
    "after the answer": lambda: dies_before(submitting, "job_of"),
    "before the accepted row": lambda: dies_before(ledger.Ledger, "accepted"),
    "after the accepted row": lambda: dies_after(ledger.Ledger, "accepted"),
}


def submit(workflows, key, partner):
    try:
        job = workflows.jobs.third_party_data(partner_id=partner, query_shape="nodes {id}", key=key)
    except errors.SubmissionUnknown:
        return [key, "unknown"]
    return [key, str(job.reference)]


def main():
    order = json.loads(sys.argv[1])
    if instant := order.get("die"):
        INSTANTS[instant]()
    with (
        Workflows(ttd_auth="emulator", server_url=order["url"], ledger=order["ledger"]) as workflows,
        ThreadPoolExecutor(order.get("threads", 1)) as pool,
    ):
        # A partner for each key lets the service tell which key a request was for.
        by_key = order.get("partner_by_key", False)
        for outcome in pool.map(lambda key: submit(workflows, key, key if by_key else "p1"), order["keys"]):
            print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
