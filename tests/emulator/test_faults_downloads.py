"""Faults while a result is fetched: what goes over the socket, and that our own client ends with the whole file."""

import gzip
import hashlib
import http.client
import re

import pytest

from ttd_workflows import Workflows, errors
from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.results.errors import DamagedResult


class Fetched:
    """One answer of a result's address."""

    def __init__(self, emulator, url, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=5)
        path = url[url.index("/_emulator") :]
        try:
            connection.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
            response = connection.getresponse()
            self.status, self.headers, self.whole = response.status, response.headers, True
            try:
                self.body = response.read()
            except http.client.IncompleteRead as cut:
                self.body, self.whole = cut.partial, False
        finally:
            connection.close()


@pytest.fixture(scope="module")
def running():
    settings = Settings(raw_result_limit=0, third_party_segments=20_000, job_seconds=0.01)
    with Emulator(settings=settings) as emulator:
        yield emulator


@pytest.fixture
def emulator(running):
    running.faults.clear()
    running.journal.clear()
    yield running
    running.faults.clear()


@pytest.fixture
def workflows(emulator, tmp_path):
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=tmp_path / "ledger") as client:
        yield client


@pytest.fixture(scope="module")
def job(running, tmp_path_factory):
    """The id of a finished job with a result of some megabytes."""
    ledger = tmp_path_factory.mktemp("ledger") / "ledger"
    with Workflows(ttd_auth=running.token, server_url=running.url, ledger=ledger) as client:
        job = client.jobs.third_party_data(partner_id="p1")
        job.wait(timeout=60)
        return job.id


@pytest.fixture
def url(emulator, workflows, job):
    return workflows.job_status.get_job_status(id=job).url


@pytest.fixture(scope="module")
def content(running, job):
    with Workflows(ttd_auth=running.token, server_url=running.url) as client:
        fetched = Fetched(running, client.job_status.get_job_status(id=job).url)
    assert len(fetched.body) > 1_000_000
    return fetched.body


def saved(workflows, job, tmp_path):
    path = tmp_path / "result.json"
    workflows.jobs.get(job).result().save(path)
    return path.read_bytes()


def fetches(emulator):
    return [entry.status for entry in emulator.journal.requests("download") if entry.method == "GET"]


def test_a_body_cut_short(emulator, workflows, job, url, content, tmp_path):
    emulator.faults.add("download", truncate=True, times=3)
    cut = Fetched(emulator, url)
    assert (cut.status, cut.whole, int(cut.headers["Content-Length"])) == (200, False, len(content))
    assert cut.body == content[: len(content) // 2]
    part = Fetched(emulator, url, Range="bytes=1000-1999")
    assert (part.status, part.whole, part.body) == (206, False, content[1000:1500])
    assert saved(workflows, job, tmp_path) == content
    assert 206 in fetches(emulator)[2:]  # it went on where it had been cut


def test_a_body_cut_at_once(emulator, workflows, job, url, content, tmp_path):
    emulator.faults.add("download", truncate=0, times=2)
    assert Fetched(emulator, url).body == b""
    assert saved(workflows, job, tmp_path) == content


def test_a_slow_body_is_whole(emulator, url, content):
    emulator.faults.add("download", drip=1e8)
    assert Fetched(emulator, url).body == content
    assert Fetched(emulator, url, "HEAD").body == b""


@pytest.mark.parametrize("by", [100, -100])
def test_a_length_that_lies(emulator, workflows, job, url, content, tmp_path, by):
    emulator.faults.add("download", wrong_length=by, times=1)
    lied = Fetched(emulator, url)
    assert int(lied.headers["Content-Length"]) == len(content) + by
    assert (lied.whole, len(lied.body)) == (by < 0, len(content) + min(by, 0))
    emulator.faults.add("download", wrong_length=by, times=1)
    # An announced length that is too short cannot be told from a shorter file, except by what is in it.
    shorter = content[:by] if by < 0 else content
    assert saved(workflows, job, tmp_path) in {content, shorter}


def test_an_etag_of_its_own_for_each_answer(emulator, workflows, job, url, content, tmp_path):
    true = Fetched(emulator, url, "HEAD").headers["ETag"]
    emulator.faults.add("download", wrong_etag=True)
    tags = {Fetched(emulator, url, Range=f"bytes={start}-{start + 9}").headers["ETag"] for start in (0, 10, 20)}
    assert len(tags - {true}) == 3
    assert all(re.fullmatch(r'"[0-9a-f]{32}"', tag) for tag in tags)
    assert Fetched(emulator, url, Range="bytes=0-9", If_Range=tags.pop()).status == 200
    emulator.faults.clear()
    emulator.faults.add("download", wrong_etag=True, truncate=5000, times=2)
    assert saved(workflows, job, tmp_path) == content


def test_a_url_dies_while_it_is_used(emulator, workflows, job, url, content, tmp_path):
    emulator.faults.add("download", truncate=1000, times=1)
    emulator.faults.add("download", dead_url=True, times=2)
    assert not Fetched(emulator, url).whole
    dead = Fetched(emulator, url, Range="bytes=1000-")
    assert (dead.status, dead.headers["Content-Type"]) == (403, "application/xml")
    assert b"<Code>AccessDenied</Code>" in dead.body
    assert saved(workflows, job, tmp_path) == content
    assert len(emulator.journal.requests("get_job_status")) >= 3  # a fresh address was asked for


def test_a_broken_store(emulator, workflows, job, url, content, tmp_path):
    emulator.faults.add("download", status=500, times=1, body="<Error/>")
    broken = Fetched(emulator, url)
    assert (broken.status, broken.body) == (500, b"<Error/>")
    emulator.faults.add("download", status=503, times=1, retry_after=0)
    emulator.faults.add("download", reset=True, times=1)
    assert saved(workflows, job, tmp_path) == content


def test_an_empty_file(emulator, workflows, job, url, tmp_path):
    emulator.faults.add("download", empty_body=True)
    empty = Fetched(emulator, url)
    assert (empty.status, empty.headers["Content-Length"], empty.body) == (200, "0", b"")


def test_a_file_that_is_packed_on_the_way(emulator, workflows, job, url, content, tmp_path):
    emulator.faults.add("download", gzip=True, times=2)
    packed = Fetched(emulator, url)
    assert (packed.headers["Content-Encoding"], packed.headers["Content-Length"]) == ("gzip", None)
    assert gzip.decompress(packed.body) == content
    assert saved(workflows, job, tmp_path) == content


def test_a_file_that_is_no_json(emulator, workflows, job, url, content, tmp_path):
    emulator.faults.add("download", malformed_body=True)
    spoilt = Fetched(emulator, url)
    assert len(spoilt.body) == len(content)
    assert spoilt.body.startswith(b"<!-- not JSON -->")
    result = workflows.jobs.get(job).result()
    with pytest.raises(DamagedResult, match="damaged at byte 0"):
        list(result.rows())


def test_a_download_that_never_gets_better_ends_in_an_error(emulator, workflows, job, url, tmp_path):
    emulator.faults.add("download", dead_url=True)
    with pytest.raises(errors.WorkflowsError):
        saved(workflows, job, tmp_path)
    assert not (tmp_path / "result.json").exists()


def test_the_digest_of_what_was_saved_is_the_stores(emulator, url, content):
    etag = Fetched(emulator, url, "HEAD").headers["ETag"]
    assert etag == f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
