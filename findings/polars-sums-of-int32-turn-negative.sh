#!/usr/bin/env bash
# Library: Polars 2.1.0; beside it DuckDB 2.0.1 and pyarrow 26.0.1.
# Guess: a sum of whole numbers widens, as sums of Int8 and Int16 do in Polars
#   and all sums do in DuckDB and pyarrow.
# Behaviour: the sum of an Int32 column stays Int32 and wraps without a word,
#   in groups, running sums and Polars' own SQL too, while the mean of the same
#   column is right: total and mean times rows contradict each other.
# Hurts: amounts in cents, which many exports write as INT32: 21.5 million of
#   the currency in one group are enough.
# Output seen (two orders of 20,000,000.00, in cents):
#   Int16  sum 60000, as Int64
#   Int32  sum -294967296, mean 2000000000.0
#   group_by -294967296, cum_sum [2000000000, -294967296], SQL -294967296
#   DuckDB 4000000000, pyarrow 4000000000
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q polars==2.1.0 duckdb==2.0.1 pyarrow==26.0.1
"$tmp/venv/bin/python" -W ignore - "$tmp/orders.parquet" <<'PY'
import sys, duckdb, polars as pl, pyarrow.compute as pc, pyarrow.parquet as pq

small = pl.Series([30_000, 30_000], dtype=pl.Int16)
print("polars", pl.__version__, "Int16 sum", small.sum(), "as", pl.DataFrame({"x": small}).select(pl.sum("x")).dtypes[0])
orders = pl.DataFrame({"shop": ["a", "a"], "cents": pl.Series([2_000_000_000] * 2, dtype=pl.Int32)})
orders.write_parquet(sys.argv[1])
total, mean = orders["cents"].sum(), orders["cents"].mean()
group = orders.group_by("shop").agg(pl.sum("cents"))["cents"][0]
running = orders["cents"].cum_sum().to_list()
sql = orders.sql("SELECT shop, SUM(cents) AS cents FROM self GROUP BY shop")["cents"][0]
scanned = pl.scan_parquet(sys.argv[1]).select(pl.sum("cents")).collect().item()
print("Int32 sum", total, "mean", mean, "group_by", group, "cum_sum", running, "SQL", sql, "scan", scanned)
duck = duckdb.sql(f"SELECT sum(cents) FROM '{sys.argv[1]}'").fetchall()[0][0]
arrow = pc.sum(pq.read_table(sys.argv[1])["cents"]).as_py()
print("DuckDB", duck, "pyarrow", arrow)
assert small.sum() == 60_000 and duck == arrow == 4_000_000_000 and mean == 2e9
assert total == group == sql == scanned == running[1] == 4_000_000_000 - 2**32
print("surprise holds: the total is negative, the mean is not")
PY
