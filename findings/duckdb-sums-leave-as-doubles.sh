#!/usr/bin/env bash
# Library: DuckDB 2.0.1, read back by pyarrow 26.0.1.
# Guess: sum() of a BIGINT column of cents or points stays a whole number in the
#   Parquet file that COPY writes; Parquet has int64 and decimals.
# Behaviour: the sum is a HUGEINT, and Parquet gets it as a double, so from 2^53 on
#   the last digits go, for every later reader of the file, DuckDB too. The
#   same sum cast back, sum(...)::BIGINT, stays exact.
# Hurts: control totals of an export, sums of long numeric ids or of microseconds.
# Output seen:
#   in DuckDB 9007199254740993 HUGEINT, in the file 9007199254740992.0 double
#   cast to BIGINT: 9007199254740993 int64
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1 pyarrow==26.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import duckdb, pyarrow as pa, pyarrow.parquet as pq

def write(expression, name):
    rows = "(VALUES (9007199254740990::BIGINT), (3::BIGINT)) t(cents)"
    inside = duckdb.sql(f"SELECT v, typeof(v) FROM (SELECT {expression} AS v FROM {rows})").fetchall()[0]
    duckdb.sql(f"COPY (SELECT {expression} AS v FROM {rows}) TO '{name}'")
    column = pq.read_table(name)["v"]
    return inside, (column[0].as_py(), str(column.type))

print("DuckDB", duckdb.__version__, "pyarrow", pa.__version__)
inside, outside = write("sum(cents)", "sum.parquet")
print("in DuckDB", *inside, "in the file", *outside)
assert inside == (9007199254740993, "HUGEINT"), inside
assert outside == (9007199254740992.0, "double"), outside
_, cast = write("sum(cents)::BIGINT", "cast.parquet")
print("cast to BIGINT:", *cast)
assert cast == (9007199254740993, "int64"), cast
print("surprise holds: the file has another sum than the query")
PY
