"""JSON: an array of objects, or an object in each line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.sheets.forms import Record
from ttd_workflows.sheets.text import decoded
from ttd_workflows.sheets.values import loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ttd_workflows.sheets.forms import Added, Place


class JsonSheet:
    """Objects, each an input: nested as the service has them, or flat with paths for names."""

    in_json: ClassVar = True
    worksheet = None

    def __init__(self, name: str, content: bytes, *, in_lines: bool) -> None:
        self._in_lines = in_lines
        text, _ = decoded(name, content)
        text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        found = _each_line(text) if in_lines else _array(name, text)
        self.records, faults = [], []
        for number, read in found:
            if isinstance(read, dict):
                self.records.append(Record(number, read))
            else:
                said = str(read) if isinstance(read, ValueError) else "this is not an object"
                faults.append(Fault(f"row {number}", f"{said}: an object with an input's members is expected"))
        if faults:
            raise InputError.of(name, faults)
        self.headings: Mapping[Place, str] = {key: key for record in self.records for key in map(str, record.cells)}

    def copy(self, added: Mapping[int, Added], headings: Sequence[str]) -> bytes:
        """The whole file again; see :class:`~ttd_workflows.sheets.forms.Form`."""
        lines = [
            json.dumps(
                {**record.cells, **{name: added.get(record.number, {}).get(name, "") for name in headings}},
                ensure_ascii=False,
            )
            for record in self.records
        ]
        text = "\n".join(lines) if self._in_lines else "[\n" + ",\n".join(lines) + "\n]"
        return (text + "\n").encode("utf-8", "replace")


def _each_line(text: str) -> Iterator[tuple[int, Any]]:
    """What each line that is not blank says, or the error of its JSON."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, loads(line)
            except ValueError as error:
                yield number, error


def _array(name: str, text: str) -> Iterable[tuple[int, Any]]:
    try:
        array = loads(text)
    except ValueError as error:
        hint = " (a file with an object in each line is called .jsonl)" if "Extra data" in str(error) else ""
        raise InputError(f"{name} is not JSON: {error}{hint}") from None
    if not isinstance(array, list):
        raise InputError(f"{name}: an array of objects is expected, [{{…}}, {{…}}], even for one input")
    return enumerate(array, 1)
