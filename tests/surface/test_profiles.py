"""Profiles: whose token speaks, where it may go, and who may read it."""

from __future__ import annotations

import json
import os
import threading
from types import SimpleNamespace

import keyring
import keyring.backend
import pytest

from ttd_workflows import Workflows
from ttd_workflows.core.secrets import Secret
from ttd_workflows.emulator import Emulator
from ttd_workflows.errors import ConfigurationError, NotFound, Unauthorized
from ttd_workflows.identity import SERVERS, address_given, settle
from ttd_workflows.profiles import choosing, shelf
from ttd_workflows.profiles import keyring as system_keyring
from ttd_workflows.profiles.profile import Profile, checked_name

TOKEN = "a-token-nobody-must-see"
ELSEWHERE = "https://elsewhere.example/workflows"
posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name in ("WORKFLOWS_TTD_AUTH", "WORKFLOWS_SERVER_URL", "WORKFLOWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKFLOWS_PROFILES", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


@pytest.fixture(scope="module")
def emulator():
    with Emulator(job_seconds=0) as running:
        yield running


@pytest.fixture
def in_memory(monkeypatch):
    """A keyring as a desktop has one."""
    kept = {}

    class InMemory(keyring.backend.KeyringBackend):
        priority = 9
        name = "in memory"

        def get_password(self, service, username):
            return kept.get((service, username))

        def set_password(self, service, username, password):
            kept[service, username] = password

        def delete_password(self, service, username):
            del kept[service, username]

    monkeypatch.setattr(keyring, "get_keyring", InMemory)
    return kept


def keep(name, server=SERVERS["prod"], token=TOKEN):
    profile = Profile(name, server, "file")
    shelf.save(profile, Secret(token))
    return profile


def who(profile=None, server=None, server_url=None):
    found = settle(None, profile, address_given(server, server_url))
    token = found.token.reveal() if isinstance(found.token, Secret) else found.token()
    return token, found.address, found.source


def test_the_default_profile_speaks_where_nothing_else_was_said():
    keep("default", SERVERS["sandbox"])
    assert who() == (TOKEN, SERVERS["sandbox"], "the profile default (file)")


def test_precedence(monkeypatch):
    keep("default", token="of-default")
    keep("variable", token="of-variable")
    keep("argument", token="of-argument")
    assert who()[0] == "of-default"
    monkeypatch.setenv("WORKFLOWS_PROFILE", "variable")
    assert who()[0] == "of-variable"
    monkeypatch.setenv("WORKFLOWS_TTD_AUTH", "of-environment")
    assert who()[0] == "of-environment"
    assert who(profile="argument")[0] == "of-argument"


def test_the_emulator_gets_no_profiles_token(monkeypatch):
    keep("default")
    assert who(server="emulator")[0] == "emulator"
    with pytest.raises(ConfigurationError, match=r"'default' is for https://api\.thetradedesk\.com"):
        who(profile="default", server="emulator")


def test_a_token_goes_to_its_profiles_server_only(monkeypatch):
    keep("default")
    keep("acme")
    assert who(server_url=ELSEWHERE) == ("", ELSEWHERE, "nowhere")
    assert who(server_url=SERVERS["prod"] + "/v9")[0] == TOKEN
    for wrong in (ELSEWHERE, "http://api.thetradedesk.com/workflows", "https://api.thetradedesk.com:444/workflows"):
        with pytest.raises(ConfigurationError, match="its token is not sent to"):
            who(profile="acme", server_url=wrong)
    monkeypatch.setenv("WORKFLOWS_SERVER_URL", ELSEWHERE)
    assert who()[:2] == ("", ELSEWHERE)
    assert who(profile="acme")[:2] == (TOKEN, SERVERS["prod"])
    monkeypatch.setenv("WORKFLOWS_PROFILE", "acme")
    with pytest.raises(ConfigurationError, match=r"^WORKFLOWS_PROFILE: the profile 'acme' is for"):
        who()


def test_a_profile_and_a_token_at_once_are_refused():
    keep("acme")
    with pytest.raises(ConfigurationError, match="not both"):
        Workflows(ttd_auth="t", profile="acme")


def test_a_profile_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(ConfigurationError, match=r"ttdw login --profile acme \(profiles are looked for in"):
        Workflows(profile="acme")
    keep("acme")
    with pytest.raises(ConfigurationError, match="did you mean 'acme'"):
        Workflows(profile="acmi")
    with pytest.raises(ConfigurationError, match="there are acme"):
        Workflows(profile="unlike")


@pytest.mark.parametrize("name", ["", "../x", "Acme", "a/b", "a b", "é", "x" * 65, ".hidden", 7, b"acme"])
def test_names_that_are_none(name):
    with pytest.raises(ConfigurationError, match="profile"):
        checked_name(name)


def test_a_client_of_a_profile_calls_and_sees_a_new_login(emulator, monkeypatch):
    monkeypatch.setattr(choosing, "FRESH_SECONDS", 0.0)
    keep("acme", emulator.url, "an-old-token")
    with Workflows(profile="acme", ledger=None) as workflows:
        with pytest.raises(Unauthorized):
            workflows.job_status.get_job_status(id=412651)
        keep("acme", emulator.url, emulator.token)
        assert workflows.job_status.get_job_status(id=412651).status == "Success"
        with pytest.raises(NotFound):
            workflows.job_status.get_job_status(id=2**31 - 1)
    assert TOKEN not in repr(vars(workflows))


@posix
def test_a_file_is_its_owners_alone(folder):
    keep("acme")
    path = folder / "acme.json"
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [entry.name for entry in folder.iterdir()] == ["acme.json"]
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="can be read or written by others"):
        Workflows(profile="acme")


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_not_used(folder):
    keep("acme")
    os.chown(folder / "acme.json", 12345, -1)
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        Workflows(profile="acme")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"server": 7}', b"\xff\xfe", b'{"server": "https://x/w"}', b"x" * 100_000],
    ids=["empty", "cut off", "a list", "a number", "no text", "no form", "huge"],
)
def test_a_damaged_file_is_told_and_shows_nothing_of_itself(folder, content):
    keep("acme")
    (folder / "acme.json").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"acme\.json .*log in again"):
        Workflows(profile="acme")


