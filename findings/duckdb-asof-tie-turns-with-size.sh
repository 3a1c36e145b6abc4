#!/usr/bin/env bash
# Library: DuckDB 2.0.1 (Python package duckdb), beside pandas 3.1.1 and Polars 2.1.0.
# Guess: an ASOF JOIN that gives each order the last contact before it takes, of two
#   contacts at the same moment (a mail and a text message of one send-out), always the
#   same one: the first stored, or the last.
# Behaviour: with 20 orders it is the first stored, with two million the last, for the same
#   two contacts of every customer; with several threads a handful of the two million turn
#   over, another handful with another thread count. pandas and Polars take the last
#   stored at any size.
# Hurts: attribution. A query that was tried on a sample credits the other channel on the
#   whole table, and what it credits changes with the machine.
# Holds on: ties broken before the join (one row per customer and moment).
# Output seen:
#   20 orders: mail 20; 2,000,000 orders on 1 thread: sms 2000000; on 8 threads: mail 13, sms 1999987
#   pandas: sms; Polars: sms; ties broken before: mail 2000000
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import duckdb
import pandas as pd
import polars as pl

con = duckdb.connect()
CONTACTS = "SELECT i // 2 AS customer, TIMESTAMP '2026-03-01' AS moment, CASE i % 2 WHEN 0 THEN 'mail' ELSE 'sms' END AS channel FROM range({}) t(i)"
ORDERS = "SELECT i AS customer, TIMESTAMP '2026-03-05' AS moment FROM range({}) t(i)"

def credited(customers, threads, contacts="contacts"):
    con.execute(f"SET threads = {threads}")
    con.execute("CREATE OR REPLACE TABLE contacts AS " + CONTACTS.format(2 * customers))
    con.execute("CREATE OR REPLACE TABLE orders AS " + ORDERS.format(customers))
    return dict(con.execute(f"SELECT channel, count(*) FROM orders o ASOF JOIN {contacts} c ON o.customer = c.customer AND o.moment >= c.moment GROUP BY 1 ORDER BY 1").fetchall())

print("DuckDB", duckdb.__version__, "pandas", pd.__version__, "Polars", pl.__version__)
few, many = credited(20, 1), credited(2_000_000, 1)
threads = credited(2_000_000, 8)
first = credited(2_000_000, 8, "(SELECT customer, moment, min(channel) AS channel FROM contacts GROUP BY ALL)")
print("20 orders:", few, "| 2,000,000 on 1 thread:", many, "| on 8 threads:", threads, "| ties broken before:", first)

contacts, orders = con.execute(CONTACTS.format(40)).df(), con.execute(ORDERS.format(20)).df()
by_pandas = set(pd.merge_asof(orders, contacts, on="moment", by="customer")["channel"])
by_polars = set(pl.from_pandas(orders).join_asof(pl.from_pandas(contacts), on="moment", by="customer")["channel"])
print("pandas:", by_pandas, "| Polars:", by_polars)

assert few == {"mail": 20}, few
assert many == {"sms": 2_000_000}, many
assert 0 < threads.get("mail", 0) < 1000 and threads["sms"] > 1_999_000, threads
assert first == {"mail": 2_000_000}, first
assert by_pandas == by_polars == {"sms"}
print("surprise holds: which of two contacts at one moment is credited depends on size and threads")
PY
