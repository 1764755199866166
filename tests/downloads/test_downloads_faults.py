"""What a host may do wrong, each thing once, and what becomes of the file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from dataclasses import replace
from email.utils import formatdate

import pytest
from downloads_host import (
    QUICK,
    Host,
    changed,
    chunked,
    drip_after,
    good,
    played,
    reset_after,
    says,
    short_by_closing,
    silent_after,
    whole_file,
)

from support.server import refusing_address
from ttd_workflows.downloads import DownloadFailed, NoSpace, UrlDied, fetch

XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>Request has expired.</Message></Error>'
FAULTS = [reset_after, short_by_closing, silent_after, drip_after]


def save(host, target, **options):
    return fetch(host.file, target, **{"patience": QUICK} | options)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("place", [0, 1, 1_000_000])
def test_a_connection_that_breaks_is_gone_on_from(host, target, content, fault, place):
    host.faults.append(fault(place))
    done = save(host, target)
    assert target.read_bytes() == content
    assert done.fetched_bytes <= len(content)
    if place > 1:
        assert host.requests[1].headers["if-range"] == '"v1"'
        assert int(host.requests[1].headers["range"][6:-1]) > 0


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_answer_that_may_pass_is_asked_for_again(host, target, content, status):
    host.faults.extend([reset_after(2_000_000), says(status, XML.format("SlowDown")), says(status)])
    assert save(host, target).fetched_bytes <= len(content) + 200
    assert target.read_bytes() == content


def test_the_host_may_ask_for_a_pause(host, target):
    host.faults.append(says(503, Retry_After="0.2"))
    waits = []
    save(host, target, cancelled=lambda: bool(waits.append(1)))
    assert len(waits) > 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_dead_address_keeps_what_came_for_the_new_one(host, target, content, status):
    host.faults.extend([reset_after(2_000_000), says(status, XML.format("AccessDenied"))])
    with pytest.raises(UrlDied) as caught:
        save(host, target)
    assert caught.value.status_code == status
    assert 0 < caught.value.kept <= 2_000_000
    assert f"answered {status}, AccessDenied" in str(caught.value)
    assert "ask for the job's status" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    done = fetch(f"{host.origin}/another/place?signature=NEW", target)
    assert (done.resumed, done.fetched_bytes) == (caught.value.kept, len(content) - caught.value.kept)
    assert target.read_bytes() == content


def test_a_store_says_by_other_statuses_too_that_an_address_died(host, target):
    host.faults.append(says(400, XML.format("ExpiredToken")))
    with pytest.raises(UrlDied, match="400, ExpiredToken"):
        save(host, target)
    host.faults.append(says(200, XML.format("AuthenticationFailed"), Content_Type="application/xml"))
    with pytest.raises(UrlDied, match="error AuthenticationFailed in the file's place"):
        save(host, target)


def test_xml_that_is_no_error_is_a_file(target):
    with Host(b"<rows>" + b"<row/>" * 1000 + b"</rows>") as host:
        host.fields["Content-Type"] = "application/xml"
        save(host, target)
        assert target.read_bytes() == host.body


def test_an_answer_that_no_repeating_mends(host, target, left):
    host.faults.append(says(405))
    with pytest.raises(DownloadFailed, match="405, which no repeating mends"):
        save(host, target)
    assert len(host.requests) == 1
    assert left() == []


def test_faults_in_a_row_end_it_and_new_bytes_begin_a_new_row(host, target, content):
    host.faults.extend([reset_after(50_000)] * 20)
    save(host, target, patience=replace(QUICK, attempts=3))
    host.faults.extend([says(500)] * 9)
    with pytest.raises(DownloadFailed) as caught:
        save(host, target.with_name("other"), patience=replace(QUICK, attempts=3))
    assert "given up after 4 faults in a row, the last one: the host answered 500" in str(caught.value)
    assert "call again" in str(caught.value)
    assert caught.value.status_code == 500


def test_a_host_that_is_not_there(target):
    with refusing_address() as address, pytest.raises(DownloadFailed, match="could not be connected to"):
        fetch(f"{address}?signature=SECRET", target, patience=replace(QUICK, attempts=2))


def test_a_file_that_changes_on_the_way_is_never_a_mixture(host, target, content):
    new = content[::-1][:2_500_000]
    host.faults.extend([reset_after(1_000_000), changed(new)])
    assert save(host, target).resumed == 0
    assert target.read_bytes() == new


def test_a_host_that_disregards_if_range_is_seen_through(host, target, content):
    new = content[::-1]
    fields = {"ETag": '"v2"', "Content-Range": f"bytes 1000000-{len(new) - 1}/{len(new)}"}
    lie = played(206, fields | {"Content-Length": str(len(new) - 1_000_000)}, new[1_000_000:], close=True)
    host.faults.extend([short_by_closing(1_000_000), lie, changed(new)])
    save(host, target)
    assert target.read_bytes() == new


def test_a_new_etag_for_the_same_bytes_is_no_change(host, target, content):
    host.fields["x-ms-blob-content-md5"] = base64.b64encode(hashlib.md5(content).digest()).decode()
    host.faults.extend([short_by_closing(2_000_000), changed(content, '"moved"')])
    done = save(host, target)
    assert target.read_bytes() == content
    assert done.proof == "digest"
    assert host.requests[-1].headers["if-range"] == '"moved"'
    assert len(host.requests) == 3


def test_a_host_without_ranges_is_begun_anew(host, target, content):
    host.faults.extend([reset_after(1_000_000), reset_after(1_000_000), whole_file])
    host.faults[1] = short_by_closing(0)
    save(host, target)
    assert target.read_bytes() == content


def test_beginning_anew_has_an_end(host, target, content):
    def half(host, connection, request):
        host.send_head(connection, 200, host.fields | {"Content-Length": str(len(content))})
        host.send_body(connection, content[:1_000_000])
        connection.close()

    host.faults.extend([half] * 20)
    with pytest.raises(DownloadFailed, match="begun anew too often, at last because the host continues no files"):
        save(host, target)
    assert len(host.requests) == 1 + QUICK.restarts + 1
    assert not target.exists()


def test_without_a_validator_nothing_is_continued(host, target, content):
    host.fields = {"ETag": 'W/"weak"'}
    host.faults.append(reset_after(2_000_000))
    save(host, target)
    assert "range" not in host.requests[1].headers
    assert target.read_bytes() == content


def test_a_date_is_a_validator_if_it_is_old_enough(host, target, content):
    host.fields = {"Last-Modified": formatdate(1_000_000, usegmt=True), "Date": formatdate(1_000_100, usegmt=True)}
    host.faults.append(reset_after(2_000_000))
    save(host, target)
    assert host.requests[1].headers["if-range"] == host.fields["Last-Modified"]
    host.fields = {"Last-Modified": formatdate(1_000_000, usegmt=True), "Date": formatdate(1_000_010, usegmt=True)}
    host.faults.append(reset_after(2_000_000))
    save(host, target.with_name("other"))
    assert "range" not in host.requests[-1].headers
    assert target.read_bytes() == target.with_name("other").read_bytes() == content


@pytest.mark.parametrize("told", ["bytes 0-9/3000001", "bytes 5-1/9", "lines 1-2/3", "bytes */3000001", ""])
def test_another_range_than_the_one_asked_for_is_not_taken(host, target, content, told):
    lie = played(206, {"ETag": '"v1"', "Content-Range": told, "Content-Length": "10"}, b"x" * 10)
    host.faults.extend([reset_after(1_000_000), lie, lie])
    save(host, target)
    assert target.read_bytes() == content


def test_a_part_that_was_not_asked_for_is_not_taken(host, target, content):
    host.faults.append(played(206, host.fields | {"Content-Range": "bytes 5-9/10", "Content-Length": "5"}, b"xxxxx"))
    save(host, target)
    assert target.read_bytes() == content


def test_a_range_that_ends_early_is_gone_on_from(host, target, content):
    told = {"Content-Range": f"bytes 1000000-1999999/{len(content)}", "Content-Length": "1000000"}
    host.faults.extend([short_by_closing(1_000_000), played(206, host.fields | told, content[1_000_000:2_000_000])])
    assert save(host, target).fetched_bytes == len(content)
    assert target.read_bytes() == content


def test_416_for_a_file_that_got_shorter(host, target):
    host.faults.extend([short_by_closing(1_000_000), says(416, Content_Range="bytes */10"), changed(b"short now")])
    save(host, target)
    assert target.read_bytes() == b"short now"


def test_a_body_in_chunks(host, target, content):
    host.faults.append(chunked())
    assert save(host, target).proof == "end"
    assert target.read_bytes() == content


def test_chunks_that_break_off(host, target, content):
    host.faults.append(chunked(broken=True))
    assert save(host, target).fetched_bytes <= len(content)
    assert target.read_bytes() == content


def test_a_body_whose_length_is_not_told_is_asked_after(host, target, content):
    host.faults.append(played(200, host.fields, content, close=True))
    assert save(host, target).proof == "size"
    assert host.requests[1].headers["range"] == f"bytes={len(content)}-"
    assert target.read_bytes() == content


def test_a_body_whose_length_is_not_told_and_that_breaks_off(host, target, content):
    host.faults.append(played(200, host.fields, content[:1_000_000], close=True))
    assert save(host, target).proof == "size"
    assert target.read_bytes() == content


def test_a_length_that_nobody_knows_is_said_to_be_unknown(host, target, content):
    host.faults.append(played(200, {}, content, close=True))
    assert save(host, target).proof == "nothing"
    host.faults.append(played(200, {}, content[:9], close=True))
    save(host, target, expected_size=len(content))
    assert target.read_bytes() == content


@pytest.mark.parametrize("length", ["nonsense", "-1", ""])
def test_a_length_that_makes_no_sense(host, target, content, length):
    host.faults.append(played(200, host.fields | {"Content-Length": length}, content, close=True))
    save(host, target)
    assert target.read_bytes() == content


def test_a_length_that_is_too_great(host, target, content):
    host.faults.extend([played(200, host.fields | {"Content-Length": "4000000"}, content, close=True), good])
    save(host, target)
    assert target.read_bytes() == content


def test_a_length_that_is_always_too_great(host, target, content):
    host.faults.extend([played(200, {"Content-Length": "4000000"}, content, close=True)] * 9)
    with pytest.raises(DownloadFailed, match="begun anew too often"):
        save(host, target)
    assert not target.exists()


def test_a_length_that_is_too_small(host, target, content):
    host.faults.append(played(200, host.fields | {"Content-Length": "1000000"}, content, close=True))
    save(host, target)
    assert target.read_bytes() == content


def test_a_size_that_is_known_from_elsewhere(host, target, content):
    save(host, target, expected_size=len(content))
    with pytest.raises(DownloadFailed, match=r"announces 3,000,001 bytes where 5 are expected"):
        save(host, target, expected_size=5, patience=replace(QUICK, attempts=2))
    assert target.read_bytes() == content


def test_gzip_is_undone(host, target, content, left):
    text = content.hex().encode()
    host.body = gzip.compress(text[:1_000_000]) + gzip.compress(text[1_000_000:])
    host.fields["Content-Encoding"] = "gzip"
    host.faults.append(reset_after(2_000_000))
    done = save(host, target)
    assert target.read_bytes() == text
    assert (done.size, done.digest) == (len(text), f"crc32:{zlib.crc32(text):08x}")
    assert left() == [".segments.json.fetched.json", "segments.json"]
    assert not save(host, target).fresh
    assert save(host, target, digest="sha256").digest == f"sha256:{hashlib.sha256(text).hexdigest()}"


@pytest.mark.parametrize("spoil", [lambda b: b[:-4], lambda b: b[: len(b) // 2], lambda b: b"x" + b, lambda b: b""])
def test_gzip_that_is_none_is_never_stored(host, target, content, spoil):
    host.body = spoil(gzip.compress(content))
    host.fields["Content-Encoding"] = "gzip"
    with pytest.raises(DownloadFailed, match="says that it is gzip, and is not"):
        save(host, target)
    assert not target.exists()


def test_another_coding_is_refused(host, target, left):
    host.fields["Content-Encoding"] = "br"
    with pytest.raises(DownloadFailed, match="in the coding 'br'"):
        save(host, target)
    assert left() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-MD5", lambda b: base64.b64encode(hashlib.md5(b).digest()).decode()),
        ("x-ms-blob-content-md5", lambda b: base64.b64encode(hashlib.md5(b).digest()).decode()),
        ("x-goog-hash", lambda b: f"crc32c=AAAAAA==, md5={base64.b64encode(hashlib.md5(b).digest()).decode()}"),
        ("x-amz-checksum-crc32", lambda b: base64.b64encode(zlib.crc32(b).to_bytes(4, "big")).decode()),
        ("x-amz-checksum-sha256", lambda b: base64.b64encode(hashlib.sha256(b).digest()).decode()),
    ],
)
def test_a_digest_of_the_host_is_checked(host, target, content, name, value):
    host.fields[name] = value(content)
    host.faults.append(reset_after(1_000_000))
    assert save(host, target).proof == "digest"
    host.fields[name] = value(content[1:])
    other = target.with_name("other")
    with pytest.raises(DownloadFailed, match=r"what came does not have the (md5|crc32|sha256) digest"):
        save(host, other)
    assert not other.exists()


def test_a_damaged_body_is_fetched_again_when_a_digest_tells(host, target, content):
    host.fields["Content-MD5"] = base64.b64encode(hashlib.md5(content).digest()).decode()
    damaged = b"x" + content[1:]
    host.faults.append(played(200, host.fields | {"Content-Length": str(len(content))}, damaged))
    save(host, target)
    assert target.read_bytes() == content


def test_no_room_is_said_before_anything_is_fetched(host, target, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(NoSpace, match=r"3,000,001 bytes are needed and 1,000 are free.*make room") as caught:
        save(host, target)
    assert caught.value.kept == 0
    assert not target.exists()
