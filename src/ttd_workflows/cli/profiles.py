"""``ttdw login``, ``logout`` and ``profiles``: tokens that are kept under names, so that no script has to hold one."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.completing import offer_profiles
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import connection_options, given
from ttd_workflows.cli.output import Column, output_option, print_rows
from ttd_workflows.core.secrets import Secret
from ttd_workflows.errors import ConfigurationError
from ttd_workflows.identity import SERVER_PROD, SERVERS, address_given
from ttd_workflows.profiles import choosing, keyring, shelf
from ttd_workflows.profiles.profile import DEFAULT, Place, Profile, checked_name, token_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TOKEN = 16 * 1024

LOGIN_EPILOG = """\b
Examples:
  ttdw login                                  asks, and shows nothing
  ttdw login --profile acme --check           for one of several partners
  vault read token | ttdw login               from another program
  ttdw login --keep file                      where there is no keyring

\b
Afterwards:
  ttdw status 412651                          with the profile "default"
  ttdw status 412651 --profile acme           with another
  export WORKFLOWS_PROFILE=acme               with another, from here on

The token is never an argument, because other users of a machine see those. Where WORKFLOWS_TTD_AUTH is set, it is used
instead of a profile, unless --profile names one.
"""
LOGOUT_EPILOG = """\b
Examples:
  ttdw logout
  ttdw logout --profile acme

The token itself goes on being valid at The Trade Desk until it expires or is revoked there.
"""
PROFILES_EPILOG = """\b
Examples:
  ttdw profiles
  ttdw profiles --json
