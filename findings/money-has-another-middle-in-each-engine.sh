#!/usr/bin/env bash
# Libraries: DuckDB 2.0.1, Polars 2.1.0, pyarrow 26.0.1, pandas 3.1.1, on decimal(9,2).
# Guess: the median and the mean of the amounts 1.00 and 1.01 are 1.005 in all of
#   them, or all keep two places alike; a decimal divided by a decimal has some
#   places more.
# Behaviour: DuckDB's median keeps two places and cuts (1.00), its avg is a double;
#   pyarrow's mean keeps two places and rounds away from zero (1.01), its quantile
#   is a double, and pandas on top has both; Polars gives a double for median and
#   mean, 1.01 for quantile(0.5), and 1.00 / 3.00 is 0.33: a division has no more
#   places than the amounts, so a share of revenue is a whole percent.
# Hurts: features of one engine fed to a model of another; shares and rates.
# Output seen:
#   DuckDB  median 1.00   avg 1.005
#   pyarrow mean 1.01     quantile 1.005
#   pandas  mean 1.01     median 1.005
#   Polars  mean 1.005    median 1.005    quantile 1.01   1.00/3.00 = 0.33
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1 pandas==3.1.1
"$tmp/venv/bin/python" - <<'PY'
from decimal import Decimal as D
import duckdb, pandas as pd, polars as pl, pyarrow as pa, pyarrow.compute as pc

two = pa.array([D("1.00"), D("1.01")], pa.decimal128(9, 2))
amounts = pa.table({"amount": two})
frame = pd.Series(two, dtype=pd.ArrowDtype(two.type))
column = pl.Series([D("1.00"), D("1.01")], dtype=pl.Decimal(9, 2))
share = (pl.Series([D("1.00")], dtype=pl.Decimal(9, 2)) / pl.Series([D("3.00")], dtype=pl.Decimal(9, 2)))[0]
median, avg = duckdb.sql("SELECT median(amount), avg(amount) FROM amounts").fetchall()[0]
print("DuckDB", duckdb.__version__, "median", median, "avg", avg)
mean, middle = pc.mean(two).as_py(), pc.quantile(two, .5)[0].as_py()
print("pyarrow", pa.__version__, "mean", mean, "quantile", middle)
print("pandas", pd.__version__, "mean", frame.mean(), "median", frame.median())
print("Polars", pl.__version__, "mean", column.mean(), "median", column.median(), "quantile", column.quantile(.5), "1.00/3.00 =", share)
assert (median, avg) == (D("1.00"), 1.005)
assert (mean, middle) == (D("1.01"), 1.005)
assert (frame.mean(), frame.median()) == (D("1.01"), 1.005)
assert column.mean() == column.median() == 1.005 and column.quantile(.5) == 1.01
assert isinstance(share, D) and str(share) == "0.33"
print("surprise holds: 1.00, 1.005 and 1.01 are all the middle")
PY
