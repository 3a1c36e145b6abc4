#!/usr/bin/env bash
# Libraries: DuckDB 2.0.1 and pyarrow 26.0.1, on one table of four scores, one NaN.
# Guess: how a writer cuts a Parquet file into row groups never changes an answer.
# Behaviour: DuckDB says NaN is above every number, so score > .5 keeps it. Yet
#   pyarrow leaves NaN out of a row group's smallest and largest value, and DuckDB
#   skips a group by these. In one group of four the NaN row is found, in two of two
#   it is not; asked for with isnan() it is found in neither; max() from the file
#   is .9, from memory NaN, and ORDER BY ... LIMIT 1 gives the NaN row. pyarrow's
#   own reader has the same break for NOT (score <= .5).
# Hurts: customers whose score is NaN are on the list or not by the file's layout.
# Output seen:
#   row groups of 4: DuckDB > .5 [2, 3] isnan [] max 0.9 first by score 2; pyarrow not <= .5 [2, 3]
#   row groups of 2: DuckDB > .5 [3] isnan [] max 0.9 first by score 2; pyarrow not <= .5 [3]
#   in memory: DuckDB > .5 [2, 3] isnan [2] max nan first by score 2
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1 pyarrow==26.0.1
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import duckdb, pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq

scores = pa.table({"id": [1, 2, 3, 4], "score": [.1, float("nan"), .9, .2]})

def ids(source, where):
    return [r[0] for r in duckdb.sql(f"SELECT id FROM {source} WHERE {where} ORDER BY id").fetchall()]

def ask(source):
    most = duckdb.sql(f"SELECT max(score) FROM {source}").fetchall()[0][0]
    first = duckdb.sql(f"SELECT id FROM {source} ORDER BY score DESC LIMIT 1").fetchall()[0][0]
    return ids(source, "score > .5"), ids(source, "isnan(score)"), str(most), first

print("DuckDB", duckdb.__version__, "pyarrow", pa.__version__)
got = {}
for size in (4, 2):
    name = f"g{size}.parquet"
    pq.write_table(scores, name, row_group_size=size)
    kept = ds.dataset(name).to_table(filter=~(ds.field("score") <= .5))["id"].to_pylist()
    got[size] = ask(f"'{name}'") + (kept,)
    print(f"row groups of {size}: DuckDB > .5 {got[size][0]} isnan {got[size][1]} max {got[size][2]} first by score {got[size][3]}; pyarrow not <= .5 {kept}")
memory = ask("scores")
print(f"in memory: DuckDB > .5 {memory[0]} isnan {memory[1]} max {memory[2]} first by score {memory[3]}")
assert got[4] == ([2, 3], [], "0.9", 2, [2, 3]), got[4]
assert got[2] == ([3], [], "0.9", 2, [3]), got[2]
assert memory == ([2, 3], [2], "nan", 2), memory
print("surprise holds: the layout of the file answers the question")
PY
