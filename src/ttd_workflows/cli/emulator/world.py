"""``ttdw emulator apply``, ``reset``, ``export``, ``import``: all that an emulator knows, at once."""

from __future__ import annotations

from pathlib import Path

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.emulator.asking import ask, url_option
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.output import json_option, print_document
from ttd_workflows.cli.voice import say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@command(epilog="\b\nExamples:\n  ttdw emulator apply night.yaml\n  ttdw emulator apply night.yaml --json\n")
@click.argument("file", type=_FILE)
@json_option
@url_option
def apply(file: Path, *, as_json: bool) -> int:
    """Apply a scenario: its plans and faults instead of those there are, and its moves of the clock.

    A mistake is named with its place in FILE, and nothing is applied then.
    """
    told = ask("POST", "scenario", file.read_bytes())
    if as_json:
        print_document(told)
    else:
        counts = f"{len(told['plans'])} plans and {len(told['faults'])} fault rules"
        say(f"It has {counts} now; its time is {told['clock']['now']}.")
    return exits.SUCCESS


@command(epilog="\b\nExample:\n  ttdw emulator reset\n")
@url_option
def reset() -> int:
    """Put the emulator back to its beginning: world, clock, jobs, plans, faults and journal."""
    ask("POST", "reset")
    return exits.SUCCESS


@command(epilog="\b\nExamples:\n  ttdw emulator export world.json\n  ttdw emulator export > world.json\n")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@url_option
def export(file: Path | None) -> int:
    """Write all that the emulator knows into FILE, or to stdout."""
    world = ask("GET", "world")
    if file is None:
        print_document(world)
        return exits.SUCCESS
    from json import dumps  # noqa: PLC0415

    try:
        file.write_text(dumps(world, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise Trouble(f"{file} cannot be written.", str(error), "Name another file.") from None
    return exits.SUCCESS


@command(epilog="\b\nExample:\n  ttdw emulator import world.json\n")
@click.argument("file", type=_FILE)
@url_option
def import_(file: Path) -> int:
    """Let the emulator know what FILE says, as export wrote it, and nothing else."""
    ask("PUT", "world", file.read_bytes())
    return exits.SUCCESS
