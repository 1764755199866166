"""``ttdw doctor``: what can be wrong is found and told with what to do; nothing hangs, and no token is shown."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import sys
import threading
from contextlib import closing
from email.utils import formatdate
from time import time

import pytest
from click.testing import CliRunner

from support.plays import answer, drop, silent
from support.proxy import Proxy
from support.server import Server
from support.trust import another_authority, authority
from ttd_workflows.cli.app import app
from ttd_workflows.cli.doctor import installation, record, way
from ttd_workflows.core.port import Origin
from ttd_workflows.jobs.ledger import Claim, Ledger

TOKEN = "a-token-nobody-must-see"
HOST = "service.example"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
CHECKS = [
    *("python", "ttdw", "packages", "edition", "import name", "terminal", "token", "proxy", "dns", "connect", "tls"),
    *("answer", "clock", "accepted", "ledger", "folder"),
]


@pytest.fixture
def place(tmp_path):
    """The variables that keep the ledger and the profiles in a folder of the test's own."""
    return {"WORKFLOWS_LEDGER": str(tmp_path / "ledger.sqlite3"), "WORKFLOWS_PROFILES": str(tmp_path / "profiles")}


@pytest.fixture
def examine(place):
    """The findings by what was looked at. In this process: there are many cases, and a process of its own is slow."""
    others = dict.fromkeys((*PROXIES, "SSL_CERT_FILE", "SSL_CERT_DIR", *(n for n in os.environ if "WORKFLOWS" in n)))

    def run(*words, **variables):
        surroundings = {**others, **place, **variables}
        done = CliRunner().invoke(app, ["doctor", "--json", *words], env=surroundings, standalone_mode=False)
        assert TOKEN not in done.output
        document = json.loads(done.stdout)
        findings = {finding["check"]: finding for finding in document["findings"]}
        problems = [finding for finding in document["findings"] if finding["state"] == "problem"]
        assert done.return_value == (1 if problems else 0)
        assert document["ok"] is (not problems)
        assert all(finding["advice"] for finding in document["findings"] if finding["state"] != "ok")
        return findings

    return run


def says(status, *, date=None, body=b"{}"):
    """A service that answers everything so."""
    return answer(status, body, Date=date or formatdate(usegmt=True), Content_Type="application/json")


@pytest.fixture
def at():
    """The variables that lead to a server of the test's own."""
    return lambda server, token=TOKEN: {
        "WORKFLOWS_SERVER_URL": f"http://127.0.0.1:{server.port}/workflows",
        "WORKFLOWS_TTD_AUTH": token,
    }


def test_all_is_well(ttdw, local, place):
    outcome = ttdw("doctor", **local, **place)
    assert (outcome.code, outcome.err) == (0, "All is well.\n")
    assert {line.split()[0] for line in outcome.out.splitlines() if line[0] != " "} == {"ok"}
    assert all(len(line) <= 80 or " /" in line for line in outcome.out.splitlines())  # a path is not broken
    assert not os.path.exists(place["WORKFLOWS_LEDGER"])  # noqa: PTH110 - it is text here


def test_every_check_is_a_finding_in_json(examine, local):
    findings = examine(**local)
    assert list(findings) == CHECKS
    assert {finding["state"] for finding in findings.values()} == {"ok"}
    assert findings["token"]["found"].startswith("from WORKFLOWS_TTD_AUTH, 8 characters, for http://127.0.0.1:")


def test_a_token_that_is_refused(examine, local):
    found = examine(**{**local, "WORKFLOWS_TTD_AUTH": TOKEN})["accepted"]
    assert (found["state"], "does not take the token" in found["found"]) == ("problem", True)
    assert "ttdw login --check" in found["advice"]


