#!/usr/bin/env bash
# Library: DuckDB 2.0.1; pyarrow 26.0.1 and Polars 2.1.0 beside it.
# Guess: of several Parquet files whose amounts are integers in one and doubles in
#   another, the wider type wins, or the read is refused.
# Behaviour: the file that comes first by name gives the type. Where it happens to
#   hold whole amounts, as a first month of few orders does, 1.75 of a later file is
#   read as 2 and 0.49 as 0, without a word; with the names the other way round nothing is
#   lost, nor with union_by_name, of which one expects names and no types. pyarrow
#   and Polars refuse the same folder.
# Hurts: monthly extracts of tools that pick the type by what a file holds.
# Output seen:
#   2026-01 whole, 2026-02 with cents: sum 12.0; named the other way round: 12.24
#   union_by_name: 12.24; pyarrow and polars refuse
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1 pyarrow==26.0.1 polars==2.1.0
"$tmp/venv/bin/python" -W ignore - "$tmp" <<'PY'
import pathlib, sys
import duckdb, polars as pl, pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq

whole = pa.table({"order_id": ["1"], "amount": pa.array([10], pa.int32())})
cents = pa.table({"order_id": ["2", "3"], "amount": pa.array([1.75, 0.49], pa.float64())})

def folder(name, first, second):
    place = pathlib.Path(sys.argv[1]) / name
    place.mkdir()
    pq.write_table(first, place / "2026-01.parquet")
    pq.write_table(second, place / "2026-02.parquet")
    return place

def total(place, more=""):
    return float(duckdb.sql(f"select sum(amount) from read_parquet('{place}/*.parquet'{more})").fetchall()[0][0])

a, b = folder("a", whole, cents), folder("b", cents, whole)
print("duckdb", duckdb.__version__, "whole file first:", total(a), "cents first:", total(b), "union_by_name:", total(a, ", union_by_name=true"))
assert (total(a), total(b), total(a, ", union_by_name=true")) == (12.0, 12.24, 12.24)
assert duckdb.sql(f"select amount from '{a}/*.parquet' order by order_id").fetchall() == [(10,), (2,), (0,)]
for name, read in (("pyarrow", lambda: ds.dataset(a).to_table()), ("polars", lambda: pl.scan_parquet(f"{a}/*.parquet").collect())):
    try:
        read()
    except Exception as e:
        print(name, "refuses:", str(e)[:70])
    else:
        sys.exit(f"{name} reads it now")
print("surprise holds: the first file's type decides whether cents are kept")
PY
