#!/usr/bin/env bash
# Library: fastparquet 2026.9.0 writing, with pandas 3.1.1; pyarrow 26.0.1 reading.
# Guess: times="int96", the option for old Spark readers, writes the same moments
#   as times="int64".
# Behaviour: pandas 3 makes timestamps in microseconds, no longer nanoseconds, and
#   the INT96 writer takes the number for nanoseconds: 1 May 2024 is written as
#   20 January 1970, 20:15. fastparquet itself reads that back too, so its own
#   round trip shows it, but no error does. Cast to datetime64[ns] first and it is right.
# Hurts: after the upgrade of pandas every order of an export is from one month.
# Output seen:
#   int96 from us: 1970-01-20 20:15:21.600000
#   int96 from ns: 2024-05-01 00:00:00
#   int64 from us: 2024-05-01 00:00:00
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q fastparquet==2026.9.0 pyarrow==26.0.1 pandas==3.1.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import fastparquet, pandas as pd, pyarrow as pa, pyarrow.parquet as pq

print("fastparquet", fastparquet.__version__, "pandas", pd.__version__, "pyarrow", pa.__version__)
got = []
for kind, unit in (("int96", "us"), ("int96", "ns"), ("int64", "us")):
    orders = pd.DataFrame({"t": pd.to_datetime(["2024-05-01", "2024-05-02"]).as_unit(unit)})
    fastparquet.write("t.parquet", orders, times=kind)
    got.append(str(pq.read_table("t.parquet")["t"].cast(pa.timestamp("us"))[0].as_py()))
    print(f"{kind} from {unit}: {got[-1]}")
assert str(pd.to_datetime(["2024-05-01"]).dtype) == "datetime64[us]"
assert got == ["1970-01-20 20:15:21.600000", "2024-05-01 00:00:00", "2024-05-01 00:00:00"], got
print("surprise holds: the unit is lost on the way")
PY
