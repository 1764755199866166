"""What became of each input of a bulk job."""

import json
import pickle

import pytest

from ttd_workflows.results import ColumnMisfit, DamagedResult, NoData, UnknownResultShape, items, rows

INPUTS = [{"name": "a"}, {"name": ""}, {"name": "c"}]
RESULT = [
    {"index": 0, "campaign": {"id": "c1"}, "adGroups": [{"id": "g1"}], "errors": []},
    {"index": 1, "campaign": None, "errors": [{"path": "$.input[1].name", "message": "must not be empty"}]},
    {"index": 2, "campaign": {"id": "c3"}, "errors": []},
]


def test_each_input_learns_what_became_of_it():
    first, second, third = items(json.dumps(RESULT), INPUTS)
    assert (first.index, first.input, first.entity, first.ad_groups) == (0, INPUTS[0], {"id": "c1"}, ({"id": "g1"},))
    assert first.ok
    assert first.subject == "campaign"
    assert (second.entity, second.ok) == (None, False)
    assert second.message == "$.input[1].name: must not be empty"
    assert third.input is INPUTS[2]


def test_a_part_of_a_split_job_counts_from_its_start():
    assert [item.index for item in items(json.dumps(RESULT), INPUTS, start=1000)] == [1000, 1001, 1002]


def test_inputs_may_be_left_out():
    assert [item.input for item in items(json.dumps(RESULT))] == [None] * 3


def test_ad_groups_are_items_too():
    [item] = items('[{"index":0,"adGroup":{"id":"g"},"errors":[]}]', [{}])
    assert (item.subject, item.entity) == ("adGroup", {"id": "g"})


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('{"data":{"x":1}}', "not an array with an element for each input"),
        ('[{"id":"c1"},{"id":"c2"},{"id":"c3"}]', "members id"),
        ("[1,2,3]", "an element is int"),
        (json.dumps(RESULT[:2]), "it has 2 elements, and there are more inputs"),
        (json.dumps([*RESULT, {**RESULT[0], "index": 3}]), "more elements than there are inputs"),
        (json.dumps(RESULT[::-1]), "says that it is about input 2"),
        ('[{"index":0,"campaign":null,"errors":[]}]', "neither a campaign nor errors"),
        ('[{"index":0,"campaign":5,"errors":[]}]', "neither a campaign nor errors"),
        ('[{"index":0,"campaign":{},"errors":"no"}]', "neither a campaign nor errors"),
        ('[{"index":0,"campaign":{},"errors":[],"more":1}]', "members campaign, errors, index, more"),
    ],
)
def test_an_unknown_shape_is_refused_and_stays_readable(document, said):
    with pytest.raises(UnknownResultShape) as raised:
        list(items(document, INPUTS))
    assert said in str(raised.value)
    assert "What the job created is not undone" in str(raised.value)
    assert "rows(path=…)" in str(raised.value)
    assert pickle.loads(pickle.dumps(raised.value)).row == raised.value.row
    if document.startswith("["):
        assert list(rows(document)) == json.loads(document)


def test_a_damaged_result_is_that_and_not_an_unknown_one():
    with pytest.raises(DamagedResult):
        list(items(json.dumps(RESULT)[:-3], INPUTS))


@pytest.mark.parametrize("kind", [DamagedResult, NoData, UnknownResultShape, ColumnMisfit])
def test_errors_survive_pickling(kind):
    error = kind("what happened")
    error.row, error.byte = 17, 5
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.row, again.byte) == (kind, "what happened", 17, 5)
