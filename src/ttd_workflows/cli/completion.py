"""``ttdw completion``: the script that lets a shell complete commands, options, jobs and profiles."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.shells import PROGRAM, SHELLS, VARIABLE, register

EPILOG = """\b
Examples:
  eval "$(ttdw completion bash)"                           in ~/.bashrc
  eval "$(ttdw completion zsh)"                            in ~/.zshrc
  ttdw completion fish > ~/.config/fish/completions/ttdw.fish

\b
Afterwards, with the tabulator key:
  ttdw st<TAB>                commands and options
  ttdw status 41<TAB>         the jobs that this machine has submitted
  ttdw status --profile a<TAB>   the profiles that are kept
"""


@command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print what makes a shell complete commands, jobs and profiles.

    SHELL is bash (4.4 or newer), zsh or fish. The script goes to stdout; each shell's own file of settings evaluates
    it.
    """
    register()
    kind = get_completion_class(shell)
    if kind is None:  # pragma: no cover - click has these three
        raise click.UsageError(f"There is no completion for {shell}.", context)
    script = kind(context.find_root().command, {}, PROGRAM, VARIABLE)
    click.echo(script.source_template % script.source_vars())
    return exits.SUCCESS
