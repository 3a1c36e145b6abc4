#!/usr/bin/env python3
"""The rival of `winback features`: the feature table of features.sql by DuckDB.

    rival.py ORDERS OUT.parquet AS_OF [MEMORY]

ORDERS is a folder made by `winback generate`. The query knows what an expert
would know of these orders: ids are numbers behind a letter, an order belongs to
one customer, quantities are never 0, a negative one is a return, amounts are
whole cents, and there is a handful of channels. So keys are integers, distinct
counts are made in two steps, the channels are counted one by one, and what
is first or last is packed into one number with its time. No label is asked for:
nothing is known of the days from AS_OF on. Printed are the seconds of the query
alone, without the start of Python.
"""
import json
import resource
import sys
import time

import duckdb

ORDERS, OUT, ASOF = sys.argv[1:4]
MEMORY = sys.argv[4] if len(sys.argv) > 4 else "12GB"
HORIZON = 60
EPOCH = 1672531200  # 2023-01-01, so that seconds need few bits

con = duckdb.connect(config={"threads": 2})
con.execute(f"SET memory_limit='{MEMORY}'")
con.execute(f"SET temp_directory='{OUT}.tmp'")
con.execute("SET preserve_insertion_order=false")
FILES = f"read_parquet('{ORDERS}/*.parquet')"


def names(column):
    return [r[0] for r in con.execute(f"SELECT DISTINCT {column} FROM {FILES} ORDER BY 1").fetchall()]


CHANNELS, CATEGORIES = names("channel"), names("category")
assert len(CHANNELS) <= 8 and len(CATEGORIES) <= 255


def coded(column, values):
    return f"CASE {column} " + " ".join(f"WHEN '{v}' THEN {i}" for i, v in enumerate(values)) + " END"


def named(code, values):
    return f"CASE {code} " + " ".join(f"WHEN {i} THEN '{v}'" for i, v in enumerate(values)) + " END"


H = [f"h{i}" for i in range(len(CHANNELS))]
con.execute(f"CREATE TYPE category AS ENUM ({','.join(repr(c) for c in CATEGORIES)})")
day = f"(DATE '{ASOF}' - DATE '1970-01-01')"
season = " OR ".join(f"(day >= a - {y} AND day < a - {y} + {HORIZON})" for y in (364, 728, 1092))

