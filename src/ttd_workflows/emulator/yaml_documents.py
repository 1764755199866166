"""Reading YAML strictly: a name that is given twice is a mistake, and every mistake has a place.

Plain words mean what they do in YAML 1.2 and in JSON: ``no`` is a text, and so are ``12:30`` and ``2026-11-24``.
"""

import re
from collections.abc import Hashable
from typing import Any

import yaml


class NotYaml(ValueError):
    """A text that is no YAML document; ``place`` is where, ``problem`` what."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


_PLAIN = {
    "null": (r"~|null|", ["~", "n", ""]),
    "bool": (r"true|false", [*"tf"]),
    "int": (r"[-+]?(?:0|[1-9]\d*)", [*"-+0123456789"]),
    "float": (r"[-+]?(?:(?:\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.inf)|\.nan", [*"-+.0123456789"]),
}
"""How a plain word is written that is more than a text, and what it may begin with."""


class _Strict(yaml.SafeLoader):
    """Refuses a mapping with the same name twice; of two sections ``faults`` one would be lost without a word."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as the base class has it

    def construct_scalar(self, node: Any) -> str:
        text: str = super().construct_scalar(node)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NotYaml(_place(node.start_mark), "the text has half of a surrogate pair") from None
        return text

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT002 - its signature
        names: set[Any] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if isinstance(name, Hashable) and name in names:
                raise NotYaml(_place(key.start_mark), f"{name!r} is there twice")
            names.add(name if isinstance(name, Hashable) else None)
        return super().construct_mapping(node, deep)


for _tag, (_form, _beginnings) in _PLAIN.items():
    _Strict.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_form})\Z"), _beginnings)


def load(text: bytes | str) -> Any:
    """The one document in a text; ``None`` if it is empty."""
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader, and a strict one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(_place(mark), f"this is no YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, NotYaml):
            raise
        raise NotYaml("$", f"this is no YAML: {error}") from None


def _place(mark: Any) -> str:
    return "$" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"
