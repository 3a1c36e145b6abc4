#!/usr/bin/env bash
# Libraries: Polars 2.1.0, DuckDB 2.0.1, pyarrow 26.0.1 (pandas 3.1.1 on top).
# Guess: read_parquet("orders") and read_parquet("orders/**/*.parquet") are the same
#   files, so the same table; folders month=1 and month=01 of two exporters are
#   two spellings of one value for every reader, or two values for every reader.
# Behaviour: for Polars a folder means Hive columns, a glob means none: where the
#   files have a column of that name too, the folder's text replaces it, the glob
#   leaves it. DuckDB lets the folder win with a glob. pyarrow refuses both types.
#   month=1 beside month=01: DuckDB turns all to text '01' and '1', Polars to the
#   number 1, pyarrow reads a dictionary with 1 in it twice, which pandas refuses.
# Hurts: store codes with leading zeros, two exporters into one folder.
# Output seen:
#   Polars folder ['01', '02'], glob ['A-01', 'A-02']; DuckDB glob ['01', '02']; pyarrow ArrowTypeError
#   month=1 and month=01: DuckDB ['01', '1'], Polars [1, 1], pyarrow [1, 1], pandas ValueError
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q polars==2.1.0 duckdb==2.0.1 pyarrow==26.0.1 pandas==3.1.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import os
import duckdb, pandas as pd, polars as pl, pyarrow as pa, pyarrow.parquet as pq

def put(folder, **columns):
    os.makedirs(folder)
    pq.write_table(pa.table(columns), folder + "/a.parquet")

def name_of_error(read):
    try:
        return read()
    except Exception as e:
        return type(e).__name__

def duck(folder, column):
    return sorted(r[0] for r in duckdb.sql(f"SELECT {column} FROM read_parquet('{folder}/**/*.parquet')").fetchall())

for s in ("01", "02"):
    put(f"orders/store={s}", id=[1], store=["A-" + s])
for m in ("01", "1"):
    put(f"months/month={m}", id=[1])
print("Polars", pl.__version__, "DuckDB", duckdb.__version__, "pyarrow", pa.__version__, "pandas", pd.__version__)
folder = sorted(pl.read_parquet("orders")["store"])
glob = sorted(pl.read_parquet("orders/**/*.parquet")["store"])
stores = duck("orders", "store")
refused = name_of_error(lambda: pq.read_table("orders"))
print(f"Polars folder {folder}, glob {glob}; DuckDB glob {stores}; pyarrow {refused}")
months = duck("months", "month"), list(pl.read_parquet("months")["month"]), pq.read_table("months")["month"].to_pylist(), name_of_error(lambda: pd.read_parquet("months"))
print("month=1 and month=01: DuckDB %s, Polars %s, pyarrow %s, pandas %s" % months)
assert folder == stores == ["01", "02"] and glob == ["A-01", "A-02"] and refused == "ArrowTypeError"
assert months == (["01", "1"], [1, 1], [1, 1], "ValueError"), months
print("surprise holds: the same files, other values")
PY
