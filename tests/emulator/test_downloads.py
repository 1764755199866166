"""Result files over HTTP: signatures, ranges and conditions, as object stores have them."""

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest


@pytest.fixture
def url(call):
    return call.finished(call.submit("thirdpartydata", {"partnerId": "p1", "queryShape": "nodes { id name }"}))["url"]


def xml_code(answer):
    assert answer.headers["Content-Type"].startswith("application/xml")
    return ET.fromstring(answer.body).findtext("Code")


def test_a_whole_file(call, url):
    answer = call.download(url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert int(answer.headers["Content-Length"]) == len(answer.body) > 5_000
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert re.fullmatch(r'"\w+"', answer.headers["ETag"])


def test_head_tells_the_same_without_the_body(call, url):
    whole, head = call.download(url), call.download(url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Type"):
        assert head.headers[name] == whole.headers[name]


def test_a_token_does_no_harm(call, url):
    assert call.download(url, TTD_Auth="emulator").status == 200
    assert call.download(url, TTD_Auth="nonsense").status == 200


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=100-", 100, -1),
        ("bytes=-7", -7, -1),
        ("bytes=5-99999999", 5, -1),
    ],
)
def test_a_part_of_it(call, url, wanted, first, last):
    whole = call.download(url).body
    answer = call.download(url, Range=wanted)
    start = first % len(whole)
    end = last % len(whole)
    assert answer.status == 206
    assert answer.body == whole[start : end + 1]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_the_parts_make_the_whole(call, url):
    whole = call.download(url)
    parts = [call.download(url, Range=f"bytes={at}-{at + 999}").body for at in range(0, len(whole.body), 1000)]
    assert b"".join(parts) == whole.body


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there(call, url, wanted):
    answer = call.download(url, Range=wanted)
    size = call.download(url, "HEAD").headers["Content-Length"]
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert xml_code(answer) == "InvalidRange"


@pytest.mark.parametrize("wanted", ["bytes=5-2", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "nonsense"])
def test_what_is_no_single_range_gets_the_whole(call, url, wanted):
    answer = call.download(url, Range=wanted)
    assert answer.status == 200
    assert len(answer.body) == int(answer.headers["Content-Length"])


def test_if_range_resumes_the_same_file_only(call, url):
    etag = call.download(url, "HEAD").headers["ETag"]
    assert call.download(url, Range="bytes=5-9", If_Range=etag).status == 206
    assert call.download(url, Range="bytes=5-9", If_Range='"other"').status == 200


@pytest.mark.parametrize(
    "change", [("signature=", "signature=0"), ("expires=", "expires=9"), ("standard-", "graphql-")]
)
def test_an_altered_address_is_refused(call, url, change):
    answer = call.download(url.replace(*change))
    assert (answer.status, xml_code(answer)) == (403, "AccessDenied")


def test_an_address_without_signature_is_refused(call, url):
    assert call.download(url.partition("?")[0]).status == 403
    assert call.download(url.partition("&")[0]).status == 403
    assert call.download(f"{url}%C3%A9").status == 403


def test_another_world_signs_otherwise(own):
    addresses = [one.status(412651)["url"] for one in (own(seed=1), own(seed=2))]
    assert len({address.partition("signature=")[2] for address in addresses}) == 2


def test_the_address_is_the_one_that_the_caller_used(call):
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    call.finished(job)
    answer = call("GET", f"/standardjob/{job}/status", Host="emulator.example:99")
    assert answer.json["url"].startswith("http://emulator.example:99/_emulator/results/")


def test_a_result_without_room_is_said_to_have_none_and_is_written_later(own):
    call = own()
    place = Path(call.emulator.service.results._directory.name)
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    (place / f"standard-{job}.json").mkdir()  # no file can be written there
    call.emulator.clock.advance(60)
    refused = call("GET", f"/standardjob/{job}/status")
    assert refused.status == 500
    assert f"The result of job standard:{job} cannot be written: " in refused.json["detail"]
    assert call.status(412652)["status"] == "InProgress"
    (place / f"standard-{job}.json").rmdir()
    url = call.status(job)["url"]
    assert call.download(url).status == 200


def test_a_download_whose_result_cannot_be_written_again_is_a_failure(own):
    call = own()
    url = call.status(412651)["url"]
    call.emulator.service.results._files.clear()  # as after a restart
    shutil.rmtree(call.emulator.service.results._directory.name)
    refused = call.download(url)
    assert (refused.status, xml_code(refused)) == (500, "InternalError")