SQL = f"""
WITH l AS (
 SELECT substr(customer_id, 2)::BIGINT AS c, substr(order_id, 2)::BIGINT AS oid, epoch_us(ordered_at) // 1000000 - {EPOCH} AS s,
  substr(product_id, 2)::INT AS p, enum_code(category::category)::UTINYINT AS g, quantity AS q, quantity * (unit_price * 100)::BIGINT AS v,
  {coded("channel", CHANNELS)}::UTINYINT AS h
 FROM {FILES} WHERE ordered_at < TIMESTAMP '{ASOF}'),
o AS (
 SELECT c, oid, min(s) AS s, min(s) // 86400 + {EPOCH} // 86400 AS day, sum(v)::BIGINT AS v, sum(q)::BIGINT AS q, count(*) AS n
 FROM l WHERE q > 0 GROUP BY c, oid),
fo AS (
 SELECT c, count(*) AS orders, sum(v) AS v, max(v) AS largest, min((s << 34) | v) & 17179869183 AS first, max((s << 34) | v) & 17179869183 AS last,
  sum(q) AS q, sum(n) AS n, count(*) FILTER ((day + 3) % 7 >= 5) AS weekend,
  count(*) FILTER (day >= {day} - 30) AS orders_30d, count(*) FILTER (day >= {day} - 90) AS orders_90d,
  count(*) FILTER (day >= {day} - 180) AS orders_180d, count(*) FILTER (day >= {day} - 365) AS orders_365d,
  sum(v) FILTER (day >= {day} - 90) AS v_90d, sum(v) FILTER (day >= {day} - 365) AS v_365d
 FROM o GROUP BY c),
fd AS (
 SELECT c, count(*) AS purchase_days, a - max(day) AS recency_days, a - min(day) AS tenure_days, avg(gap) AS interval_mean,
  median(gap) AS interval_median, stddev_samp(gap) AS interval_std, min(gap) AS interval_min, max(gap) AS interval_max,
  max(gap) FILTER (k = 2) AS interval_first, arg_max(gap, day) FILTER (gap IS NOT NULL) AS interval_last,
  count(*) FILTER ({season}) AS same_season_days
 FROM (SELECT c, day, day - lag(day) OVER w AS gap, row_number() OVER w AS k FROM (SELECT DISTINCT c, day FROM o)
       WINDOW w AS (PARTITION BY c ORDER BY day)), (SELECT {day} AS a)
 GROUP BY c, a),
fl AS (
 SELECT c, count(*) FILTER (q > 0) AS lines, sum(q) FILTER (q > 0) AS units, count(*) FILTER (q < 0) AS returns, count(*) AS all_lines,
  sum(v) FILTER (q < 0) AS returned, sum(v) AS net, min(s * 8 + h) FILTER (q > 0) & 7 AS first_h, 7 - (max(s * 8 + 7 - h) FILTER (q > 0) & 7) AS last_h,
  {", ".join(f"count(*) FILTER (q > 0 AND h = {i}) AS {h}" for i, h in enumerate(H))}
 FROM l GROUP BY c),
fp AS (SELECT c, count(*) AS products FROM (SELECT DISTINCT c, p FROM l WHERE q > 0) GROUP BY c),
fg AS (
 SELECT c, count(*) AS categories, 255 - (max(n * 256 + 255 - g) & 255) AS g
 FROM (SELECT c, g, count(*) AS n FROM l WHERE q > 0 GROUP BY c, g) GROUP BY c)
SELECT 'C' || lpad(c::VARCHAR, 11, '0') AS customer_id, purchase_days, recency_days, tenure_days, interval_mean, interval_median, interval_std,
 interval_min, interval_max, interval_first, interval_last, same_season_days, orders, (v / 100)::DECIMAL(18,4) AS monetary, v / 100 / orders AS mean_order_value,
 (largest / 100)::DECIMAL(18,4) AS max_order_value, (first / 100)::DECIMAL(18,4) AS first_order_value, (last / 100)::DECIMAL(18,4) AS last_order_value,
 fo.q / orders AS units_per_order, fo.n / orders AS lines_per_order, weekend / orders AS weekend_share, orders_30d, orders_90d, orders_180d, orders_365d,
 (coalesce(v_90d, 0) / 100)::DECIMAL(18,4) AS spend_90d, (coalesce(v_365d, 0) / 100)::DECIMAL(18,4) AS spend_365d, lines, units::DECIMAL(18,4) AS units,
 products, categories, ({" + ".join(f"({h} > 0)::INT" for h in H)})::BIGINT AS channels, returns / all_lines AS return_line_share,
 (coalesce(-returned, 0) / 100)::DECIMAL(18,4) AS returned_amount, (net / 100)::DECIMAL(18,4) AS net_monetary,
 {named("first_h", CHANNELS)} AS first_channel, {named("last_h", CHANNELS)} AS last_channel,
 CASE greatest({", ".join(H)}) {" ".join(f"WHEN {h} THEN '{name}'" for h, name in zip(H, CHANNELS))} END AS top_channel,
 {named("fg.g", CATEGORIES)} AS top_category, recency_days / interval_mean AS recency_over_interval
FROM fo JOIN fd USING (c) JOIN fl USING (c) JOIN fp USING (c) JOIN fg USING (c)"""

before, start = resource.getrusage(resource.RUSAGE_SELF), time.time()
con.execute(f"COPY ({SQL}) TO '{OUT}' (FORMAT parquet)")
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"wall_s": time.time() - start, "cpu_s": cpu, "version": duckdb.__version__}))
