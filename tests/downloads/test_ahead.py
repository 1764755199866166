"""Several connections for one file."""

from __future__ import annotations

import random
import threading

import pytest
from downloads_host import QUICK, Host, changed, good, reset_after, says, short_by_closing, whole_file

from ttd_workflows.downloads import DownloadCancelled, DownloadFailed, UrlDied, ahead, fetch, part, running


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(ahead, "PIECE", 200_000)
    monkeypatch.setattr(running, "_WORTH_SEVERAL", 1_000_000)
    monkeypatch.setattr(part, "BLOCK", 50_000)


def save(host, target, **options):
    return fetch(host.file, target, **{"patience": QUICK, "parallel": 4} | options)


def test_it_is_the_same_file(host, target, content):
    host.pace = 0.001
    told = []
    done = save(host, target, on_progress=lambda received, _: told.append(received), digest="sha256")
    assert target.read_bytes() == content
    assert done.digest == fetch(host.file, target.with_name("other"), digest="sha256").digest
    assert told == sorted(told)
    assert len({request.connection for request in host.requests}) > 10
    assert all(request.headers["if-range"] == '"v1"' for request in host.requests[1:16])


@pytest.mark.parametrize("unfit", [{"ETag": ""}, {"Accept-Ranges": "none"}, {"Accept-Ranges": ""}])
def test_a_host_that_does_not_fit_is_asked_once(host, target, content, unfit):
    host.fields |= unfit
    save(host, target)
    assert target.read_bytes() == content
    assert len(host.requests) == 1


def test_a_small_file_is_asked_for_once(target):
    with Host(b"x" * 999_999) as host:
        save(host, target)
        assert len(host.requests) == 1


def test_faults_in_pieces(host, target, content):
    chance = random.Random(5)
    faults = [chance.choice([reset_after, short_by_closing])(chance.randrange(150_000)) for _ in range(20)]
    host.faults.extend([good, *faults, says(503), says(500)])
    save(host, target)
    assert target.read_bytes() == content


def test_a_dead_address_keeps_what_lies_before_the_first_gap(host, target, content):
    host.faults.extend([good] * 9 + [says(403)] * 20)
    with pytest.raises(UrlDied) as caught:
        save(host, target)
    host.faults.clear()
    done = save(host, target)
    assert done.resumed == caught.value.kept
    assert target.read_bytes() == content


def test_a_file_that_changes_is_never_a_mixture(host, target, content):
    new = content[::-1]
    host.faults.extend([good] * 6 + [changed(new)])
    save(host, target)
    assert target.read_bytes() == new


def test_a_host_that_loses_its_ranges_ends_in_an_error(host, target):
    host.faults.extend([good] * 3 + [whole_file] * 99)
    with pytest.raises(DownloadFailed, match="begun anew too often"):
        save(host, target)
    assert not target.exists()


def test_an_end_wakes_every_connection(host, target, content):
    host.pace = 0.02
    asked = threading.Event()
    with pytest.raises(DownloadCancelled) as caught:
        save(host, target, on_progress=lambda received, _: received > 400_000 and asked.set(), cancelled=asked.is_set)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ttdw-download")]
    host.pace = 0
    assert save(host, target).resumed == caught.value.kept > 400_000
    assert target.read_bytes() == content
