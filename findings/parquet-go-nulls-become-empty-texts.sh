#!/usr/bin/env bash
# Library: github.com/parquet-go/parquet-go v0.32.0, its file read by pyarrow 26.0.1.
# Guess: an empty string in a field with the tag "optional" is written as null, as
#   the zero of its type.
# Behaviour: rows are looked at in words of 64. Where of such a word the second row
#   alone has a text, the 62 rows behind it are written as empty texts instead of
#   nulls, with a nil error. (So are the 60 rows behind where the third and the
#   fourth alone have one, and so on.)
# Hurts: counts of who has no e-mail, weekday or channel, and joins on such columns.
# Output seen:
#   64 rows, one text: 1 null, 62 empty texts, 1 text
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q pyarrow==26.0.1
cd "$tmp"
cat > main.go <<'GO'
package main

import "github.com/parquet-go/parquet-go"

type contact struct {
	Channel string `parquet:"channel,optional"`
}

func main() {
	rows := make([]contact, 64)
	rows[1].Channel = "web"
	if err := parquet.WriteFile("contacts.parquet", rows); err != nil {
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

channel = pq.read_table("contacts.parquet")["channel"].to_pylist()
seen = channel.count(None), channel.count(""), channel.count("web")
print("pyarrow", pa.__version__)
print("64 rows, one text: %d null, %d empty texts, %d text" % seen)
assert seen == (1, 62, 1), seen
print("surprise holds: 62 nulls are empty texts")
PY
