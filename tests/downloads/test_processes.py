"""Downloads that end with their process, and two that want the same file."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from downloads_host import QUICK, reset_after, says, short_by_closing

import ttd_workflows
from ttd_workflows.core import locks
from ttd_workflows.downloads import DownloadFailed, UrlDied, claims, fetch, part
from ttd_workflows.downloads.manifest import LEASE

WORKER = Path(__file__).parent / "downloads_worker.py"
PATHS = {**os.environ, "PYTHONPATH": str(Path(ttd_workflows.__file__).parent.parent)}


def work(host, target, *more):
    return subprocess.Popen([sys.executable, WORKER, host.file, target, *more], stdout=subprocess.PIPE, env=PATHS)


def outcome(process):
    return json.loads(process.communicate(timeout=30)[0])


def parts(target):
    return sorted(target.parent.glob(f"{target.name}.*.part"))


def break_off(host, target, at=2_000_000):
    """Leave a part behind, as a process does that was killed."""
    host.faults.extend([short_by_closing(at), says(403)])
    with pytest.raises(UrlDied) as caught:
        fetch(host.file, target, patience=QUICK)
    return caught.value.kept


def test_a_process_killed_at_any_instant_is_gone_on_from(host, target, content):
    host.pace = 0.012
    kills, random_place = 0, random.Random(3)
    for _ in range(4):
        process, begun = work(host, target), host.sent
        while host.sent < begun + 1 and process.poll() is None:
            time.sleep(0.002)
        time.sleep(random_place.uniform(0.1, 0.3))
        process.kill()
        kills += process.wait() != 0
        process.stdout.close()
    assert kills > 1
    host.pace = 0
    done = fetch(host.file, target, patience=QUICK)
    assert target.read_bytes() == content
    assert done.resumed > 0 or not done.fresh
    assert host.sent < 2.5 * len(content)  # of so small a file, a tenth of a second and a full pipe are much
    assert parts(target) == []


def test_two_processes_want_one_file(host, target, content):
    host.pace = 0.004
    workers = [work(host, target) for _ in range(2)]
    done = [outcome(worker) for worker in workers]
    assert all("error" not in one for one in done), done
    assert target.read_bytes() == content
    assert parts(target) == []


def test_two_threads_want_one_file(host, target, content):
    host.pace = 0.002
    threads = [threading.Thread(target=fetch, args=(host.file, target)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert target.read_bytes() == content
    assert parts(target) == []


def test_a_part_whose_owner_lives_is_left_alone(host, target, content):
    break_off(host, target)
    (path,) = parts(target)
    before = path.read_bytes()
    with path.open("r+b") as held:
        assert locks.try_lock(held)
        done = fetch(host.file, target)
        assert (done.resumed, path.read_bytes()) == (0, before)
    assert target.read_bytes() == content


def test_what_was_left_is_swept_away_at_the_end(host, target, tmp_path):
    for number in range(3):
        break_off(host, tmp_path / "other", at=500_000 * (number + 1))
        (path,) = parts(tmp_path / "other")
        path.with_name(f"{path.name}.jsonl").rename(f"{target}.{number:012}.part.jsonl")
        path.rename(f"{target}.{number:012}.part")
    assert len(parts(target)) == 3
    litter = ["0123456789ab.part.plain", "0123456789ab.part.jsonl", "0123456789ab.part.jsonl.12-7f~"]
    for name in litter:
        target.with_name(f"{target.name}.{name}").touch()
    assert fetch(host.file, target).resumed == 1_500_000
    assert sorted(path.name for path in tmp_path.iterdir()) == [".segments.json.fetched.json", "segments.json"]


def test_a_part_of_another_machine_is_left_alone_while_its_lease_lasts(host, target):
    kept = break_off(host, target)
    manifest = next(target.parent.glob("*.part.jsonl"))
    text = manifest.read_text()
    assert f'"host": "{socket.gethostname()}", "process": {os.getpid()}}}' in text
    manifest.write_text(text.replace(f'"host": "{socket.gethostname()}"', '"host": "another"'))
    assert fetch(host.file, target, receipt=False).resumed == 0
    os.utime(manifest, (time.time() - LEASE - 1,) * 2)
    assert fetch(host.file, target, receipt=False).resumed == kept


def test_without_locks_the_lease_decides(host, target, monkeypatch):
    monkeypatch.setattr(claims, "try_lock", lambda _: None)
    kept = break_off(host, target)
    manifest = next(target.parent.glob("*.part.jsonl"))
    assert fetch(host.file, target, receipt=False).resumed == 0
    os.utime(manifest, (time.time() - LEASE - 1,) * 2)
    assert fetch(host.file, target, receipt=False).resumed == kept


def test_the_manifest_holds_no_secret(host, target):
    break_off(host, target)
    text = next(target.parent.glob("*.part.jsonl")).read_text()
    assert "SECRET" not in text
    assert json.loads(text.partition("\n")[0])["source"] == f"{host.origin}/results/1.json"


@pytest.mark.parametrize("place", [0, 1_900_000])
def test_a_damaged_part_is_not_continued(host, target, content, place, monkeypatch):
    monkeypatch.setattr(part, "CHECKPOINT_BYTES", 1)
    break_off(host, target)
    (path,) = parts(target)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"damage")
    done = fetch(host.file, target)
    assert done.resumed <= place
    assert place == 0 or done.resumed > 0
    assert target.read_bytes() == content


@pytest.mark.parametrize("spoil", [lambda p: p.write_text("{nonsense"), lambda p: p.write_text("[]\n"), Path.unlink])
def test_a_part_without_a_manifest_that_makes_sense_is_not_continued(host, target, content, spoil):
    break_off(host, target)
    spoil(next(target.parent.glob("*.part.jsonl")))
    assert fetch(host.file, target).resumed == 0
    assert target.read_bytes() == content


def test_a_part_that_is_shorter_than_it_should_be(host, target, content):
    break_off(host, target)
    os.truncate(parts(target)[0], 10_000)
    fetch(host.file, target)
    assert target.read_bytes() == content


def test_a_part_of_another_file_is_not_continued(host, target, content):
    host.fields = {"Last-Modified": "Mon, 12 Jan 1970 13:46:40 GMT", "Date": "Mon, 12 Jan 1970 14:46:40 GMT"}
    break_off(host, target)
    assert fetch(host.file.replace("1.json", "2.json"), target).resumed == 0
    assert target.read_bytes() == content


def test_a_part_is_recognised_by_its_source(host, target):
    host.fields = {"Last-Modified": "Mon, 12 Jan 1970 13:46:40 GMT", "Date": "Mon, 12 Jan 1970 14:46:40 GMT"}
    host.faults.extend([short_by_closing(2_000_000), says(403)])
    with pytest.raises(UrlDied):
        fetch(host.file, target, source="standard:1", patience=QUICK)
    assert fetch(host.file.replace("1.json", "2.json"), target, source="standard:1").resumed > 0


def whole_but_not_in_place(host, target, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(part.Part, "move_to", fail)
        with pytest.raises(DownloadFailed, match=r"complete but could not take its place.*Permission denied"):
            fetch(host.file, target)


def test_a_whole_part_is_put_in_place_without_fetching(host, target, content, monkeypatch):
    whole_but_not_in_place(host, target, monkeypatch)
    done = fetch(host.file, target)
    assert (done.resumed, done.fetched_bytes) == (len(content), 1)
    assert target.read_bytes() == content


def test_a_whole_part_of_a_file_that_changed(host, target, monkeypatch):
    whole_but_not_in_place(host, target, monkeypatch)
    host.body, host.fields["ETag"] = b"new", '"v2"'
    fetch(host.file, target)
    assert target.read_bytes() == b"new"


def test_a_disk_that_gets_full_on_the_way(host, target, content):
    told = outcome(work(host, target, "1500000"))
    assert told["error"] == "NoSpace"
    assert "the disk is full" in told["message"]
    assert "make room and call again" in told["message"]
    assert 1_000_000 < told["kept"] <= 1_500_000
    assert not target.exists()
    assert fetch(host.file, target).resumed == told["kept"]
    assert target.read_bytes() == content


def test_a_fetch_in_a_forked_child(host, target, content):
    host.faults.append(reset_after(1_000_000))
    code = (
        "import os, sys\nfrom ttd_workflows.downloads import fetch\n"
        "fetch(sys.argv[1], sys.argv[2] + '.parent')\n"
        "child = os.fork()\n"
        "if not child:\n    fetch(sys.argv[1], sys.argv[2])\n    os._exit(0)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    subprocess.run([sys.executable, "-c", code, host.file, target], env=PATHS, check=True, timeout=30)
    assert target.read_bytes() == content
