"""Completion as each shell wants it: click's scripts, and one of our own for bash, which breaks words at colons."""

from __future__ import annotations

import os

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "ttdw"
VARIABLE = "_TTDW_COMPLETE"
"""What a shell sets when it asks what to offer."""
_LINE, _BREAKS = "COMP_WORDS", "TTDW_WORDBREAKS"
_SOURCE = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local response type value completion

    response=$(env COMP_WORDS="${COMP_LINE:0:$COMP_POINT}" TTDW_WORDBREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)

    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            dir) COMPREPLY=(); compopt -o dirnames ;;
            file) COMPREPLY=(); compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done

    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s ttd-workflows
"""


class Bash(BashComplete):
    """Reads the line as it was typed, and gives of each offer what bash has to put behind the last colon."""

    source_template = _SOURCE
    _typed = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is typed, and that one."""
        line = os.environ[_LINE]
        words = split_arg_string(line)[1:]
        self._typed = words.pop() if words and not line[-1:].isspace() else ""
        return words, self._typed

    def format_completion(self, item: CompletionItem) -> str:
        """An offer as the script reads it."""
        value = str(item.value)
        if ":" in os.environ.get(_BREAKS, ":") and ":" in self._typed:
            value = value.removeprefix(self._typed.rpartition(":")[0] + ":")
        return f"{item.type},{value}"


def register() -> None:
    """Let click use it."""
    add_completion_class(Bash, "bash")
