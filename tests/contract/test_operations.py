"""Every operation of both editions is there, under its documented name, in both forms, as the contract has it."""

from __future__ import annotations

import inspect
import types
from typing import Any, get_args

import pytest

from support.calls import EXAMPLES, OPERATIONS
from support.contract import EDITIONS, Declared, Shape, operations
from ttd_workflows import Workflows, models
from ttd_workflows.core.operation import CallOptions

ALL = operations()
each = pytest.mark.parametrize("declared", ALL, ids=str)


@pytest.fixture(scope="module")
def client() -> Workflows:
    return Workflows("t")


def test_the_whole_contract_is_looked_at():
    assert {e: len([o for o in ALL if o.edition == e]) for e in EDITIONS} == {"0.7.2": 16, "0.13.2": 18}
    assert {o.name for o in ALL} == set(OPERATIONS) == set(EXAMPLES)


@each
def test_it_has_its_method_and_path(declared: Declared):
    operation = OPERATIONS[declared.name]
    assert operation.method == declared.method
    assert operation.path(declared.edition) == declared.path
    assert str(operation) == declared.name


def test_what_an_edition_lacks_has_no_path_there():
    having = {e: {o.name for o in ALL if o.edition == e} for e in EDITIONS}
    for name, operation in OPERATIONS.items():
        assert {e for e in EDITIONS if operation.path(e)} == {e for e in EDITIONS if name in having[e]}


@each
def test_it_takes_the_documented_arguments_by_keyword(declared: Declared):
    parameters = OPERATIONS[declared.name].parameters
    assert set(parameters) == set(declared.arguments)
    for name, annotation in declared.arguments.items():
        optional = annotation.startswith("Optional")
        assert (parameters[name].default is not inspect.Parameter.empty) == optional
        if name == "force_archive":
            assert parameters[name].default is False


@each
def test_its_arguments_have_the_documented_types(declared: Declared):
    hints = OPERATIONS[declared.name].types
    for name, annotation in declared.arguments.items():
        if name == "request":
            assert declared.body is not None
            assert getattr(models, declared.body.name) in get_args(hints[name])
        elif name == "id":
            assert hints[name].__name__ == annotation
        elif name == "request_body":
            assert declared.body == Shape("list", Shape("str"))
            assert hints[name] == list[str] | None


@each
def test_it_returns_the_documented_class(declared: Declared):
    returned = OPERATIONS[declared.name].types["return"]
    if declared.returns == "list":
        assert issubclass(returned, list)
        return
    documented = getattr(models, declared.returns)
    # 0.7.2 knew of one answer to update_campaigns_job only.
    assert returned == documented or documented in get_args(returned)


@pytest.mark.parametrize("declared", [o for o in ALL if o.edition == "0.13.2"], ids=str)
def test_its_answer_has_the_accessors_of_0_13(declared: Declared):
    returned = OPERATIONS[declared.name].types["return"]
    kinds = get_args(returned) if isinstance(returned, types.UnionType) else (returned,)
    assert declared.accessors
    for kind in kinds:
        assert all(isinstance(getattr(kind, name), property) for name in (*declared.accessors, "http_meta"))


@each
def test_both_forms_are_methods_of_the_client(client: Workflows, declared: Declared):
    attribute, name = declared.name.split(".")
    resource: Any = getattr(client, attribute)
    blocking, awaited = getattr(resource, name), getattr(resource, f"{name}_async")
    assert not inspect.iscoroutinefunction(blocking)
    assert inspect.iscoroutinefunction(awaited)
    assert blocking.__name__ == name
    assert awaited.__name__ == f"{name}_async"
    assert inspect.signature(blocking) == inspect.signature(awaited)
    assert blocking.__doc__
    assert blocking.__doc__ == awaited.__doc__


def test_every_operation_takes_the_same_options():
    assert set(CallOptions.__annotations__) == {"retries", "server_url", "timeout_ms", "http_headers", "repeat"}
