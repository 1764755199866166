"""``ttdw login``, ``logout`` and ``profiles``: tokens that are kept and never shown."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

TOKEN = "a-token-nobody-must-see"
COMMAND = (sys.executable, "-m", "ttd_workflows")
BACKEND = """
import json, os, pathlib
from keyring.backend import KeyringBackend

FILE = pathlib.Path(os.environ["TEST_KEYRING"])

class Keyring(KeyringBackend):
    priority = 9
    name = "of the test"
    def _read(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}
    def get_password(self, service, username):
        return self._read().get(f"{service}|{username}")
    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({**self._read(), f"{service}|{username}": password}))
    def delete_password(self, service, username):
        FILE.write_text(json.dumps({k: v for k, v in self._read().items() if k != f"{service}|{username}"}))
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "profiles"


@pytest.fixture
def kept(folder):
    """The variables that keep profiles in a folder of the test's own, without a keyring."""
    return {"WORKFLOWS_PROFILES": str(folder)}


@pytest.fixture
def with_keyring(kept, tmp_path):
    """The same with a keyring, which a file plays."""
    (tmp_path / "play_keyring.py").write_text(BACKEND)
    variables = {"PYTHONPATH": str(tmp_path), "TEST_KEYRING": str(tmp_path / "ring.json")}
    return kept | variables | {"PYTHON_KEYRING_BACKEND": "play_keyring.Keyring"}


@pytest.fixture
def login(environment):
    def run(*words, typed=TOKEN, **variables):
        return subprocess.run(
            [*COMMAND, "login", *words],
            input=typed if isinstance(typed, bytes) else typed.encode(),
            capture_output=True,
            check=False,
            timeout=60,
            env={**environment, **variables},
        )

    return run


def lines(done):
    return done.stderr.decode().splitlines()


def test_a_token_is_kept_in_a_file_and_speaks_from_then_on(ttdw, login, emulator, kept, folder):
    done = login("--server-url", emulator.url, "--keep", "file", typed=f"{emulator.token}\n", **kept)
    assert (done.returncode, done.stdout) == (0, b"")
    assert lines(done) == [
        f"Kept as 'default', for {emulator.url}, in {folder / 'default.json'}",
        "Only you can read that file; it is not encrypted.",
    ]
    assert (folder / "default.json").stat().st_mode & 0o777 == 0o600
    assert ttdw("status", "412651", **kept).code == 0
    assert ttdw("status", "412651", "--profile", "default", **kept).code == 0


def test_without_a_keyring_a_file_is_said_to_be_used(login, kept):
    done = login("--profile", "acme", **kept)
    assert done.returncode == 0
    assert lines(done)[0] == (
        "The keyring cannot be used: this system offers none to this process. The token goes into a file."
    )
    assert lines(done)[-1] == "To use it: --profile acme, or WORKFLOWS_PROFILE=acme"
    refused = login("--keep", "keyring", **kept)
    assert refused.returncode == 1
    assert lines(refused)[0] == "error: The keyring cannot be used; nothing was kept."


def test_a_keyring_keeps_it_and_the_file_does_not(ttdw, login, emulator, with_keyring, folder, tmp_path):
    done = login("--server-url", emulator.url, typed=emulator.token, **with_keyring)
    assert lines(done) == [f"Kept as 'default', for {emulator.url}, in the keyring (of the test)."]
    assert emulator.token not in (folder / "default.json").read_text().replace(emulator.url, "")
    assert ttdw("status", "412651", **with_keyring).code == 0
    moved = login("--keep", "file", typed=emulator.token, **with_keyring)
    assert moved.returncode == 0
    assert f"for {emulator.url}, in {folder / 'default.json'}" in lines(moved)[0]  # the server it had before
    assert json.loads((tmp_path / "ring.json").read_text()) == {}


def test_a_token_of_the_keyring_in_cron_says_what_is_missing(ttdw, login, with_keyring):
    login("--profile", "acme", **with_keyring)
    told = ttdw(
        "status", "1", "--profile", "acme", **with_keyring | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    )
    assert told.code == 1
    assert "is in the keyring, which cannot be used here" in told.told["why"]
    assert "ttdw login --profile acme --keep file" in told.told["why"]


@pytest.mark.parametrize("token", ["emulator", TOKEN], ids=["right", "wrong"])
def test_check_keeps_only_a_token_that_the_service_takes(login, emulator, kept, folder, token):
    done = login("--check", "--server-url", emulator.url, typed=token, **kept)
    if token == emulator.token:
        assert (done.returncode, lines(done)[0]) == (0, f"Checked: {emulator.url} takes it.")
        assert (folder / "default.json").exists()
    else:
        assert (done.returncode, lines(done)[0]) == (
            1,
            "error: The service does not take this token; it was not kept.",
        )
        assert not folder.exists()
        assert TOKEN not in done.stderr.decode()


