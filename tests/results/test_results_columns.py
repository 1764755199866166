"""Columns: the same values as rows, fixed types, widening, and nothing dropped or coerced in silence."""

import builtins
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttd_workflows.results import (
    ColumnMisfit,
    DamagedResult,
    MissingExtra,
    UnknownResultShape,
    rows,
    to_arrow,
    to_pandas,
    to_polars,
)
from ttd_workflows.results.adapt import adapted
from ttd_workflows.results.arrow import Columns
from ttd_workflows.results.cutter import Cutter

TEXT = st.text(alphabet=st.sampled_from('ab"\\{}[]:, \n\té東🌊'), max_size=8)
UNIQUES = st.fixed_dictionaries({"personsCount": st.none() | st.integers(0, 2**40)})
SEGMENT = st.fixed_dictionaries(
    {
        "id": TEXT,
        "name": st.none() | TEXT,
        "buyable": st.booleans(),
        "score": st.none() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False),
        "tags": st.none() | st.lists(TEXT, max_size=3),
        "below": st.fixed_dictionaries({"nodes": st.lists(st.fixed_dictionaries({"id": TEXT}), max_size=3)}),
        "activeUniques": st.none() | UNIQUES,
    }
)
WRITTEN = st.sampled_from([{"separators": (",", ":"), "ensure_ascii": False}, {"indent": 2}, {}])


def document(nodes, kind="thirdPartyData", **written):
    return json.dumps({"data": {"partner": {kind: {"nodes": nodes}}}}, **written)


def table(source, *, piece=1 << 20, **options):
    """A table out of pieces of a size, so that little documents have many."""
    columns = Columns(source, piece=piece, **options)
    batches = list(columns)
    return pa.Table.from_batches([adapted(batch, columns.schema) for batch in batches], schema=columns.schema)


@given(nodes=st.lists(SEGMENT, min_size=1, max_size=25), piece=st.integers(60, 2000), written=WRITTEN)
@settings(max_examples=120, deadline=None)
def test_columns_hold_what_rows_hold(nodes, piece, written):
    text = document(nodes, **written)
    assert table(text, piece=piece).to_pylist() == list(rows(text))


@pytest.fixture
def guesses(monkeypatch):
    """How pieces were cut: the number of guesses, and of those that were wrong."""
    counts = {"cut": 0, "failed": 0}
    cut, failed = Cutter.cut, Cutter.failed

    def counted_cut(self):
        piece = cut(self)
        counts["cut"] += piece is not None
        return piece

    def counted_failed(self):
        counts["failed"] += 1
        failed(self)

    monkeypatch.setattr(Cutter, "cut", counted_cut)
    monkeypatch.setattr(Cutter, "failed", counted_failed)
    return counts


def test_boundaries_are_guessed_and_a_wrong_guess_makes_careful(guesses):
    nodes = [{"id": str(n), "below": [{"id": str(m)} for m in range(n % 5)], "z": {"id": "}"}} for n in range(5000)]
    text = document(nodes, separators=(",", ":"))
    assert table(text, piece=4000).to_pylist() == nodes
    assert guesses["cut"] > 20
    assert guesses["failed"] <= 1


def test_brackets_are_counted_where_nested_rows_end_and_begin_as_rows_do(guesses):
    below = [{"id": str(m)} for m in range(60)]
    nodes = [{"id": str(n), "below": below[: n % 60], "z": {"x": 1} if n % 2 else None} for n in range(1200)]
    assert table(document(nodes, separators=(",", ":")), piece=6000).to_pylist() == nodes
    assert guesses["cut"] > 50
    assert guesses["failed"] < guesses["cut"] / 10


def test_brackets_in_strings_that_look_like_boundaries_are_found_out(guesses):
    trap = '"},{"id":"'
    nodes = [{"id": str(n), "name": f'{trap}{{{n}[{{"' * (n % 3), "n": {"id": trap}} for n in range(4000)]
    for separators in ((",", ":"), (", ", ": ")):
        assert table(document(nodes, separators=separators), piece=3000).to_pylist() == nodes
    assert guesses["cut"] > 20


def test_a_boundary_within_the_rest_of_the_document_is_not_taken_for_one():
    """The array ends, and what follows looks like rows: parsed with them, it is a document with more keys."""
    nodes = [{"id": str(n)} for n in range(3000)]
    fake = [{"id": str(n)} for n in range(3000)]
    text = json.dumps(
        {"data": {"p": {"nodes": nodes, "extra": fake, "\0rows": fake}}, "errors": fake}, separators=(",", ":")
    )
    columns = Columns(text, piece=20_000)
    assert sum(batch.num_rows for batch in columns) == 3000
    assert len(columns.errors) == 3000


