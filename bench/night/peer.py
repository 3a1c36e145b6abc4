"""A night as one would write it with DuckDB and LightGBM.

usage: peer.py GLOB OUT

Features of tonight's lapsed and of twelve past days, 30 days apart, with what followed;
LightGBM, 100 trees of 31 leaves, once for the newest closed day, which calibrates it, and
once on all; scores as Parquet in order of the chance.
"""
import os
import pathlib
import sys

import duckdb
import lightgbm
import numpy
import pyarrow

LAPSED, HORIZON, CUTS, ROWS = 60, 60, 12, 1_000_000

orders, out = sys.argv[1], pathlib.Path(sys.argv[2])
out.mkdir(parents=True)
db = duckdb.connect(config={"threads": os.cpu_count()})
db.execute(f"""create temp table lines as select customer_id, order_id, ordered_at, product_id, category, channel, quantity,
    quantity * unit_price::double as amount from read_parquet('{orders}')""")
tonight = db.execute("select (max(ordered_at)::date + 1)::varchar from lines").fetchall()[0][0]
customers = db.execute("select count(distinct customer_id) from lines").fetchall()[0][0]
share = min(1.0, ROWS / (0.6 * customers * CUTS))


def features(day, sampled):
    """One row per customer lapsed on a day, from what was known before it."""
    sample = f"and hash(customer_id) % 1000000 < {int(share * 1e6)}" if sampled else ""
    recent = ", ".join(f"count(*) filter (bought_at >= timestamp '{day}' - interval {d} day) orders_{d}, "
                       f"coalesce(sum(spent) filter (bought_at >= timestamp '{day}' - interval {d} day), 0) spend_{d}" for d in (90, 180, 365))
    return f"""
    with known as (select * from lines where ordered_at < timestamp '{day}' {sample}),
    baskets as (select customer_id, order_id, min(ordered_at) as bought_at, sum(amount) spent, count(*) size from known where quantity > 0 group by all),
    gaps as (select *, epoch(bought_at - lag(bought_at) over (partition by customer_id order by bought_at)) / 86400 gap from baskets),
    per as (select customer_id, date_diff('day', max(bought_at), timestamp '{day}') recency, date_diff('day', min(bought_at), timestamp '{day}') tenure,
        count(*) orders, sum(spent) monetary, avg(spent) mean_order, max(spent) max_order, arg_min(spent, bought_at) first_order, arg_max(spent, bought_at) last_order,
        avg(size) mean_size, avg(gap) gap_mean, median(gap) gap_median, stddev_samp(gap) gap_std, min(gap) gap_min, max(gap) gap_max,
        arg_max(gap, bought_at) gap_last, {recent} from gaps group by customer_id having max(bought_at) < timestamp '{day}' - interval {LAPSED} day),
    goods as (select customer_id, count(distinct product_id) products, count(distinct category) categories, count(distinct channel) channels,
        sum(quantity) units, avg((quantity < 0)::int) returned_share from known group by customer_id)
    select per.*, products, categories, channels, units, returned_share from per join goods using (customer_id) order by customer_id"""


def matrix(day, sampled):
    columns = db.sql(features(day, sampled)).fetchnumpy()
    ids = columns.pop("customer_id")
    return ids, list(columns), numpy.column_stack([numpy.ma.filled(c.astype(float), numpy.nan) for c in columns.values()])


def returned(day, ids):
    db.execute("create or replace temp table asked as select unnest(?) customer_id", [list(ids)])
    back = db.sql(f"""select customer_id, (customer_id in (select customer_id from lines where quantity > 0 and ordered_at >= timestamp '{day}'
        and ordered_at < timestamp '{day}' + interval {HORIZON} day))::int came from asked order by customer_id""").fetchnumpy()
    return back["came"].astype(float)


def fit(x, y):
    settings = {"objective": "binary", "num_leaves": 31, "min_data_in_leaf": 100, "num_threads": os.cpu_count(), "verbosity": -1}
    return lightgbm.train(settings, lightgbm.Dataset(numpy.concatenate(x), numpy.concatenate(y)), 100)


def log_odds(p):
    return numpy.log(p / (1 - p))


x, y = [], []
for k in range(CUTS):
    day = db.execute(f"select (date '{tonight}' - {HORIZON + 30 * k})::varchar").fetchall()[0][0]
    ids, names, rows = matrix(day, True)
    x.append(rows)
    y.append(returned(day, ids))
test = fit(x[HORIZON // 30:], y[HORIZON // 30:])
z = log_odds(test.predict(x[0]))
a, b = 0.0, 1.0  # Platt's curve by Newton's method
for _ in range(20):
    p = 1 / (1 + numpy.exp(-(a + b * z)))
    w = p * (1 - p)
    gradient = numpy.array([(p - y[0]).sum(), ((p - y[0]) * z).sum()])
    curvature = numpy.array([[w.sum(), (w * z).sum()], [(w * z).sum(), (w * z * z).sum()]])
    a, b = numpy.array([a, b]) - numpy.linalg.solve(curvature, gradient)
model = fit(x, y)
ids, names, rows = matrix(tonight, False)
p = 1 / (1 + numpy.exp(-(a + b * log_odds(model.predict(rows)))))
order = numpy.argsort(-p, kind="stable")
group = numpy.empty(len(p), dtype=int)
group[order] = numpy.arange(len(p)) * 10 // len(p) + 1
scored = pyarrow.table({"customer_id": list(ids), "group": group, "probability": p})
db.execute(f"copy (select * from scored order by probability desc, customer_id) to '{out}/scores.parquet' (format parquet, compression zstd)")
tonights = pyarrow.table({"customer_id": list(ids)} | {name: rows[:, i] for i, name in enumerate(names)})
db.execute(f"copy (select * from tonights order by customer_id) to '{out}/features.parquet' (format parquet, compression zstd)")
