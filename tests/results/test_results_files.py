"""Files of other formats: whole or not there, at any target, at constant memory."""

import json
import subprocess
import sys
import uuid

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ttd_workflows.results import ColumnMisfit, DamagedResult, MissingExtra, files, rows, to_jsonl, to_parquet

NODES = [{"id": str(n), "name": 'a\n"]},{', "n": n} for n in range(3000)]
ERRORS = [{"message": "partly"}]


def document(nodes, **written):
    return json.dumps({"data": {"p": {"nodes": nodes}}, "errors": ERRORS}, **written)


@pytest.mark.parametrize("written", [{}, {"indent": 2}, {"separators": (",", ":")}])
def test_json_lines_are_the_rows_as_they_stand(tmp_path, written):
    done = to_jsonl(document(NODES, **written), tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == NODES
    assert (done.rows, done.errors) == (3000, tuple(ERRORS))
    assert repr(done) == f"<3,000 rows at {tmp_path / 'out.jsonl'}, 1 errors beside them>"


def test_numbers_in_json_lines_are_not_rewritten(tmp_path):
    to_jsonl('[{"a":1.50,"b":1e5,"a":123456789012345678901234567890}]', tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == '{"a":1.50,"b":1e5,"a":123456789012345678901234567890}\n'


def test_parquet_holds_the_rows(tmp_path):
    done = to_parquet(document(NODES), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.to_pylist() == NODES
    assert table.schema.types == [pa.string(), pa.string(), pa.int64()]
    assert (done.rows, done.errors) == (3000, tuple(ERRORS))
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_a_column_widens_after_groups_were_written(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "GROUP_BYTES", 1000)
    nodes = [{"a": n, "b": None} for n in range(4000)] + [{"a": 0.5, "b": None}, {"a": 1, "b": {"x": "y"}, "c": "new"}]
    to_parquet(document(nodes), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.to_pylist() == [{"a": None, "b": None, "c": None, **node} for node in nodes]
    assert table.schema.types == [pa.float64(), pa.struct([("x", pa.string())]), pa.string()]
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups > 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_flattened_parquet(tmp_path):
    nodes = [{"id": "1", "g": {"nodes": [{"id": "2"}, {"id": "3"}]}}, {"id": "4", "g": None}]
    to_parquet(document(nodes), tmp_path / "out.parquet", flatten=True)
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [
        {"id": "1", "g.id": "2"},
        {"id": "1", "g.id": "3"},
        {"id": "4", "g.id": None},
    ]


def test_no_rows_are_a_file_with_the_columns_that_were_promised(tmp_path):
    to_parquet(document([]), tmp_path / "out.parquet", schema={"id": pa.string()})
    assert pq.read_table(tmp_path / "out.parquet").schema.names == ["id"]


@pytest.mark.parametrize("write", [to_parquet, to_jsonl])
def test_after_an_error_the_target_is_as_it_was(tmp_path, write):
    target = tmp_path / "out"
    target.write_text("yesterday")
    with pytest.raises(DamagedResult):
        write(document(NODES)[:-200], target)
    assert target.read_text() == "yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "not-there.json", target)
    assert target.read_text() == "yesterday"


def test_a_misfit_leaves_no_file_behind(tmp_path):
    with pytest.raises(ColumnMisfit):
        to_parquet(document([*NODES, {"n": "x"}]), tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [to_parquet, to_jsonl])
def test_a_url_is_a_target(tmp_path, write):
    memory = f"memory://bucket-{uuid.uuid4().hex}/night/out"
    local = (tmp_path / "a b").as_uri()
    for url in (memory, local):
        write(document(NODES), url)
    with fsspec.open(memory, "rb") as file:
        there = file.read()
    assert there == (tmp_path / "a b").read_bytes()
    with pytest.raises(DamagedResult):
        write(document(NODES)[:-200], memory)
    with fsspec.open(memory, "rb") as file:
        assert file.read() == there


def test_a_filesystem_that_shows_half_a_file_gets_it_under_another_name_first(monkeypatch):
    memory = fsspec.filesystem("memory")
    moved = []
    monkeypatch.setattr(type(memory), "protocol", "slow")
    monkeypatch.setattr(type(memory), "mv", lambda self, a, b: moved.append((a, b)))
    url = f"memory://{uuid.uuid4().hex}/out"
    to_jsonl(document(NODES), url)
    [(first, then)] = moved
    assert first.startswith(then)
    assert first.endswith(".part")


def test_a_url_needs_the_extra_and_a_store_its_own_library(monkeypatch):
    with pytest.raises(MissingExtra, match=r"s3:// needs one more library.*s3fs"):
        to_jsonl(document(NODES), "s3://bucket/out.jsonl")

    def without(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("ttd_workflows.results.extras.import_module", without)
    with pytest.raises(MissingExtra, match=r'pip install "ttdw\[cloud\]"'):
        to_jsonl(document(NODES), "memory://bucket/out.jsonl")


def test_rows_and_json_lines_need_no_extra():
    code = (
        "import sys, ttd_workflows.results as r; print(list(r.rows('[1]')));"
        "print({'pyarrow', 'polars', 'pandas', 'fsspec', 'pydantic', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[1]", "set()"]


def test_what_was_written_is_what_rows_gives(tmp_path):
    to_jsonl(document(NODES), tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(rows(f"[{','.join(lines)}]")) == NODES
