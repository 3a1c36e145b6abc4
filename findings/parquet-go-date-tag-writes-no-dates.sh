#!/usr/bin/env bash
# Library: github.com/parquet-go/parquet-go v0.32.0, its file read by pyarrow 26.0.1.
# Guess: a time.Time field with the tag "date" is written as a DATE, and a plain
#   time.Time field can hold any day that a calendar has.
# Behaviour: with "date" the column is declared DATE, but the number in it is the
#   lower half of the nanoseconds since 1970, so 1 May 2024 is day -1346633728, for
#   which no reader has a date, and WriteFile returns nil. (Reading a DATE written
#   by others into the same field works.) Without a tag the unit is nanoseconds,
#   which wraps around outside 1677..2262: the usual "no end" 9999-12-31 is read as
#   a day in 1816 and Go's zero time as one in 1754.
# Hurts: order days and valid-until days written from Go.
# Output seen:
#   tag date, 2024-05-01 -> day -1346633728
#   no tag, 9999-12-31   -> 1816-03-29
#   no tag, zero time    -> 1754-08-30
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q pyarrow==26.0.1
cd "$tmp"
cat > main.go <<'GO'
package main

import (
	"time"

	"github.com/parquet-go/parquet-go"
)

type order struct {
	Day   time.Time `parquet:"day,date"`
	Until time.Time `parquet:"until"`
	Zero  time.Time `parquet:"zero"`
}

func main() {
	day := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	if err := parquet.WriteFile("orders.parquet", []order{{Day: day, Until: end}}); err != nil {
		panic(err)
	}
}
GO
go mod init finding 2>/dev/null
go get github.com/parquet-go/parquet-go@v0.32.0 >/dev/null 2>&1
go list -m github.com/parquet-go/parquet-go
go run .
"$tmp/venv/bin/python" - <<'PY'
import pyarrow as pa, pyarrow.parquet as pq

t = pq.read_table("orders.parquet")
print("pyarrow", pa.__version__, "day:", t.schema.field("day").type, "until:", t.schema.field("until").type)
day = t["day"].cast(pa.int32())[0].as_py()
until, zero = (t[c].cast(pa.string())[0].as_py()[:10] for c in ("until", "zero"))
print("tag date, 2024-05-01 -> day", day)
print("no tag, 9999-12-31   ->", until)
print("no tag, zero time    ->", zero)
assert t.schema.field("day").type == pa.date32() and day == -1346633728, day
assert (until, zero) == ("1816-03-29", "1754-08-30"), (until, zero)
print("surprise holds: three dates that nobody wrote")
PY
