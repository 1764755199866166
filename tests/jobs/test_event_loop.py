"""The event loop is never held longer than 20 ms, first calls, ledger, downloads and rows included."""

import subprocess
import sys

LONGEST = 0.020

SCRIPT = """
import asyncio, asyncio.events, sys, time
from ttd_workflows import Workflows
from ttd_workflows.jobs.pace import Polling

held = []
run = asyncio.events.Handle._run

def measured(handle):
    begin = time.thread_time()
    run(handle)
    held.append((time.thread_time() - begin, repr(handle)))

asyncio.events.Handle._run = measured
url, ledger, file = sys.argv[1:]

async def life():
    async with Workflows(ttd_auth="emulator", server_url=url, ledger=ledger) as workflows:
        jobs = workflows.jobs
        job = await jobs.third_party_data_async(partner_id="p1", key="night")
        result = await job.wait_async(timeout=30, poll=Polling(0.1, 0.1))
        await result.save_async(file)
        rows = [row async for row in result.rows_async()]
        await workflows.job_status.get_job_status_async(id=412651)
        return len(rows)

print(asyncio.run(life()))
longest = max(held)
print(longest[0], longest[1])
"""


def test_a_whole_life_of_a_job_in_a_fresh_process(emulator_with_files, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, emulator_with_files.url, str(tmp_path / "l.sqlite3"), str(tmp_path / "r.json")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    rows, longest = done.stdout.splitlines()
    assert int(rows) > 0
    assert float(longest.split()[0]) < LONGEST, longest
