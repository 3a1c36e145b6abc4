#!/usr/bin/env bash
# Library: github.com/parquet-go/parquet-go v0.32.0 (its issue 608; from v0.26 on),
#   reading a file of pyarrow 26.0.1.
# Guess: a page that does not decompress rightly gives an error.
# Behaviour: the LZ4_RAW codec wants three times the compressed size as room. Where
#   the page's own buffer is smaller the codec decodes into a new one, which is
#   dropped when its length is just the page's. What is then read is whatever the
#   pooled buffer held. Plain pages mostly end in an error of the levels, but a
#   dictionary page has none, so whole columns come back as other numbers with a
#   nil error. The same column beside it in Snappy is read right.
# Hurts: order amounts of any export with compression="lz4".
# Output seen (which files are hit varies with what was read before):
#   740.parquet: 740 of 740 amounts differ, err == nil
#   35 files read without an error, 30 of them with other amounts than were written
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q pyarrow==26.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import random
import pyarrow as pa, pyarrow.parquet as pq

print("pyarrow", pa.__version__)
r = random.Random(7)
for n in range(300, 1000, 20):
    cents = pa.array([r.randrange(100, 99999) for _ in range(n)], pa.int64())
    pq.write_table(pa.table({"lz4": cents, "snappy": cents}), f"{n}.parquet", compression={"lz4": "lz4", "snappy": "snappy"})
    back = pq.read_table(f"{n}.parquet")
    assert back["lz4"].equals(back["snappy"])
PY
cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
)

type order struct {
	LZ4    int64 `parquet:"lz4,optional"`
	Snappy int64 `parquet:"snappy,optional"`
}

func main() {
	files, _ := filepath.Glob("*.parquet")
	quiet, wrong := 0, 0
	for _, f := range files {
		orders, err := parquet.ReadFile[order](f)
		if err != nil {
			continue
		}
		quiet++
		other := 0
		for _, o := range orders {
			if o.LZ4 != o.Snappy {
				other++
			}
		}
		if other > 0 {
			wrong++
			fmt.Printf("%s: %d of %d amounts differ, err == nil\n", f, other, len(orders))
		}
	}
	fmt.Printf("%d files read without an error, %d of them with other amounts than were written\n", quiet, wrong)
	if wrong == 0 {
		os.Exit(1)
	}
	fmt.Println("surprise holds")
}
GO
go mod init finding 2>/dev/null
go get github.com/parquet-go/parquet-go@v0.32.0 >/dev/null 2>&1
go list -m github.com/parquet-go/parquet-go
go run .
