"""``workflows.jobs``, a job and its result: every method with its arguments and errors, from its docstring."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from generated.spelling import said
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.result import Result
from ttd_workflows.jobs.submissions import Jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOBS = """
    first_party_data third_party_data create_campaigns update_campaigns create_ad_groups update_ad_groups
    graphql_bulk_query get of as_completed wait_all entries
"""
SHOWN: dict[str, tuple[type, str]] = {
    "workflows.jobs": (Jobs, _JOBS),
    "job": (Job, "id token parts status wait result events outcome resubmit"),
    "result": (Result, "partial errors save rows items to_polars to_pandas to_arrow to_parquet to_jsonl"),
}
"""What callers are meant to use, as they spell it: the class, and its members in the order of the page."""
_SECTION = re.compile(r"\n\n(Args|Raises):\n")
_ITEM = re.compile(r"^ {4}(\S.*?): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")


def described() -> str:
    """A section for each class, an entry for each member."""
    return "\n".join(
        f"## {spelt}\n\n{_plain(said(kind))}\n\n" + "\n".join(_entry(spelt, kind, name) for name in names.split())
        for spelt, (kind, names) in SHOWN.items()
    )


def _entry(owner: str, kind: type, name: str) -> str:
    member = inspect.getattr_static(kind, name)
    body = getattr(member, "body", None) or (member.fget if isinstance(member, property) else member)
    text, *sections = _SECTION.split(said(body))
    twin = f", awaited `{name}_async`" if hasattr(kind, f"{name}_async") else ""
    call = f"{owner}.{name}" if isinstance(member, property) else f"{owner}.{name}({', '.join(_arguments(body))})"
    tables = "".join(_table(*section) for section in zip(sections[::2], sections[1::2], strict=True))
    return f"### {owner}.{name}\n\n`{call}`{twin}\n\n{_plain(text)}\n{tables}"


def _arguments(body: Any) -> Iterator[str]:
    """The arguments as they are written, without self and port; ``*`` stands where names begin to be needed."""
    starred = False
    for parameter in inspect.signature(body).parameters.values():
        if parameter.name in {"self", "port"}:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        yield parameter.name if parameter.default is parameter.empty else f"{parameter.name}={parameter.default!r}"


def _table(title: str, lines: str) -> str:
    """The table of arguments, or of errors, that a docstring in Google's style has."""
    head = {"Args": "argument", "Raises": "raises"}[title]
    rows = "".join(f"| {_codes(names)} | {_plain(meaning)} |\n" for names, meaning in _ITEM.findall(lines))
    return f"\n| {head} | |\n| --- | --- |\n{rows}"


def _codes(names: str) -> str:
    return ", ".join(f"`{name.strip()}`" for name in names.split(","))


def _plain(text: str) -> str:
    """Without line breaks within a paragraph, and with references as code."""
    return "\n\n".join(" ".join(_ROLE.sub(r"`\1`", paragraph).split()) for paragraph in text.split("\n\n"))