def test_a_service_that_is_not_there_cannot_check(login, kept, folder):
    done = login("--check", "--server-url", "http://127.0.0.1:9/workflows", **kept)
    assert (done.returncode, lines(done)[0]) == (1, "error: The service could not be reached; nothing was sent.")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Nothing was read."),
        ("  \n\n", "Nothing was read."),
        ("two words", "What was read has spaces"),
        ("one\ntwo\n", "What was read has spaces"),
        ("tökén", "What was read has spaces"),
        (b"\xff\xfe\x00", "What was read has spaces"),
        ("a\x1b[31m", "What was read has spaces"),
    ],
)
def test_what_is_no_token_is_not_kept(login, kept, folder, typed, why):
    done = login(typed=typed, **kept)
    assert (done.returncode, done.stdout) == (2, b"")
    assert lines(done)[0] == "error: That is no token; nothing was kept."
    assert lines(done)[1].startswith(f"why:   {why}")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("--profile", "A b"), 1, "is no profile's name"),
        (("--server", "emulator"), 2, "needs no profile"),
        (("--server-url", "http://elsewhere.example/workflows"), 1, "unencrypted"),
        (("--server-url", "nonsense"), 1, "is no server address"),
        (("a-token",), 2, "unexpected extra argument"),
    ],
)
def test_wrong_usage(login, kept, folder, words, code, part):
    done = login(*words, **kept)
    assert done.returncode == code
    assert part in " ".join(lines(done))
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_told(login, tmp_path):
    (tmp_path / "file").write_text("")
    done = login("--keep", "file", WORKFLOWS_PROFILES=str(tmp_path / "file" / "profiles"))
    assert done.returncode == 1
    assert "let WORKFLOWS_PROFILES name a folder that can be written" in lines(done)[1]


def test_profiles_are_listed_without_their_tokens(ttdw, login, kept, folder):
    empty = ttdw("profiles", **kept)
    assert (empty.code, empty.out) == (0, "")
    assert "Make one: ttdw login" in empty.err
    assert json.loads(ttdw("profiles", "--json", **kept).out) == []
    for words in ((), ("--profile", "acme", "--server", "sandbox"), ("--profile", "broken")):
        login(*words, **kept)
    (folder / "broken.json").write_text("{")
    (folder / "Not a profile.json").write_text("{}")
    listed = ttdw("profiles", **kept, WORKFLOWS_PROFILE="acme")
    assert (listed.code, listed.err) == (0, "")
    assert TOKEN not in listed.out
    rows = {row["profile"]: row for row in json.loads(ttdw("profiles", "--json", **kept, WORKFLOWS_PROFILE="acme").out)}
    assert list(rows) == ["acme", "broken", "default"]
    assert rows["acme"] == {
        "profile": "acme",
        "inUse": True,
        "server": "https://ext-api.sb.thetradedesk.com/workflows",
        "keptIn": "file",
        "fault": None,
    }
    assert "damaged" in rows["broken"]["fault"]
    assert rows["default"]["inUse"] is False
    assert not any(row["inUse"] for row in json.loads(ttdw("profiles", "--json", **kept, WORKFLOWS_TTD_AUTH="t").out))


def test_logout_forgets(ttdw, login, with_keyring, folder, tmp_path):
    login("--profile", "acme", **with_keyring)
    done = ttdw("logout", "--profile", "acme", **with_keyring)
    assert (done.code, done.out, done.err) == (0, "", "Forgot the token of the profile 'acme'.\n")
    assert list(folder.iterdir()) == []
    assert json.loads((tmp_path / "ring.json").read_text()) == {}
    again = ttdw("logout", "--profile", "acme", **with_keyring)
    assert again.code == 1
    assert "there is no profile 'acme'" in again.told["why"]


def test_logout_says_when_the_keyring_still_has_it(ttdw, login, with_keyring):
    login("--profile", "acme", **with_keyring)
    headless = with_keyring | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    told = ttdw("logout", "--profile", "acme", **headless)
    assert told.code == 1
    assert "still in the keyring" in told.told["error"]
    assert "'acme https://api.thetradedesk.com:443'" in told.told["next"]
    assert ttdw("profiles", "--json", **with_keyring).out == "[]\n"


def _in_a_terminal(environment, *words, answer, **variables):
    """What a terminal shows while a command runs in it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(COMMAND[0], [*COMMAND, *words], {**environment, **variables})
    shown = b""
    try:
        while b"Token" not in shown:
            shown += os.read(terminal, 1000)
        answer(pid, terminal)
        while chunk := os.read(terminal, 1000):
            shown += chunk
    except OSError:  # how a terminal tells that nobody writes to it any more
        pass
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_at_a_terminal_the_token_is_asked_for_and_not_shown(environment, kept, folder):
    code, shown = _in_a_terminal(
        environment, "login", answer=lambda _pid, terminal: os.write(terminal, TOKEN.encode() + b"\n"), **kept
    )
    assert code == 0, shown
    assert "Token (not shown):" in shown
    assert TOKEN not in shown
    assert json.loads((folder / "default.json").read_text())["token"] == TOKEN


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_keeps_nothing(environment, kept, folder, number, code):
    ended, shown = _in_a_terminal(environment, "login", answer=lambda pid, _terminal: os.kill(pid, number), **kept)
    assert ended == code, shown
    assert not folder.exists()
