"""Rows as cells: what is text, what a spreadsheet would calculate, and which columns there are."""

from __future__ import annotations

import pytest

from ttd_workflows.results.cells import cell, flat, text, titles


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("", ""),
        ("Größe", "Größe"),
        (0, "0"),
        (-1.5, "-1.5"),
        (True, "true"),
        ([], "[]"),
        (["東京", None], '["東京", null]'),
        ({}, "{}"),
    ],
)
def test_text_is_as_it_is_and_all_else_is_json(value, written):
    assert text(value) == written
    assert cell(value) == written


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_would_be_calculated_has_an_apostrophe(begin):
    assert cell(f"{begin}1+1") == f"'{begin}1+1"
    assert text(f"{begin}1+1") == f"{begin}1+1"
    assert cell(f"a{begin}1") == f"a{begin}1"


def test_members_of_nested_objects_have_dotted_names():
    row = {"id": "1", "counts": {"households": 2, "ids": {"uid2": 3}}, "names": [{"a": 1}], "none": {}}
    assert flat(row) == {"id": "1", "counts.households": 2, "counts.ids.uid2": 3, "names": [{"a": 1}], "none": {}}


def test_columns_stand_in_the_order_of_their_first_appearance():
    assert titles([{"b": 1}, {"a": 1, "b": 2}, {"c": 3}]) == ["b", "a", "c"]
    assert titles([]) == []


@pytest.mark.parametrize("rows", [[{"n": None}, {"n": {"x": 1}}], [{"n": {"x": 1}}, {"n": {}}]])
def test_an_object_that_is_missing_somewhere_has_the_columns_of_its_members_only(rows):
    assert titles(rows) == ["n.x"]
