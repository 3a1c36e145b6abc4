#!/usr/bin/env bash
# Library: deltalake 1.6.6 (delta-rs) with pyarrow 26.0.1.
# Guess: appending a column of another type to a table without schema_mode is
#   refused, or widens the type; it never changes a value.
# Behaviour: a decimal of another scale is refused ("Cannot cast field"), yet
#   three changes that lose data pass without a word: 1.99 into a whole-number
#   column is stored as 1, the text '007' into a number column as 7, and seconds
#   since 1970 into a timestamp column as microseconds (a day in January 1970).
# Hurts: one night's export with amounts as doubles into a table of cents.
# Output seen:
#   1.99 appended to int64       -> 1
#   '007' appended to int64      -> 7
#   1700000000 to timestamp[us]  -> 1970-01-01 00:28:20
#   decimal(9,3) to decimal(9,2) -> SchemaMismatchError
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q deltalake==1.6.6 pyarrow==26.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import datetime as dt
from decimal import Decimal
import deltalake, pyarrow as pa

def append(name, first, second):
    deltalake.write_deltalake(name, pa.table({"v": first}))
    try:
        deltalake.write_deltalake(name, pa.table({"v": second}), mode="append")
    except Exception as e:
        return type(e).__name__
    got = deltalake.DeltaTable(name).to_pyarrow_table()["v"].to_pylist()
    got.remove(first[0].as_py())
    return got[0]

print("deltalake", deltalake.__version__, "pyarrow", pa.__version__)
cases = [
    ("1.99 appended to int64      ", pa.array([100]), pa.array([1.99]), 1),
    ("'007' appended to int64     ", pa.array([100]), pa.array(["007"]), 7),
    ("1700000000 to timestamp[us] ", pa.array([1600000000000000], pa.timestamp("us")), pa.array([1700000000]), dt.datetime(1970, 1, 1, 0, 28, 20)),
    ("decimal(9,3) to decimal(9,2)", pa.array([Decimal("1.00")], pa.decimal128(9, 2)), pa.array([Decimal("1.005")], pa.decimal128(9, 3)), "SchemaMismatchError"),
]
for i, (what, first, second, want) in enumerate(cases):
    got = append(f"t{i}", first, second)
    print(what, "->", got)
    assert got == want, (what, got)
print("surprise holds: lossy appends pass, a decimal's scale does not")
PY