"""
COLUMNS = (
    Column("profile", lambda row: row["profile"]),
    Column("in use", lambda row: "yes" if row["inUse"] else ""),
    Column("kept in", lambda row: row["keptIn"] or ""),
    Column("server", lambda row: row["server"] or row["fault"], is_cut=True),
)


@command(epilog=LOGIN_EPILOG, operations=("job_status.get_job_status",))
@click.option(
    "--keep",
    "where",
    metavar="PLACE",
    type=click.Choice(["auto", "keyring", "file"]),
    default="auto",
    show_default=True,
    help="keyring, file, or auto: a file if there is no keyring.",
)
@click.option("--check", is_flag=True, help="Ask the service first; keep the token only if it is taken.")
@connection_options
def login(where: str, *, check: bool) -> int:
    """Keep a token, for one of several partners if need be.

    The token is asked for, or read from stdin, and kept under the profile's name with the server it is for. It is kept
    in the system's keyring, or in a file that only you can read, and is sent to that server only.
    """
    name = _name_in_use()
    before = _before(name)
    server = _server(before)
    token = _token()
    if check:
        _check(token, server)
    profile = _keep(Profile(name, server, "keyring"), token, where)
    if before and before.place == "keyring" and before != profile:
        with suppress(keyring.NoKeyring):  # nothing reads it any more, whether it goes or stays
            keyring.delete(before.keyring_entry)
    if name != DEFAULT and name != os.environ.get("WORKFLOWS_PROFILE"):
        voice.say(f"To use it: --profile {name}, or WORKFLOWS_PROFILE={name}")
    if os.environ.get("WORKFLOWS_TTD_AUTH"):
        voice.say("WORKFLOWS_TTD_AUTH is set, and is used instead where --profile is not given.")
    return exits.SUCCESS


@command(epilog=LOGOUT_EPILOG)
@click.option("--profile", metavar="NAME", shell_complete=offer_profiles, help="Which; left out, the one in use.")
def logout(profile: str | None) -> int:
    """Forget a token that was kept."""
    name = checked_name(profile or os.environ.get("WORKFLOWS_PROFILE") or DEFAULT)
    try:
        kept = choosing.named(name)
    except shelf.Damaged:
        kept = None  # whatever it says, it goes
    shelf.remove(name)
    if kept and kept.place == "keyring":
        try:
            keyring.delete(kept.keyring_entry)
        except keyring.NoKeyring as reason:
            raise Trouble(
                f"The profile {name!r} is gone, but its token is still in the keyring.",
                f"The keyring cannot be used: {reason}.",
                f"Remove the entry {kept.keyring_entry!r} of {keyring.SERVICE!r} with the keyring's own program.",
            ) from None
    voice.say(f"Forgot the token of the profile {name!r}.")
    return exits.SUCCESS


@command(epilog=PROFILES_EPILOG)
@output_option("table", "json", "jsonl", "csv")
def profiles(output: str) -> int:
    """List the tokens that are kept, without showing them."""
    rows = list(_rows())
    if not rows and output == "table":
        voice.say(f"There is no profile in {shelf.folder()}. Make one: ttdw login")
        return exits.SUCCESS
    print_rows(lambda: rows, output, COLUMNS)
    return exits.SUCCESS


def _rows() -> Iterator[dict[str, Any]]:
    in_use = os.environ.get("WORKFLOWS_PROFILE") or DEFAULT
    speaks = not os.environ.get("WORKFLOWS_TTD_AUTH")
    for name in shelf.names():
        row = {"profile": name, "inUse": speaks and name == in_use, "server": None, "keptIn": None, "fault": None}
        try:
            kept = choosing.named(name)
        except ConfigurationError as error:
            yield row | {"fault": error.message}
        else:
            yield row | {"server": kept.server, "keptIn": kept.place}


def _name_in_use() -> str:
    return checked_name(given()["profile"] or os.environ.get("WORKFLOWS_PROFILE") or DEFAULT)


def _before(name: str) -> Profile | None:
    try:
        return shelf.load(name)
    except shelf.Damaged:
        return None


def _server(before: Profile | None) -> str:
    """The server that was named, else the one that the profile has been for, else production."""
    from ttd_workflows.core.request import server_at  # noqa: PLC0415 - pydantic, which listing does not need

    address = address_given(given()["server"], given()["server_url"])
    if address.emulators:
        raise Trouble(
            "The local emulator needs no profile.",
            "Its token is its own, and --server emulator sends it.",
            "Leave --server out for the real service, or name another with --server-url.",
            exits.USAGE,
        )
    url = address.url or (before.server if before else SERVERS[SERVER_PROD])
    server = server_at(url, allow_http=False)
    return f"{server.origin}{server.prefix}"


def _token() -> Secret:
    """The token: typed without showing, where there is a terminal, else all of stdin."""
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass  # noqa: PLC0415 - where somebody types

        token = Secret(getpass("Token (not shown): ").strip())
    else:
        token = Secret(_piped().decode(errors="replace").strip())
    if fault := token_fault(token.reveal()):
        raise Trouble(
            "That is no token; nothing was kept.",
            f"What was read {fault.removeprefix('it ')}." if fault.startswith("it has") else "Nothing was read.",
            "Type or paste the token alone when asked, or send it through a pipe: ttdw login < token.txt",
            exits.USAGE,
        )
    return token


def _piped() -> bytes:
    return sys.stdin.buffer.read(LONGEST_TOKEN) if sys.stdin is not None else b""


def _check(token: Secret, server: str) -> None:
    from ttd_workflows import Workflows  # noqa: PLC0415 - when it is asked for
    from ttd_workflows.cli.question import Verdict, ask  # noqa: PLC0415

    with Workflows(token.reveal(), server_url=server, edition=given()["edition"], ledger=None) as workflows:
        verdict, error = ask(workflows)
    if verdict is Verdict.REFUSED:
        raise Trouble(
            "The service does not take this token; it was not kept.",
            error.message if error else "",
            "Check that it was copied whole, that it has not expired, and that it is for this server.",
        )
    if verdict is Verdict.OPEN and error is not None:
        raise error
    voice.say(f"Checked: {server} takes it.")


def _keep(profile: Profile, token: Secret, where: str) -> Profile:
    """Keep a token where it was asked for; give the profile as it was written."""
    if where != "file":
        try:
            used = keyring.write(profile.keyring_entry, token)
        except keyring.NoKeyring as reason:
            if where == "keyring":
                raise Trouble(
                    "The keyring cannot be used; nothing was kept.",
                    f"{reason}.",
                    "Unlock it or install one, or keep the token in a file: ttdw login --keep file",
                ) from None
            click.echo(f"The keyring cannot be used: {reason}. The token goes into a file.", err=True)
        else:
            shelf.save(profile, None)
            voice.say(f"Kept as {profile.name!r}, for {profile.server}, in the keyring ({used}).")
            return profile
    place: Place = "file"
    in_file = profile._replace(place=place)
    shelf.save(in_file, token)
    voice.say(f"Kept as {profile.name!r}, for {profile.server}, in {shelf.file_of(profile.name)}")
    voice.say("Only you can read that file; it is not encrypted.")
    return in_file
