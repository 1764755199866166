"""Rows out of one document, held against json.loads."""

import json
import tracemalloc
from io import BytesIO, StringIO
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttd_workflows.errors import InputError
from ttd_workflows.results import DamagedResult, NoData, UnknownResultShape, rows
from ttd_workflows.results import window as windows

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.sampled_from('ab"\\{}[]:, \n\té東🌊\u2028'))
)
KEYS = st.text(alphabet=st.sampled_from('abid"\\{]é'), min_size=1, max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
ROWS = st.lists(st.dictionaries(KEYS, VALUES, max_size=4) | VALUES, max_size=12)
WRITTEN = st.sampled_from(
    [
        {"separators": (",", ":"), "ensure_ascii": False},
        {"separators": (",", ":")},
        {"indent": 2, "ensure_ascii": False},
        {"indent": "\t"},
        {},
    ]
)


def third_party(nodes, **beside):
    return {"data": {"partner": {"thirdPartyData": {"nodes": nodes}}}, **beside}


@given(
    nodes=ROWS, written=WRITTEN, chunk=st.integers(1, 40), other=VALUES, errors_first=st.booleans(), bom=st.booleans()
)
@settings(max_examples=150, deadline=None)
def test_rows_are_those_that_json_loads_has(nodes, written, chunk, other, errors_first, bom):
    errors = {"errors": [{"message": "partly", "path": ["data", 1]}]}
    document = {"extensions": other, **third_party(nodes)}
    document = {**errors, **document} if errors_first else {**document, **errors}
    text = json.dumps(document, **written)
    found = rows(("\ufeff" * bom + text).encode(), chunk=chunk)
    assert list(found) == json.loads(text)["data"]["partner"]["thirdPartyData"]["nodes"]
    assert found.errors == tuple(errors["errors"])
    assert found.path == ("data", "partner", "thirdPartyData", "nodes")


ALIKE = st.lists(
    st.fixed_dictionaries(
        {
            "id": SCALARS,
            "below": st.fixed_dictionaries({"nodes": st.lists(st.fixed_dictionaries({"id": SCALARS}), max_size=3)}),
            "rest": VALUES,
        }
    ),
    min_size=5,
    max_size=40,
)


@given(nodes=ALIKE, written=WRITTEN, chunk=st.integers(100, 900), flip=st.booleans())
@settings(max_examples=150, deadline=None)
def test_rows_alike_are_cut_into_pieces_and_are_those_that_json_loads_has(nodes, written, chunk, flip):
    nodes = [dict(reversed(node.items())) for node in nodes] if flip else nodes
    text = json.dumps(third_party(nodes), **written)
    got = list(rows(text, chunk=chunk))
    assert got == json.loads(text)["data"]["partner"]["thirdPartyData"]["nodes"]
    assert json.dumps(got) == json.dumps(nodes)  # 1 is not 1.0 and not true


@pytest.mark.parametrize(
    "odd",
    [
        "-0",
        "-0.0",
        "1e400",
        "1E5",
        "123456789012345678901234567890",
        "0.1",
        '"\\ud83c\\udf0a"',
        '"\\ud800"',
        "[" * 300 + "]" * 300,
        '{"a":1,"b":2,"a":3}',
    ],
)
def test_odd_values_are_those_that_json_loads_has_in_every_piece(odd):
    text = "[" + ",".join(f'{{"id":{n},"odd":{odd if n % 50 == 49 else n}}}' for n in range(500)) + "]"
    assert repr(list(rows(text, chunk=300))) == repr(json.loads(text))


@pytest.mark.parametrize("bad", ["NaN", "01", "1.", "[1,]", '"\\x"', "tru", "'a'", '"a\tb"', "\x00"])
def test_what_is_not_json_is_refused_in_every_piece(bad):
    text = "[" + ",".join(f'{{"id":{n},"odd":{bad if n == 250 else n}}}' for n in range(500)) + "]"
    found, got = rows(text, chunk=300), []
    with pytest.raises(DamagedResult) as raised:
        got.extend(found)
    assert len(got) == 250
    assert raised.value.row == 251
    begin = text.index('{"id":250')
    assert begin <= raised.value.byte <= begin + 30


@given(nodes=ROWS, written=WRITTEN, chunk=st.integers(1, 40), data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_document_that_is_cut_short_gives_its_first_rows_and_says_so(nodes, written, chunk, data):
    document = json.dumps(third_party(nodes), **written).encode()
    cut = data.draw(st.integers(1, len(document) - 1))
    found, got = rows(document[:cut], chunk=chunk), []
    with pytest.raises(DamagedResult) as raised:
        got.extend(found)  # extend keeps what came before the error
    assert got == json.loads(document)["data"]["partner"]["thirdPartyData"]["nodes"][: len(got)]
    assert raised.value.byte is not None
    assert raised.value.byte <= cut
    if raised.value.row is not None:
        assert raised.value.row == len(got) + 1


@given(nodes=ROWS, chunk=st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_the_array_that_a_document_is_can_be_read(nodes, chunk):
    assert list(rows(json.dumps(nodes), chunk=chunk)) == nodes


@pytest.mark.parametrize("source", ["path", "text path", "binary", "text", "bytes", "open text"])
def test_every_kind_of_source(tmp_path, source):
    text = json.dumps(third_party([{"id": "é"}]), ensure_ascii=False)
    path = tmp_path / "result.json"
    path.write_text(text, encoding="utf-8")
    sources = {
        "path": path,
        "text path": str(path),
        "binary": BytesIO(text.encode()),
        "text": text,
        "bytes": text.encode(),
        "open text": StringIO(text),
    }
    assert list(rows(sources[source])) == [{"id": "é"}]


def test_first_party_rows_are_found_without_a_path():
    assert list(rows('{"data":{"advertiser":{"firstPartyData":{"nodes":[{"id":1}]}}}}')) == [{"id": 1}]


@pytest.mark.parametrize(
    "path",
    ["data.partner.mine.nodes", "data.partner.mine", "partner.mine.nodes", ("data", "partner", "mine", "nodes")],
)
def test_a_path_names_response_keys(path):
    document = {"data": {"partner": {"other": {"nodes": [1]}, "mine": {"totalCount": 1, "nodes": [2]}}}}
    found = rows(json.dumps(document), path)
    assert list(found) == [2]
    assert found.path == ("data", "partner", "mine", "nodes")


def test_rows_in_more_than_one_place_are_not_passed_over_in_silence():
    document = json.dumps({"data": {"a": {"nodes": [1]}, "empty": {"nodes": []}, "b": {"nodes": [2]}}})
    found, got = rows(document), []
    with pytest.raises(UnknownResultShape, match=r"those of data\.b\.nodes were not\. .*path='data\.b\.nodes'"):
        got.extend(found)
    assert got == [1]
    assert list(rows(document, "data.b.nodes")) == [2]


def test_the_same_key_twice_around_the_rows_is_refused_and_within_a_row_the_last_one_stands():
    with pytest.raises(UnknownResultShape, match="twice"):
        list(rows('{"data":{"a":{"nodes":[1],"nodes":[2]}}}'))
    assert list(rows('{"data":{"a":{"nodes":[{"id":1,"id":2}]}}}')) == [{"id": 2}]


@pytest.mark.parametrize(
    "document",
    ['{"data":{"partner":{"thirdPartyData":{"nodes":[ ]}}}}', '{"data":{"partner":{"thirdPartyData":null}}}'],
)
def test_empty_nodes_and_a_null_connection_are_no_rows(document):
    found = rows(document)
    assert list(found) == []
    assert found.errors == ()


@pytest.mark.parametrize(
    "document", ['{"data":null,"errors":[%s]}', '{"errors":[%s]}', '{"errors":[%s],"data":{"partner":null}}']
)
def test_errors_without_data_are_an_error_that_says_what_graphql_said(document):
    with pytest.raises(NoData) as raised:
        list(rows(document % '{"message":"not authorized for partner p9"}'))
    assert "no data, only errors: not authorized for partner p9." in str(raised.value)
    assert "submit the job again" in str(raised.value)
    assert raised.value.errors == ({"message": "not authorized for partner p9"},)


def test_a_path_that_leads_nowhere_names_the_keys_that_are_there():
    with pytest.raises(
        UnknownResultShape, match=r"no array at data\.p\.nodes: .*data\.partner.*No row was read\. Name"
    ):
        list(rows(json.dumps(third_party([1])), "data.p.nodes"))


def test_a_path_without_keys_is_an_input_error():
    with pytest.raises(InputError, match="path cannot be sent"):
        list(rows("[]", "data..nodes"))


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ('{"a" 1}', "not JSON"),
        ("NaN", "NaN is not JSON"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":1} {"a":2}', "',' or ']' is missing"),
        ('"a\nb"', "not JSON"),
        ("[1,]", "not JSON"),
    ],
)
@pytest.mark.parametrize("chunk", [7, None])
def test_what_is_not_json_is_refused_after_the_rows_before_it(row, what, chunk):
    before = '{"data":{"a":{"nodes":[{"id":1},'
    found, got = rows(f'{before}{row},{{"id":3}}]}}}}}}', chunk=chunk), []
    with pytest.raises(DamagedResult, match=what) as raised:
        got.extend(found)
    assert got == [{"id": 1}]
    assert raised.value.row == 2
    assert len(before) <= raised.value.byte <= len(before) + len(row) + 1
    assert "The 1 rows before it are whole. Save the result again" in str(raised.value)


@pytest.mark.parametrize("chunk", [3, None])
def test_bytes_that_are_not_utf_8_are_refused_at_their_row(chunk):
    with pytest.raises(DamagedResult, match="row 2") as raised:
        list(rows(b'{"data":{"a":{"nodes":["ok","\xff",3]}}}', chunk=chunk))
    assert raised.value.byte == 29


def test_what_is_passed_over_is_not_nested_without_end():
    with pytest.raises(DamagedResult, match="more than 500 levels"):
        list(rows('{"extensions":' + "[" * 100_000 + "]" * 100_000 + ',"data":{"a":{"nodes":[]}}}'))


@pytest.mark.parametrize(
    "document", ['{"data":{"a":{"nodes":[1]}}} x', "[1] [2]", '{"data":{"a":{"nodes":[1]}},"x":]}', '{"x":{]}']
)
def test_a_document_that_goes_wrong_around_its_rows_is_refused(document):
    with pytest.raises(DamagedResult):
        list(rows(document))


def test_a_document_in_utf_16_is_refused_in_words():
    with pytest.raises(UnknownResultShape, match="UTF-16"):
        list(rows("[]".encode("utf-16")))


def test_half_a_character_is_kept_as_json_loads_keeps_it():
    assert list(rows('["\\ud800"]')) == ["\ud800"]


def test_a_huge_string_is_a_value_like_others_and_one_beyond_the_limit_is_refused(monkeypatch):
    text = 'a"]},{' * 200_000
    assert list(rows(json.dumps([text, 1]))) == [text, 1]
    monkeypatch.setattr(windows, "LONGEST", 1 << 19)
    with pytest.raises(UnknownResultShape, match="Row 1, counted from 1, at byte 1 is longer than 0 MiB"):
        list(rows(json.dumps([text, 1])))


def test_memory_stays_constant():
    def document(size):
        yield b'{"data":{"a":{"nodes":['
        yield from (b'{"id":1,"name":"abcdefghijklmnopqrstuvwxyz"},' for _ in range(size))
        yield b"0]}}}"

    class Stream:
        def __init__(self, size):
            self.pieces = document(size)

        def read(self, size):
            return b"".join(islice(self.pieces, size // 40))

    def peak(size):
        tracemalloc.start()
        count = sum(1 for _ in rows(Stream(size)))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == size + 1
        return highest

    peak(1000)
    assert peak(60_000) < 1.3 * peak(12_000)


NESTED = [
    {"id": 1, "adGroups": {"totalCount": 2, "nodes": [{"id": 10}, {"id": 11, "x": {"y": 1}}]}, "name": "a"},
    {"id": 2, "adGroups": {"nodes": []}},
    {"id": 3, "adGroups": None},
]


def test_connections_within_rows_are_flattened_with_the_keys_of_their_parents():
    assert list(rows(json.dumps(NESTED), flatten="adGroups")) == [
        {"id": 1, "name": "a", "adGroups.totalCount": 2, "adGroups.id": 10},
        {"id": 1, "name": "a", "adGroups.totalCount": 2, "adGroups.id": 11, "adGroups.x": {"y": 1}},
        {"id": 2},
        {"id": 3},
    ]


def test_two_levels_of_connections_are_flattened():
    document = json.dumps([{"id": 1, "a": {"nodes": [{"id": 2, "b": {"nodes": [{"id": 3}, {"id": 4}]}}]}}])
    expected = [{"id": 1, "a.id": 2, "a.b.id": 3}, {"id": 1, "a.id": 2, "a.b.id": 4}]
    assert list(rows(document, flatten=True)) == expected
    assert list(rows(document, flatten="a.b")) == expected
    assert list(rows(document, flatten="a")) == [{"id": 1, "a.id": 2, "a.b": {"nodes": [{"id": 3}, {"id": 4}]}}]


def test_two_connections_side_by_side_have_to_be_named():
    document = json.dumps([{"id": 1, "a": {"nodes": [{"id": 2}]}, "b": {"nodes": [{"id": 3}]}}])
    with pytest.raises(UnknownResultShape, match="Row 1, counted from 1, has 2 connections: a, b"):
        list(rows(document, flatten=True))
    assert list(rows(document, flatten="b")) == [{"id": 1, "a": {"nodes": [{"id": 2}]}, "b.id": 3}]


def test_a_file_that_was_given_stays_open_and_one_that_was_opened_is_closed(tmp_path):
    file = BytesIO(b"[1,2]")
    assert list(rows(file)) == [1, 2]
    assert not file.closed
    path = tmp_path / "r.json"
    path.write_bytes(b"[1,2]")
    started = rows(path)
    assert next(started) == 1
    started.close()  # a file left open would be a ResourceWarning, which is an error here