def test_the_emulators_own_token_and_a_profiles(examine, emulator, local):
    by_name = examine("--server", "emulator", WORKFLOWS_TTD_AUTH=TOKEN)
    assert by_name["token"]["found"].startswith("from the emulator's own")
    named = examine("--profile", "acme", **local)
    assert named["settings"]["state"] == "problem"
    assert "there is no profile 'acme'" in named["settings"]["found"]
    both = examine(**local, WORKFLOWS_PROFILE="acme")
    assert (both["token"]["state"], both["accepted"]["state"]) == ("warning", "ok")


def test_no_token_still_walks_the_way_and_never_asks(examine):
    with Server(says(401)) as server:
        findings = examine(WORKFLOWS_SERVER_URL=f"http://127.0.0.1:{server.port}/workflows")
        assert findings["token"]["state"] == "problem"
        assert "accepted" not in findings
        assert findings["clock"]["state"] == "ok"
        assert [request.method for request in server.requests] == ["HEAD"]
        assert "ttd-auth" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (404, b'{"title": "no such job", "status": 404}', "ok"),
        (200, b'{"id": 1, "status": "InProgress", "createdAtUtc": "2026-01-01T00:00:00Z"}', "ok"),
        (401, b'{"message": "Unauthorized"}', "problem"),
        (403, b'{"Message": "The supplied auth token is not valid or has expired."}', "problem"),
        (403, b'{"Message": "Access Denied."}', "warning"),
        (429, b"{}", "warning"),
        (500, b"oops", "warning"),
        (302, b"", "warning"),
    ],
)
def test_what_an_answer_says_of_the_token(examine, at, status, body, state):
    with Server(says(status, body=body)) as server:
        assert examine(**at(server))["accepted"]["state"] == state
        assert [request.method for request in server.requests] == ["HEAD", "GET"]


@pytest.mark.parametrize(
    ("seconds", "state", "words"),
    [(0, "ok", "agrees"), (-40, "warning", "ahead of"), (40, "warning", "behind"), (4000, "problem", "behind")],
)
def test_the_clock(examine, at, seconds, state, words):
    with Server(says(404, date=formatdate(time() + seconds, usegmt=True))) as server:
        clock = examine(**at(server))["clock"]
    assert (clock["state"], words in clock["found"]) == (state, True)


def test_an_answer_without_a_date(examine, at):
    with Server(answer(404, b"{}")) as server:
        assert examine(**at(server))["clock"]["state"] == "warning"


@pytest.mark.parametrize(
    ("address", "check"), [("https://nowhere.invalid/workflows", "dns"), ("http://127.0.0.1:9/w", "connect")]
)
def test_a_service_that_is_not_there_ends_the_way(examine, address, check):
    findings = examine(WORKFLOWS_SERVER_URL=address, WORKFLOWS_TTD_AUTH=TOKEN)
    assert findings[check]["state"] == "problem"
    assert not {"answer", "clock", "accepted"} & findings.keys()
    assert "ledger" in findings


def test_a_service_that_hangs_up(examine, at):
    with Server(drop) as server:
        findings = examine(**at(server))
    assert findings["answer"]["state"] == "problem"
    assert "accepted" not in findings


def test_a_service_that_is_silent_is_left(monkeypatch):
    monkeypatch.setattr(way, "STEP_SECONDS", 0.1)
    with Server(silent) as server:
        *_, last = way.walk(Origin("http", "127.0.0.1", server.port), "/workflows/")
    assert (last.check, "timed out" in last.found) == ("answer", True)


def test_a_wrong_setting(examine):
    for address in ("nonsense", "http://elsewhere.example/workflows"):
        assert examine(WORKFLOWS_SERVER_URL=address, WORKFLOWS_TTD_AUTH=TOKEN)["settings"]["state"] == "problem"


