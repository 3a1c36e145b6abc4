#!/usr/bin/env bash
# Libraries: github.com/apache/arrow/go/v15 v15.0.2 reading a file of DuckDB 2.0.1.
# Guess: an encoding that the reader does not know is an error.
# Behaviour: with PARQUET_VERSION V2 DuckDB writes doubles in another encoding.
#   pqarrow's ReadTable returns a nil error and a table whose amount column has no
#   rows beside an id column with all of them; the table says it has 0 rows, the
#   file's own count says 1000. DuckDB reads its file back whole.
# Hurts: an export with amounts as doubles becomes a night without orders.
# Output seen:
#   file 1000 rows, err <nil>, table 0 rows: amount 0, id 1000
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import duckdb

duckdb.sql("COPY (SELECT i * 1.5::DOUBLE AS amount, i AS id FROM range(1000) t(i)) TO 'orders.parquet' (PARQUET_VERSION V2)")
used = duckdb.sql("SELECT path_in_schema, encodings FROM parquet_metadata('orders.parquet')").fetchall()
back = duckdb.sql("SELECT count(amount), sum(amount) FROM 'orders.parquet'").fetchall()[0]
print("DuckDB", duckdb.__version__, "wrote", used, "and reads back", back)
assert back == (1000, 749250.0), back
PY
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

func main() {
	f, err := file.OpenParquetFile("orders.parquet", false)
	if err != nil {
		panic(err)
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		panic(err)
	}
	t, err := r.ReadTable(context.Background())
	if err != nil {
		fmt.Println("an error now:", err)
		os.Exit(1)
	}
	amount, id := t.Column(0).Len(), t.Column(1).Len()
	fmt.Printf("file %d rows, err %v, table %d rows: amount %d, id %d\n", f.NumRows(), err, t.NumRows(), amount, id)
	if f.NumRows() != 1000 || t.NumRows() != 0 || amount != 0 || id != 1000 {
		os.Exit(1)
	}
	fmt.Println("surprise holds: no doubles, no error")
}
GO
go mod init finding 2>/dev/null
go get github.com/apache/arrow/go/v15@v15.0.2 >/dev/null 2>&1
go list -m github.com/apache/arrow/go/v15
GOFLAGS=-mod=mod go run . 2>"$tmp/stderr" || { cat "$tmp/stderr"; exit 1; }
