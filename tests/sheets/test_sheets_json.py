"""JSON and JSON lines: inputs as the service has them, or flat."""

import json

import pytest

from ttd_workflows import sheets
from ttd_workflows.errors import InputError

NESTED = {
    "campaignId": "0391336",
    "primaryInput": {"name": "Spring", "channel": "Display", "funnelLocation": "Awareness"},
}
FLAT = {"campaign_id": "0391336", "name": "Spring", "primaryInput.channel": "Display", "funnel location": "Awareness"}


@pytest.fixture
def read(tmp_path):
    def read(content, operation="create_ad_groups", name="sheet.json"):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text, "utf-8")
        return sheets.read(tmp_path / name, operation)

    return read


def test_nested_and_flat_objects_say_the_same(read):
    nested, flat = read([NESTED, FLAT]).rows
    assert json.loads(nested.input.wire()) == json.loads(flat.input.wire()) == NESTED
    assert (nested.number, flat.number) == (1, 2)


def test_lines_are_counted_blank_ones_too(read):
    text = f"\ufeff{json.dumps(NESTED)}\r\n\r\n{json.dumps(FLAT)}\n"
    assert [row.number for row in read(text, name="sheet.jsonl").rows] == [1, 3]


def test_null_and_empty_text_are_values(read):
    (row,) = read([{"id": "0391336", "description": None, "name": ""}], "update_campaigns").rows
    assert json.loads(row.input.wire()) == {"id": "0391336", "primaryInput": {"description": None, "name": ""}}


def test_the_word_null_is_text_in_json(read):
    (row,) = read([{"id": "0391336", "name": "null"}], "update_campaigns").rows
    assert row.input.primary_input.name == "null"


def test_an_id_that_is_a_number_is_refused(read):
    (row,) = read([{**NESTED, "campaignId": 391336}]).rows
    assert row.faults == (("campaignId", "this should be a valid string"),)


def test_what_is_said_twice_is_refused(read):
    (row,) = read([{**NESTED, "primaryInput.name": "Autumn"}]).rows
    assert row.faults == (("primaryInput.name", "this says primaryInput.name, and so does primaryInput"),)
    with pytest.raises(InputError, match=r"sheet\.json is not JSON: the member 'a' is given twice"):
        read('[{"a": 1, "a": 2}]')


def test_a_member_that_one_object_misspells_is_refused(read):
    with pytest.raises(InputError, match="chanel: there is no member 'chanel'; did you mean"):
        read([NESTED, {**NESTED, "chanel": "Display"}])


def test_what_is_missing_is_told_of_each_object(read):
    rows = read([NESTED, {"campaignId": "0391336"}, {"primaryInput": {}}]).rows
    assert rows[0].faults == ()
    assert rows[1].faults == (("primaryInput", "this member is required"),)
    assert [path for path, _ in rows[2].faults] == [
        "campaignId",
        "primaryInput.name",
        "primaryInput.channel",
        "primaryInput.funnelLocation",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[NaN]", "NaN is not a number that can be sent"),
        ("{}\n{}", r"an object in each line is called \.jsonl"),
        ('{"campaignId": "x"}', "an array of objects is expected"),
        ("[]", "has no rows"),
        ("[1, {}, null]", "row 1: this is not an object: an object with an input's members is expected"),
    ],
)
def test_other_documents_are_refused(read, text, why):
    with pytest.raises(InputError, match=why):
        read(text)


def test_lines_that_are_no_objects_are_all_named(read):
    with pytest.raises(InputError) as refused:
        read('{"a": 1\n[1]\n{}\n', name="sheet.jsonl")
    assert [path for path, _ in refused.value.faults] == ["row 1", "row 2"]


@pytest.mark.parametrize("name", ["sheet.json", "sheet.jsonl"])
def test_a_copy_is_in_the_same_form_and_can_be_read(read, name):
    objects = [NESTED, {**FLAT, "name": "ü 春"}]
    sheet = read("\n".join(map(json.dumps, objects)) if name.endswith("l") else objects, name=name)
    path = sheet.save_copy(sheet.place_of_copy({}), {1: sheets.Outcome("created", "abc1234")})
    text = path.read_text("utf-8")
    told = [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)
    assert told == [
        {**objects[0], "outcome": "created", "id": "abc1234", "error": ""},
        {**objects[1], "outcome": "not sent", "id": "", "error": ""},
    ]
    again = sheets.read(path, "create_ad_groups")
    assert [row.outcome and row.outcome.id for row in again.rows] == ["abc1234", None]
    assert again.inputs == sheet.inputs[1:]