def test_a_private_authority(examine, tmp_path):
    with Server(says(404), tls=authority().server_context("127.0.0.1")) as server:
        address = {"WORKFLOWS_SERVER_URL": f"https://127.0.0.1:{server.port}/workflows", "WORKFLOWS_TTD_AUTH": TOKEN}
        trusted = examine(**address, SSL_CERT_FILE=str(authority().write_to(tmp_path)))
        assert (trusted["tls"]["state"], trusted["accepted"]["state"]) == ("ok", "ok")
        assert "days left; trusted are SSL_CERT_FILE=" in trusted["tls"]["found"]
        for variables in ({"SSL_CERT_FILE": str(another_authority().write_to(tmp_path))}, {}):
            refused = examine(**address, **variables)
            assert refused["tls"]["state"] == "problem"
            assert "is not trusted" in refused["tls"]["found"]
            assert "SSL_CERT_FILE" in refused["tls"]["advice"]
            assert "accepted" not in refused


def test_trust_that_cannot_be_read(examine, tmp_path):
    address = {"WORKFLOWS_SERVER_URL": "https://127.0.0.1:9/workflows", "WORKFLOWS_TTD_AUTH": TOKEN}
    (tmp_path / "empty.pem").write_text("no certificate")
    found = examine(**address, SSL_CERT_FILE=str(tmp_path / "empty.pem"))
    assert [finding["check"] for finding in found.values() if finding["state"] == "problem"] == ["tls"]


def test_a_server_without_tls(examine):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet():
            sock, _ = listener.accept()
            with sock:
                sock.sendall(b"220 this is no TLS server\r\n")
                sock.recv(10_000)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        address = f"https://127.0.0.1:{listener.getsockname()[1]}/workflows"
        findings = examine(WORKFLOWS_SERVER_URL=address, WORKFLOWS_TTD_AUTH=TOKEN)
        thread.join(5)
    assert (findings["tls"]["state"], "no TLS" in findings["tls"]["found"]) == ("problem", True)


def test_behind_a_proxy(examine, tmp_path):
    trust = str(authority().write_to(tmp_path))
    with (
        Server(says(404), tls=authority().server_context(HOST)) as server,
        Proxy(server.port, user="ann:pass@word") as proxy,
    ):
        address = {
            "WORKFLOWS_SERVER_URL": f"https://{HOST}/workflows",
            "WORKFLOWS_TTD_AUTH": TOKEN,
            "SSL_CERT_FILE": trust,
        }
        with_user = proxy.address.replace("://", "://ann:pass%40word@")
        findings = examine(**address, HTTPS_PROXY=with_user)
        assert findings["proxy"]["found"] == f"{proxy.address} for https://{HOST} (set: HTTPS_PROXY)"
        assert "through the proxy" in findings["connect"]["found"]
        assert findings["accepted"]["state"] == "ok"
        refused = examine(**address, HTTPS_PROXY=proxy.address)
        assert refused["connect"]["state"] == "problem"
        assert "407" in refused["connect"]["found"]
        assert "HTTPS_PROXY" in refused["connect"]["advice"]
        around = examine(**address, HTTPS_PROXY=with_user, NO_PROXY=HOST)
        assert around["proxy"]["found"] == f"none for https://{HOST} (set: HTTPS_PROXY, NO_PROXY)"
        assert around["dns"]["state"] == "problem"


def test_a_proxy_that_is_none_and_one_for_this_machine(examine, local):
    findings = examine(
        WORKFLOWS_SERVER_URL=f"https://{HOST}/w", WORKFLOWS_TTD_AUTH=TOKEN, HTTPS_PROXY="ftp://x:secret@y"
    )
    assert findings["proxy"]["state"] == "problem"
    assert "secret" not in json.dumps(findings)
    assert (
        "this machine is never asked through one" in examine(**local, HTTP_PROXY="http://127.0.0.1:9")["proxy"]["found"]
    )


def _claim(ledger, key):
    return ledger.claim(Claim("https://x/w", "", key, "dmp.get_third_party_data_job", "0.13.2", "{}", "hash", "{}"))[1]