def test_known_fields_have_fixed_types_whatever_the_night_brings():
    uniques = {"householdCount": None, "lastUpdated": "2026-01-02T03:04:05.6Z"}
    night = [{"id": "007", "buyable": None, "name": None, "activeUniques": uniques, "providerId": None}]
    got = to_arrow(document(night)).schema
    assert got.names == ["id", "buyable", "name", "activeUniques", "providerId"]
    assert got.field("id").type == pa.string()
    assert got.field("buyable").type == pa.bool_()
    assert got.field("name").type == pa.string()
    assert got.field("providerId").type == pa.string()
    assert got.field("activeUniques").type == pa.struct(
        [("householdCount", pa.int64()), ("lastUpdated", pa.timestamp("us", "UTC"))]
    )
    assert to_arrow(document([{"id": None}], "firstPartyData")).schema.field("id").type == pa.int64()
    assert to_arrow(document([{"id": None, "seedId": None}], "x")).schema.types == [pa.string(), pa.string()]
    assert to_arrow(document([{"flightId": 5}], "x")).schema.types == [pa.int64()]


def test_times_are_read_as_utc():
    stamps = ["2026-01-02T03:04:05", "2026-01-02T03:04:05.123456Z", "2026-01-02T05:04:05+02:00"]
    got = to_arrow(document([{"lastUpdated": stamp} for stamp in stamps]))["lastUpdated"].to_pylist()
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert got == [moment, moment.replace(microsecond=123456), moment]


def test_times_finer_than_microseconds_widen_the_column_and_lose_nothing():
    nodes = [{"lastUpdated": "2026-01-02T03:04:05Z"}] * 1500 + [{"lastUpdated": "2026-01-02T03:04:05.1234567Z"}]
    got = to_arrow(document(nodes))["lastUpdated"]
    assert got.type == pa.timestamp("ns", "UTC")
    assert got[1500].value % 10**9 == 123456700
    assert got[0].value % 10**9 == 0
    zeros = to_arrow(document([{"lastUpdated": "2026-01-02T03:04:05.1234560Z"}]))["lastUpdated"]
    assert zeros.type == pa.timestamp("us", "UTC")


def test_text_that_is_not_known_stays_text():
    nodes = [{"a": "2026-01-01", "b": "12", "c": "true"}]
    assert to_arrow(document(nodes)).schema.types == [pa.string()] * 3


def test_a_first_chunk_of_nulls_only_takes_its_type_later():
    nodes = [{"a": None, "b": None, "c": None}] * 3000 + [{"a": 1, "b": {"x": [1.5]}, "c": "t"}]
    got = table(document(nodes), piece=5000)
    assert got.schema.types == [pa.int64(), pa.struct([("x", pa.list_(pa.float64()))]), pa.string()]
    assert got.to_pylist() == nodes
    assert to_arrow(document([{"a": None}])).schema.types == [pa.null()]


@pytest.mark.parametrize(
    ("early", "late", "kind"),
    [
        ({"a": 1}, {"a": 1.5}, pa.float64()),
        ({"a": 1}, {"a": None}, pa.int64()),
        ({"a": []}, {"a": [1]}, pa.list_(pa.int64())),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": "t"}}, pa.struct([("x", pa.int64()), ("y", pa.string())])),
    ],
)
def test_a_later_row_widens_its_column(early, late, kind):
    nodes = [early] * 3000 + [late] + [early] * 3000
    got = table(document(nodes), piece=4000)
    assert got.schema.field("a").type == kind
    full = {**late["a"], "y": None} if isinstance(late["a"], dict) else early["a"]
    assert got["a"].to_pylist() == [full] * 3000 + [late["a"]] + [full] * 3000


def test_a_field_that_comes_later_is_a_column_more():
    nodes = [{"a": 1}] * 3000 + [{"a": 2, "b": "x"}]
    got = table(document(nodes), piece=4000)
    assert got.schema.names == ["a", "b"]
    assert got["b"].to_pylist() == [None] * 3000 + ["x"]


@pytest.mark.parametrize(
    ("early", "late", "said"),
    [
        ({"a": 1}, {"a": "x"}, "a is int and text in one column"),
        ({"a": 1}, {"a": 2**63}, "a has a number beyond 64 bits"),
        ({"a": 1.5}, {"a": 2**53 + 1}, "a is 9007199254740993, and the column is double"),
        ({"buyable": True}, {"buyable": "yes"}, "buyable is 'yes', and the column is bool"),
        ({"personsCount": 1}, {"personsCount": 1.5}, "personsCount is 1.5, and the column is int64"),
        ({"id": "1"}, {"id": 1}, "id is 1, and the column is string"),
        ({"a": "x"}, {"a": "\ud800"}, "a is "),
        ({"lastUpdated": None}, {"lastUpdated": "soon"}, "lastUpdated is 'soon', and the column is timestamp"),
        ({"a": {"personsCount": 1}}, {"a": {"personsCount": "1"}}, "a.personsCount is '1', and the column is int64"),
        ({"a": 1}, None, "it is None, and a row of columns is an object"),
        ({"a": 1}, 5, "it is 5, and a row of columns is an object"),
    ],
)
@pytest.mark.parametrize("before", [2, 3000])
def test_a_value_that_fits_no_column_fails_with_its_row(early, late, said, before):
    with pytest.raises(ColumnMisfit) as raised:
        table(document([early] * before + [late] + [early] * 5), piece=4000)
    assert said in str(raised.value)
    assert f"row {before + 1:,}, counted from 1" in str(raised.value)
    assert raised.value.row == before + 1
    assert "Nothing was coerced" in str(raised.value)
    assert "rows()" in str(raised.value)