def test_a_token_that_went_is_told():
    shelf.save(Profile("acme", SERVERS["prod"], "file"), Secret(""))
    with Workflows(profile="acme", ledger=None) as workflows, pytest.raises(ConfigurationError, match="log in again"):
        workflows.job_status.get_job_status(id=1)


def test_two_logins_at_once_leave_one_whole_profile(folder):
    barrier = threading.Barrier(8)

    def login(number):
        barrier.wait()
        for _ in range(20):
            keep("acme", token=f"{number}" * 5000)

    threads = [threading.Thread(target=login, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if (folder / "acme.json").exists():
            assert len(set(shelf.token_in_file("acme"))) == 1
    for thread in threads:
        thread.join()
    assert [entry.name for entry in folder.iterdir()] == ["acme.json"]


def test_a_folder_that_cannot_be_written_is_told(folder):
    folder.write_text("a file is in the way")
    with pytest.raises(ConfigurationError, match="WORKFLOWS_PROFILES"):
        keep("acme")
    assert shelf.names() == []


def test_without_a_home_directory_nothing_is_implied_and_what_is_missing_is_told(monkeypatch):
    monkeypatch.delenv("WORKFLOWS_PROFILES")
    for name in ("HOME", "XDG_CONFIG_HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert who() == ("", SERVERS["prod"], "nowhere")
    with pytest.raises(ConfigurationError, match=r"HOME is not set.*WORKFLOWS_PROFILES"):
        Workflows(profile="acme")


def test_the_keyring_keeps_the_token_and_the_file_does_not(folder, in_memory):
    profile = Profile("acme", SERVERS["prod"], "keyring")
    assert system_keyring.write(profile.keyring_entry, Secret(TOKEN)) == "in memory"
    shelf.save(profile, None)
    assert TOKEN not in (folder / "acme.json").read_text()
    assert who(profile="acme") == (TOKEN, SERVERS["prod"], "the profile acme (keyring)")


def test_an_edited_file_leads_no_token_of_the_keyring_elsewhere(folder, in_memory):
    profile = Profile("acme", SERVERS["prod"], "keyring")
    system_keyring.write(profile.keyring_entry, Secret(TOKEN))
    shelf.save(profile, None)
    text = (folder / "acme.json").read_text()
    (folder / "acme.json").write_text(text.replace("api.thetradedesk.com", "evil.example"))
    with pytest.raises(ConfigurationError, match="no token in the keyring any more"):
        who(profile="acme")


def _broken(**methods):
    return SimpleNamespace(priority=9, name="broken", **methods)


def test_a_keyring_that_hangs_is_left_alone(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(keyring, "get_keyring", lambda: _broken(get_password=lambda *_: never.wait(30)))
    monkeypatch.setattr(system_keyring, "ANSWERS_WITHIN", 0.05)
    shelf.save(Profile("acme", SERVERS["prod"], "keyring"), None)
    with pytest.raises(ConfigurationError, match=r"did not answer within 0.05 s.*as in cron.*--keep file"):
        who(profile="acme")
    never.set()


def _raise(*_):
    raise RuntimeError("the\nlock is\x07 jammed")


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        (SimpleNamespace(priority=0), "this system offers none"),
        (SimpleNamespace(), "this system offers none"),
        (SimpleNamespace(priority=0.5, get_password=lambda *_: "from a plain file"), "this system offers none"),
        (_broken(get_password=_raise), r"it refused \(RuntimeError: the lock is"),
        (_broken(), r"it refused \(AttributeError"),
    ],
)
def test_a_keyring_that_is_none(monkeypatch, backend, why):
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    with pytest.raises(system_keyring.NoKeyring, match=why):
        system_keyring.read("x")


def test_a_keyring_that_only_seems_to_keep_is_found_out(monkeypatch):
    backend = _broken(get_password=lambda *_: None, set_password=lambda *_: None)
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    with pytest.raises(system_keyring.NoKeyring, match="did not keep"):
        system_keyring.write("x", Secret(TOKEN))


def test_no_package_no_keyring(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(system_keyring.NoKeyring, match=r'pip install "ttdw\[keyring\]"'):
        system_keyring.name()


def test_the_form_of_a_file(folder):
    keep("acme")
    assert json.loads((folder / "acme.json").read_text()) == {
        "ttdw_profile": 1,
        "server": SERVERS["prod"],
        "token": TOKEN,
    }
