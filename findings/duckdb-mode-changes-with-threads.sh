#!/usr/bin/env bash
# Library: DuckDB 2.0.1 (Python package duckdb).
# Guess: mode() of a customer's payment methods breaks a tie the same way every
#   time: first row seen, or the smallest value.
# Behaviour: with one thread a tie goes to the value seen first; with two or more
#   it does not, for the very same VALUES list of four rows. A thousand customers
#   with two card and two cash orders each are all "card" on one thread and about
#   half and half on two. The default is the number of cores, so a laptop and a
#   server disagree, and no setting but the thread count shows it.
# Hurts: a feature "usual payment method" that a model was trained on elsewhere.
# Holds on: mode(x ORDER BY x), which is the same for both.
# Output seen:
#   threads=1: four rows -> a, customers card=1000 cash=0, ordered -> a
#   threads=2: four rows -> b, customers card=499 cash=501, ordered -> a
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1
"$tmp/venv/bin/python" - <<'PY'
import duckdb

def look(threads):
    con = duckdb.connect()
    con.execute(f"SET threads = {threads}")
    one = lambda sql: con.execute(sql).fetchall()
    rows = "(VALUES ('a'), ('b'), ('b'), ('a')) orders(pay)"
    four = one(f"SELECT mode(pay) FROM {rows}")[0][0]
    ordered = one(f"SELECT mode(pay ORDER BY pay) FROM {rows}")[0][0]
    con.execute("CREATE TABLE o AS SELECT i AS customer, unnest(['card','cash','cash','card']) AS pay FROM range(1000) t(i)")
    usual = dict(one("SELECT m, count(*) FROM (SELECT mode(pay) m FROM o GROUP BY customer) GROUP BY m"))
    print(f"threads={threads}: four rows -> {four}, customers card={usual.get('card', 0)} cash={usual.get('cash', 0)}, ordered -> {ordered}")
    return four, usual.get("card", 0), ordered

print("DuckDB", duckdb.__version__)
a, b = look(1), look(2)
assert a == ("a", 1000, "a"), a
assert b[0] == "b" and 0 < b[1] < 1000 and b[2] == "a", b
print("surprise holds: the winner of a tie depends on the thread count")
PY