def test_a_whole_number_that_no_float_holds_is_not_rounded_when_the_column_widens_later():
    nodes = [{"a": 2**53 + 1}] * 3000 + [{"a": 1.5}]
    with pytest.raises(ColumnMisfit, match=r"a was int64 in earlier rows and is double in later ones"):
        table(document(nodes), piece=4000)


def test_an_id_that_was_text_is_not_turned_into_numbers_later():
    nodes = [{"xId": None}] * 1000 + [{"xId": "12"}] * 3000 + [{"xId": 12}]
    with pytest.raises(ColumnMisfit):
        table(document(nodes), piece=4000)


def test_schema_overrides_and_text_takes_everything():
    nodes = [{"id": 1, "a": 2.50, "u": {"lastUpdated": "2026-01-02T03:04:05Z"}}, {"id": "x", "a": None, "u": None}]
    overrides = {"id": pa.string(), "a": "string", "u.lastUpdated": pa.string(), "promised": pa.int32()}
    got = to_arrow(document(nodes), schema=overrides)
    assert got.to_pylist() == [
        {"id": "1", "a": "2.5", "u": {"lastUpdated": "2026-01-02T03:04:05Z"}, "promised": None},
        {"id": "x", "a": None, "u": None, "promised": None},
    ]
    assert got.schema.names == ["id", "a", "u", "promised"]
    assert to_arrow(document([{"a": 7}]), schema=pa.schema([("a", pa.int16())])).schema.types == [pa.int16()]


def test_an_override_that_a_value_does_not_fit_fails_with_its_row():
    with pytest.raises(ColumnMisfit, match=r"in row 2, counted from 1, a is 70000, and the column is int16"):
        to_arrow(document([{"a": 7}, {"a": 70000}]), schema={"a": pa.int16()})


def test_no_rows_are_a_table_with_the_columns_that_were_promised():
    assert to_arrow(document([]), schema={"id": pa.string()}).schema.names == ["id"]
    assert to_arrow('{"data":{"partner":null}}').num_rows == 0
    assert to_arrow(document([{}, {}])).num_rows == 2


def test_a_key_twice_in_a_row_has_its_last_value_as_json_loads_has_it():
    assert to_arrow('[{"a":1,"a":2},{"a":3}]').to_pylist() == [{"a": 2}, {"a": 3}]


def test_a_document_that_is_cut_short_fails_with_its_row():
    text = document([{"a": n} for n in range(5000)])
    with pytest.raises(DamagedResult, match="row 2,"):
        table(text[: text.index('{"a": 2500}') + 5], piece=4000)


NESTED = [
    {"id": "1", "g": {"totalCount": 2, "nodes": [{"id": "10", "b": {"nodes": [{"id": "x"}]}}, {"id": "11"}]}, "n": "a"},
    {"id": "2", "g": {"totalCount": 0, "nodes": []}, "n": "b"},
    {"id": "3", "g": None, "n": "c"},
]


def without_nulls(row):
    return {key: value for key, value in row.items() if value is not None}


@pytest.mark.parametrize("flatten", ["g", "g.b", True])
def test_flattened_columns_hold_what_flattened_rows_hold(flatten):
    got = [without_nulls(row) for row in to_arrow(json.dumps(NESTED), flatten=flatten).to_pylist()]
    assert got == [without_nulls(row) for row in rows(json.dumps(NESTED), flatten=flatten)]


def test_connections_side_by_side_have_to_be_named():
    nodes = [{"a": {"nodes": [{"id": 1}]}, "b": {"nodes": [{"id": 2}]}}]
    with pytest.raises(UnknownResultShape, match="Rows have 2 connections: a, b"):
        to_arrow(json.dumps(nodes), flatten=True)


def test_polars_and_pandas_keep_whole_numbers_with_nulls_among_them_whole():
    text = document([{"id": "1", "personsCount": 2**53 + 1}, {"id": "2", "personsCount": None}])
    polars = to_polars(text)
    assert polars["personsCount"].to_list() == [2**53 + 1, None]
    assert str(polars.schema["personsCount"]) == "Int64"
    pandas = to_pandas(text)
    assert pandas["personsCount"][0] == 2**53 + 1
    assert list(pandas["id"]) == ["1", "2"]


@pytest.mark.parametrize(("call", "library"), [(to_arrow, "pyarrow"), (to_polars, "polars"), (to_pandas, "pandas")])
def test_a_library_that_is_missing_is_named_with_the_command_that_installs_it(monkeypatch, call, library):
    def without(name):
        if name == library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return builtins.__import__(name)

    monkeypatch.setattr("ttd_workflows.results.extras.import_module", without)
    with pytest.raises(MissingExtra, match=rf'needs {library}, .*Nothing was .*pip install "ttdw\[data\]"'):
        call("[]")
