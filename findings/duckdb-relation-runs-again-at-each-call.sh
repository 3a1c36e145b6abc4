#!/usr/bin/env bash
# Library: DuckDB 2.0.1 (Python package duckdb).
# Guess: what duckdb.sql() returned is a result: who counts its rows and then writes
#   it writes the rows that were counted, and a drawn sample is drawn once.
# Behaviour: a relation keeps no result between calls; each call runs the query again.
#   Over a folder it counts 5 rows and, once another file came, writes 8; a sample of
#   100 is another 100 at the second look. fetchone() and fetchmany() are gone from
#   relations, and stay on connections.
# Hurts: a holdout that is counted, then written; a check before an export.
# Holds on: connection.execute(), whose result is taken once; CREATE TEMP TABLE.
# Output seen:
#   counted 5 rows, wrote 8
#   of 100 drawn customers 0 are drawn again
#   gone: ['fetchone', 'fetchmany']
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
"$tmp/venv/bin/python" - "$tmp" <<'PY'
import os
import sys

import duckdb

folder = sys.argv[1] + "/orders"
os.mkdir(folder)
print("duckdb", duckdb.__version__)


def write(name, first, last):
    duckdb.sql(f"copy (select i from range({first}, {last}) t(i)) to '{folder}/{name}.parquet'")


write("monday", 0, 5)
lines = duckdb.sql(f"select i from '{folder}/*.parquet'")
counted = len(lines.fetchall())
write("tuesday", 5, 8)
lines.write_parquet(sys.argv[1] + "/out.parquet")
written = len(duckdb.sql(f"from '{sys.argv[1]}/out.parquet'").fetchall())
print("counted", counted, "rows, wrote", written)

drawn = duckdb.sql("select i from range(100000) t(i) using sample 100 rows")
first, second = set(drawn.fetchall()), set(drawn.fetchall())
print("of 100 drawn customers", len(first & second), "are drawn again")

gone = []
for name in ("fetchone", "fetchmany"):
    try:
        getattr(lines, name)
    except AttributeError:
        gone.append(name)
print("gone:", gone)
kept = duckdb.connect().execute("select i from range(5) t(i)").fetchone()
print("a connection still has fetchone():", kept)
ok = (counted, written) == (5, 8) and len(first & second) < 50 and gone == ["fetchone", "fetchmany"] and kept == (0,)
sys.exit(0 if ok else "the behaviour has changed")
PY
