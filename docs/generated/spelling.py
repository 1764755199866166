"""How the pages spell types, docstrings and links."""

from __future__ import annotations

import enum
import inspect
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from ttd_workflows.models.base import Model

MODELS = "models.md"
_PLAIN = {
    datetime: "date and time",
    Any: "any JSON",
    str: "text",
    bool: "true or false",
    int: "integer",
    float: "number",
}


def said(subject: object) -> str:
    """A docstring as Markdown."""
    text = (inspect.getdoc(subject) or "").replace("``", "`").replace("::\n", ":\n")
    return text.strip()


def anchor(heading: str) -> str:
    """The anchor that a heading gets."""
    return "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "-_ ").replace(" ", "-")


def spelt(annotation: Any, *, page: str = "") -> str:
    """A type in words, with a link to each model and enum, which stand on ``page``; ``None`` is left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return spelt(annotation.__origin__, page=page)
    if origin in {Union, UnionType}:
        parts = [spelt(part, page=page) for part in get_args(annotation) if part is not NoneType]
        return " or ".join(dict.fromkeys(parts))
    if origin is list:
        return f"list of {spelt(get_args(annotation)[0], page=page)}"
    if origin is dict:
        return f"object of {spelt(get_args(annotation)[1], page=page)} by name"
    if isinstance(annotation, type) and issubclass(annotation, (Model, enum.Enum)):
        return linked(annotation.__name__, page)
    return _PLAIN.get(annotation, f"`{getattr(annotation, '__name__', annotation)}`")


def linked(name: str, page: str = "") -> str:
    """A link to a model or enum."""
    return f"[{name}]({page}#{anchor(name)})"