def test_a_ledger_with_something_unknown(examine, local, place, tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    for number in range(3):
        entry = _claim(ledger, f"key {number}")
        ledger.on_wire(entry)
        ledger.settled(entry, "unknown", "no answer") if number else ledger.accepted(entry, "standard:1")
    ledger.close()
    before = (tmp_path / "ledger.sqlite3").read_bytes()
    findings = examine(**local)
    assert "sound, 3 submissions" in findings["ledger"]["found"]
    assert findings["unknown"]["state"] == "warning"
    assert findings["unknown"]["found"].startswith("2 submissions")
    assert findings["permissions"]["state"] == "ok"
    assert (tmp_path / "ledger.sqlite3").read_bytes() == before


def test_a_ledger_that_others_can_read(examine, local, tmp_path):
    Ledger(tmp_path / "ledger.sqlite3").entries()
    (tmp_path / "ledger.sqlite3").chmod(0o644)
    found = examine(**local)["permissions"]
    assert (found["state"], found["advice"]) == ("warning", f"chmod 600 {tmp_path / 'ledger.sqlite3'}")


@pytest.mark.parametrize("how", ["no database", "cut off", "later version", "a folder"])
def test_a_ledger_that_cannot_be_used(examine, local, tmp_path, how):
    path = tmp_path / "ledger.sqlite3"
    if how == "no database":
        path.write_text("hello " * 1000)
    elif how == "cut off":
        ledger = Ledger(path)
        for number in range(200):
            _claim(ledger, f"key {number}")
        ledger.close()
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif how == "later version":
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA user_version = 99")
    else:
        path.mkdir()
    assert examine(**local)["ledger"]["state"] == "problem"


def test_a_folder_that_cannot_be_made(examine, local, tmp_path):
    (tmp_path / "file").write_text("")
    findings = examine(**local, WORKFLOWS_LEDGER=str(tmp_path / "file" / "ledger.sqlite3"))
    assert findings["folder"]["state"] == "problem"


def test_a_disk_that_is_full(monkeypatch, tmp_path):
    for free, state in ((2 * 1024**3, "ok"), (500 * 1024**2, "warning"), (1024**2, "problem")):
        monkeypatch.setattr(record.shutil, "disk_usage", lambda _, free=free: type("Usage", (), {"free": free}))
        assert record._folder(tmp_path).state == state


def test_the_official_package_beside_ours_is_found(ttdw, local, place, tmp_path):
    official = tmp_path / "site" / "ttd_workflows-0.13.2.dist-info"
    official.mkdir(parents=True)
    (official / "METADATA").write_text("Metadata-Version: 2.1\nName: ttd-workflows\nVersion: 0.13.2\n")
    (official / "RECORD").write_text("ttd_workflows/__init__.py,,\n")
    outcome = ttdw("doctor", **local, **place, PYTHONPATH=str(tmp_path / "site"))
    assert outcome.code == 1
    assert "problem  import name  ttd-workflows 0.13.2 is installed too" in outcome.out
    assert "> pip uninstall ttd-workflows" in outcome.out


def test_an_older_edition_and_a_missing_package(monkeypatch, examine, local):
    assert examine("--edition", "0.7.2", **local)["edition"]["state"] == "warning"
    monkeypatch.setattr(installation, "NEEDED", ("pydantic", "no-such-package"))
    packages = {finding.check: finding for finding in installation.versions("0.13.2")}["packages"]
    assert (packages.state, "no-such-package" in packages.found) == ("problem", True)


def test_a_terminal_that_shows_ascii_only(ttdw, local, place):
    outcome = ttdw("doctor", **local, **place, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert (outcome.code, outcome.err.partition(";")[0]) == (0, "1 warning")
    told = " ".join(outcome.out.split())
    assert "warning terminal stdout is no terminal, ascii" in told
    assert "NO_COLOR is set" in told


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is POSIX's")
def test_in_cron_without_a_home_it_says_what_is_missing(examine, local):
    findings = examine(**local, WORKFLOWS_LEDGER="", HOME="relative")
    assert findings["folder"]["state"] in {"ok", "problem"}
    assert findings["ledger"]["state"] == "ok"  # the system knows this user's home all the same
