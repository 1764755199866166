"""Every schema, member and enum of both editions is there, under its documented name, as the contract has it."""

from __future__ import annotations

import types
from enum import Enum
from typing import Any, Union, get_args, get_origin, is_typeddict

import pytest

import ttd_workflows
from support.contract import EDITIONS, Member, Shape, enums, is_wrapper, members, schemas
from ttd_workflows import models
from ttd_workflows.models.base import Model, Only, is_nullable

SCALARS = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "datetime": __import__("datetime").datetime,
    "Any": Any,
}
SCHEMAS = sorted({name for edition in EDITIONS for name in schemas(edition)})
ENUMS = sorted({name for edition in EDITIONS for name in enums(edition)})
PASSED_THROUGH = {"SubmitGraphQlRequestResponse", "SubmitRestRequestResponse"}
"""Empty schemas in 0.7.2, which lost the body; here the body itself."""
SPLIT = {
    "CampaignUpdateWorkflowAdvancedInput": "CampaignWorkflowAdvancedInput",
    "CampaignUpdateWorkflowBudgetInput": "CampaignWorkflowBudgetInput",
}
"""0.7.2 had one schema for creating and updating, 0.13.2 has two; the old name is the creating one's."""
NO_MEMBER = {"additional_properties", "http_meta"}
"""Read as properties."""
MODELS = [name for name in SCHEMAS if not is_wrapper(name) and name not in PASSED_THROUGH]
OWN = [m for m in members() if not is_wrapper(m.schema) and m.name not in NO_MEMBER]
ACCESSORS = [m for m in members() if m.edition == "0.13.2" and is_wrapper(m.schema) and m.schema not in PASSED_THROUGH]


def _field(member: Member) -> Any:
    return getattr(models, member.schema).model_fields[member.name]


def test_the_whole_contract_is_looked_at():
    assert len(SCHEMAS) == 109
    assert len(ENUMS) == 24
    assert {edition: len(schemas(edition)) for edition in EDITIONS} == {"0.7.2": 69, "0.13.2": 104}
    assert {edition: len([m for m in members() if m.edition == edition]) for edition in EDITIONS} == {
        "0.7.2": 343,
        "0.13.2": 474,
    }
    assert {edition: sum(map(len, enums(edition).values())) for edition in EDITIONS} == {"0.7.2": 158, "0.13.2": 218}


@pytest.mark.parametrize("name", [*SCHEMAS, *ENUMS])
def test_is_reached_by_its_name(name: str):
    assert getattr(ttd_workflows, name) is getattr(models, name)
    assert name in models.__all__
    assert name in dir(models)


@pytest.mark.parametrize("member", OWN, ids=str)
def test_a_member_has_its_wire_name_type_and_flags(member: Member):
    field = _field(member)
    if member.schema not in {"HTTPMetadata", "Security"}:  # which are never on the wire
        assert (field.alias or member.name) == member.wire
    assert _fits(member.shape, field.annotation)
    mark = _mark(field)
    required = field.is_required() or (mark is not None and mark.required and mark.edition == member.edition)
    assert required == member.required
    assert is_nullable(field) == member.nullable or member.schema == "HTTPMetadata"


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_has_no_other_members_and_marks_what_one_edition_lacks(name: str):
    model = getattr(models, name)
    by_edition = {edition: its for edition in EDITIONS if (its := _members_in(model, edition)) is not None}
    assert set(model.model_fields) == set().union(*by_edition.values())
    if name != "HTTPMetadata":  # our answers of both editions have it
        assert model.edition == (None if len(by_edition) > 1 else "0.13.2" if "0.13.2" in by_edition else None)
    for member, field in model.model_fields.items():
        holding = [edition for edition, its in by_edition.items() if member in its]
        mark = _mark(field)
        assert (mark.edition if mark else None) == (holding[0] if len(holding) < len(by_edition) else None), member


@pytest.mark.parametrize("member", ACCESSORS, ids=str)
def test_a_wrapper_names_the_answer_which_has_its_accessors(member: Member):
    kinds = _kinds(getattr(models, member.schema))
    assert all(isinstance(getattr(kind, member.name), property) for kind in kinds)


@pytest.mark.parametrize("name", sorted(PASSED_THROUGH))
def test_what_is_passed_through_has_the_accessors_too(name: str):
    for kind in _kinds(getattr(models, name)):
        assert isinstance(kind.object, property)
        assert isinstance(kind.http_meta, property)


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_has_every_word_of_both_editions_and_no_other(name: str):
    words = {member: value for e in EDITIONS for member, value in enums(e).get(name, {}).items()}
    kind = getattr(models, name)
    assert {member.name: member.value for member in kind} == words
    assert all(isinstance(member, str) and isinstance(member, Enum) for member in kind)


@pytest.mark.parametrize("name", MODELS)
def test_each_schema_has_its_dict_form(name: str):
    form = getattr(models, f"{name}TypedDict")
    assert is_typeddict(form)
    model: type[Model] = getattr(models, name)
    assert set(form.__annotations__) == set(model.model_fields)
    assert form.__required_keys__ == {n for n, f in model.model_fields.items() if f.is_required()}


def test_there_is_nothing_under_any_other_name():
    with pytest.raises(AttributeError, match="CampaingPayload"):
        _ = models.CampaingPayload
    with pytest.raises(AttributeError, match="NopeTypedDict"):
        _ = models.NopeTypedDict
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = ttd_workflows.nothing_of_the_kind


def _mark(field: Any) -> Only | None:
    return next((m for m in field.metadata if isinstance(m, Only)), None)


def _members_in(model: type, edition: str) -> set[str] | None:
    """The members a class must have for an edition, under whichever of its names; ``None`` if that lacks it."""
    names = [name for name in MODELS if getattr(models, name) is model]
    if edition == "0.7.2":
        names += [SPLIT[name] for name in names if name in SPLIT]
    found = [set(schemas(edition)[name]) - NO_MEMBER for name in names if name in schemas(edition)]
    return set().union(*found) if found else None


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)


def _fits(shape: Shape, annotation: Any) -> bool:
    """Whether an annotation means the shape, ``None``, ``Annotated`` and further choices of a union aside."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return any(_fits(shape, choice) for choice in arguments if choice is not type(None))
    if hasattr(annotation, "__metadata__"):
        return _fits(shape, arguments[0])
    if shape.of is not None:
        return origin is {"list": list, "dict": dict}[shape.name] and _fits(shape.of, arguments[-1])
    if shape.name in {"Request", "Response"}:
        return annotation is Any
    names = [shape.name, *(new for new, old in SPLIT.items() if old == shape.name)]
    return any(annotation is (SCALARS.get(name) or getattr(models, name)) for name in names)
