"""One file from a good host: what is asked, what is left, what is recognised."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
import zlib

import pytest
from downloads_host import QUICK, Host, good, says, silent_after

from ttd_workflows import errors
from ttd_workflows.downloads import DownloadCancelled, UrlDied, fetch, finished

RECEIPT = ".segments.json.fetched.json"


def test_a_file_is_fetched_whole(host, target, content, left):
    done = fetch(host.file, target)
    assert target.read_bytes() == content
    assert (done.path, done.size, done.fetched_bytes, done.resumed) == (target, len(content), len(content), 0)
    assert done.digest == f"crc32:{zlib.crc32(content):08x}"
    assert (done.proof, done.fresh) == ("size", True)
    assert left() == [RECEIPT, "segments.json"]


def test_a_request_carries_these_fields_and_no_other(host, target):
    fetch(host.file, target, user_agent="ttdw/1")
    host.faults.extend([says(503), good])
    fetch(host.file, target, patience=QUICK)
    first, again = host.requests[0], host.requests[1]
    assert {name: value for name, value in first.fields if name != "Host"} == {
        "User-Agent": "ttdw/1",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    assert {name for name, _ in again.fields} == {
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Encoding",
        "Range",
        "If-Range",
    }
    assert first.target == "/results/1.json?signature=SECRET&expires=99"


def test_a_finished_file_is_recognised_by_one_byte(host, target):
    first = fetch(host.file, target)
    again = fetch(host.file.replace("SECRET", "ANOTHER"), target)
    assert (again.fetched_bytes, again.fresh, again.digest) == (1, False, first.digest)
    assert [request.headers.get("range") for request in host.requests] == [None, "bytes=0-0"]


def test_a_finished_file_is_found_without_asking(host, target):
    done = fetch(host.file, target, source="standard:412651")
    asked = len(host.requests)
    found = finished(target, "standard:412651")
    assert (found.digest, found.size, found.fresh) == (done.digest, done.size, False)
    assert finished(target, "standard:412652") is None
    assert len(host.requests) == asked


@pytest.mark.parametrize("change", [lambda p: p.write_bytes(b"other"), lambda p: os.utime(p, (1, 1)), os.unlink])
def test_a_file_that_was_touched_since_is_fetched_again(host, target, content, change):
    fetch(host.file, target)
    change(target)
    assert finished(target, host.file.partition("?")[0]) is None
    assert fetch(host.file, target).fresh
    assert target.read_bytes() == content


def test_a_file_that_changed_at_the_host_is_fetched_again(host, target):
    fetch(host.file, target)
    host.body, host.fields["ETag"] = b"another night", '"v2"'
    assert fetch(host.file, target).fresh
    assert target.read_bytes() == b"another night"


def test_receipts_can_be_switched_off(host, target, content, left):
    fetch(host.file, target, receipt=False)
    fetch(host.file, target, receipt=False)
    assert left() == ["segments.json"]
    assert host.sent == 2 * len(content)


def test_a_digest_can_be_asked_for(host, target, content):
    assert fetch(host.file, target, digest="sha256").digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert not fetch(host.file, target, digest="sha256").fresh
    assert fetch(host.file, target, digest="sha1").digest == f"sha1:{hashlib.sha1(content).hexdigest()}"


def test_an_empty_file(target):
    with Host(b"") as host:
        done = fetch(host.file, target)
    assert (done.size, done.digest, target.read_bytes()) == (0, "crc32:00000000", b"")


def test_progress_is_told_up_to_the_end(host, target, content):
    told = []
    fetch(host.file, target, on_progress=lambda received, total: told.append((received, total)))
    assert told[-1] == (len(content), len(content))
    assert told == sorted(told)
    assert {total for _, total in told} == {len(content)}


def test_an_end_that_is_asked_for_keeps_what_came(host, target, content):
    host.pace = 0.01
    asked = threading.Event()
    with pytest.raises(DownloadCancelled) as caught:
        fetch(
            host.file,
            target,
            on_progress=lambda received, _: received > 500_000 and asked.set(),
            cancelled=asked.is_set,
        )
    assert 500_000 < caught.value.kept < len(content)
    assert not target.exists()
    done = fetch(host.file, target)
    assert done.resumed == caught.value.kept
    assert done.fetched_bytes == len(content) - done.resumed
    assert target.read_bytes() == content


@pytest.mark.parametrize("place", [None, 0, 1_000_000])
def test_an_end_is_heard_while_the_host_is_silent(host, target, place):
    def wordless(_, connection, __):
        connection.wait_for_peer()

    host.faults.append(wordless if place is None else silent_after(place))
    asked, begun = threading.Event(), time.monotonic()
    threading.Timer(0.3, asked.set).start()
    with pytest.raises(DownloadCancelled) as caught:
        fetch(host.file, target, cancelled=asked.is_set)
    assert caught.value.kept == (place or 0)
    assert time.monotonic() - begun < 5


def test_an_end_is_heard_in_a_pause(host, target):
    host.faults.append(says(503, Retry_After="60"))
    with pytest.raises(DownloadCancelled):
        fetch(host.file, target, cancelled=lambda: len(host.requests) > 0)


def test_an_error_of_the_callback_keeps_what_came(host, target, content):
    host.pace = 0.01

    def fail(received, _):
        if received > 500_000:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fetch(host.file, target, on_progress=fail)
    assert fetch(host.file, target).resumed > 500_000
    assert target.read_bytes() == content


def test_a_link_goes_on_pointing_to_the_file(host, target, tmp_path, content):
    (tmp_path / "there").mkdir()
    target.symlink_to(tmp_path / "there" / "real.json")
    assert fetch(host.file, target).path == tmp_path / "there" / "real.json"
    assert target.is_symlink()
    assert target.read_bytes() == content


def test_durable_brings_file_and_name_to_the_disk(host, target, monkeypatch):
    kinds, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (kinds.append(stat.S_IFMT(os.fstat(handle).st_mode)), real(handle)))
    fetch(host.file, target)
    assert kinds == []
    fetch(host.file, target, durable=True, receipt=False)
    assert kinds == [stat.S_IFREG, stat.S_IFDIR]


@pytest.mark.parametrize(
    "url", ["ftp://host/file", "/results/1.json", "https://", "http://h/a b", "http://h:x/", "http://h/\u00e9"]
)
def test_an_address_that_cannot_be_used(url, target):
    with pytest.raises(errors.InputError, match="whole http or https address"):
        fetch(url, target)


def test_a_path_that_cannot_be_used(host, tmp_path):
    with pytest.raises(errors.InputError, match="no directory"):
        fetch(host.file, tmp_path / "missing" / "file.json")
    with pytest.raises(errors.InputError, match="not a file"):
        fetch(host.file, tmp_path)
    with pytest.raises(errors.InputError, match="digest 'nonsense'"):
        fetch(host.file, tmp_path / "file", digest="nonsense")
    assert host.requests == []


def test_a_long_name_has_room_for_its_part(host, tmp_path, content):
    target = tmp_path / ("é" * 120)
    host.faults.append(says(403))
    with pytest.raises(UrlDied):
        fetch(host.file, target)
    fetch(host.file, target)
    assert target.read_bytes() == content
