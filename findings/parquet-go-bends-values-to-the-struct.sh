#!/usr/bin/env bash
# Library: github.com/parquet-go/parquet-go v0.32.0, reading files of pyarrow 26.0.1.
# Guess: a column whose type does not fit the Go field is an error; ReadFile
#   compares the struct with the file's schema.
# Behaviour: it converts at any price, with a nil error. A decimal's scale is not
#   applied, and where the decimal is stored as bytes these are taken for a
#   little-endian number; a whole number too large for int32 loses its upper half;
#   an unsigned id above 2^31 turns negative even in an int64; 2.75 pieces are 2.
# Hurts: a nightly job whose struct was right until the export changed a type.
# Output seen:
#   decimal(9,2) 12.34 into float64       -> 1.7408291886e-314
#   decimal(18,2) 12.34 int into float64  -> 1234
#   int64 1099511627781 into int32        -> 5
#   uint32 3000000000 into int64          -> -1294967296
#   double 2.75 into int64                -> 2
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q pyarrow==26.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
from decimal import Decimal
import pyarrow as pa, pyarrow.parquet as pq

def put(name, value, kind, **more):
    pq.write_table(pa.table({"v": pa.array([value], kind)}), name, **more)

print("pyarrow", pa.__version__)
put("bytes", Decimal("12.34"), pa.decimal128(9, 2))
put("scaled", Decimal("12.34"), pa.decimal128(18, 2), store_decimal_as_integer=True)
put("wide", 1099511627781, pa.int64())
put("unsigned", 3000000000, pa.uint32())
put("half", 2.75, pa.float64())
PY
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/parquet-go/parquet-go"
)

type row[T any] struct {
	V T `parquet:"v,optional"`
}

var changed bool

func read[T comparable](what, file string, seen T) {
	rows, err := parquet.ReadFile[row[T]](file)
	if err != nil || len(rows) != 1 {
		fmt.Println(what, "->", err)
		changed = true
		return
	}
	fmt.Println(what, "->", rows[0].V)
	changed = changed || rows[0].V != seen
}

func main() {
	read("decimal(9,2) 12.34 into float64      ", "bytes", 1.7408291886e-314)
	read("decimal(18,2) 12.34 int into float64 ", "scaled", float64(1234))
	read("int64 1099511627781 into int32       ", "wide", int32(5))
	read("uint32 3000000000 into int64         ", "unsigned", int64(-1294967296))
	read("double 2.75 into int64               ", "half", int64(2))
	if changed {
		os.Exit(1)
	}
	fmt.Println("surprise holds: five other numbers, no error")
}
GO
go mod init finding 2>/dev/null
go get github.com/parquet-go/parquet-go@v0.32.0 >/dev/null 2>&1
go list -m github.com/parquet-go/parquet-go
go run .
