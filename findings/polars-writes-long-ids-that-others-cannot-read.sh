#!/usr/bin/env bash
# Libraries: Polars 2.1.0 writing, pyarrow 26.0.1 and DuckDB 2.0.1 reading.
# Guess: a 20-digit customer id becomes text, a double or an error, and what Polars
#   writes to Parquet every reader reads.
# Behaviour: from a CSV with one 20-digit id read_csv makes the whole column Int128,
#   a type that Parquet does not have. Polars writes sixteen raw bytes and a note for itself: it reads the ids back,
#   DuckDB silently sees BLOBs, and pyarrow refuses the whole file.
# Hurts: ids of marketplaces and card tokens, by one long id in a day's data.
# Output seen:
#   Polars Int128, DuckDB BLOB, pyarrow ArrowNotImplementedError
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import duckdb, polars as pl, pyarrow as pa, pyarrow.parquet as pq

ids = [1001, 12345678901234567890]
open("ids.csv", "w").write("id\n" + "\n".join(map(str, ids)) + "\n")
pl.read_csv("ids.csv").write_parquet("ids.parquet")
back = pl.read_parquet("ids.parquet")["id"]
duck = duckdb.sql("SELECT typeof(id) FROM 'ids.parquet' LIMIT 1").fetchall()[0][0]
try:
    pq.read_table("ids.parquet")
    arrow = "reads it"
except Exception as e:
    arrow = type(e).__name__
print("versions: Polars", pl.__version__, "DuckDB", duckdb.__version__, "pyarrow", pa.__version__)
print(f"Polars {back.dtype}, DuckDB {duck}, pyarrow {arrow}")
assert list(back) == ids and back.dtype == pl.Int128
assert (duck, arrow) == ("BLOB", "ArrowNotImplementedError"), (duck, arrow)
print("surprise holds: only the writer can read its file")
PY
