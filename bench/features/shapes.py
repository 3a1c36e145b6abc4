"""Other shapes of a generated shop, and the comparison of two feature tables, all by DuckDB.

    shapes.py second_night SHOP FOLDER SHARE
    shapes.py shuffled SHOP FOLDER
    shapes.py differing_values OURS THEIRS

A process of its own, since the memory of whoever starts a process counts as the
first memory of that one. Prints what the function returns as JSON.
"""
import glob
import json
import os
import sys

import duckdb


def connect():
    return duckdb.connect(config={"threads": 2, "memory_limit": "8GB"})


def files_of(folder):
    return sorted(glob.glob(os.path.join(folder, "*.parquet")))


def second_night(shop, folder, share):
    """Lays out two nights of a shop under folder: `first` lacks the newest share of its lines, `second` has them in one file more."""
    con = connect()
    first, second = os.path.join(folder, "first"), os.path.join(folder, "second")
    os.makedirs(first)
    os.makedirs(second)
    files = files_of(shop)
    newest = files[-1]
    rows = con.execute(f"SELECT count(*) FROM read_parquet('{shop}/*.parquet')").fetchone()[0]
    cut = con.execute(f"SELECT ordered_at FROM read_parquet('{newest}') ORDER BY 1 DESC LIMIT 1 OFFSET {int(rows * float(share))}").fetchone()[0]
    for old in files[:-1]:
        for night in (first, second):
            os.link(old, os.path.join(night, os.path.basename(old)))
    old = os.path.join(first, os.path.basename(newest))
    copy(con, f"SELECT * FROM read_parquet('{newest}') WHERE ordered_at <= '{cut}'", old)
    os.link(old, os.path.join(second, os.path.basename(newest)))
    copy(con, f"SELECT * FROM read_parquet('{newest}') WHERE ordered_at > '{cut}'", os.path.join(second, "part-new.parquet"))
    return first, second


def shuffled(shop, folder):
    """Writes the lines of a shop in another order into five files."""
    os.makedirs(folder)
    con = connect()
    for part in range(5):
        copy(con, f"SELECT * FROM (SELECT *, hash(order_id, product_id) AS h FROM read_parquet('{shop}/*.parquet')) WHERE h % 5 = {part} ORDER BY h",
             os.path.join(folder, f"{9 - part}.parquet"), "* EXCLUDE (h)")


def copy(con, query, path, columns="*"):
    con.execute(f"COPY (SELECT {columns} FROM ({query})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def differing_values(ours, theirs):
    """How many values differ between two feature tables, and how many were compared. Doubles may differ by 1e-9 of their size."""
    con = connect()
    columns = con.execute(f"DESCRIBE SELECT * FROM '{theirs}'").fetchall()
    rows = [con.execute(f"SELECT count(*) FROM '{t}'").fetchone()[0] for t in (ours, theirs)]
    both = con.execute(f"SELECT count(*) FROM '{ours}' a JOIN '{theirs}' b USING (customer_id)").fetchone()[0]
    if rows != [both, both]:
        raise SystemExit(f"the tables have {rows[0]} and {rows[1]} customers, {both} of them in common")
    tests = []
    for name, kind, *_ in columns:
        if name == "customer_id":
            continue
        differs = f"a.{name} IS DISTINCT FROM b.{name}"
        if kind == "DOUBLE" or kind.startswith("DECIMAL"):
            x, y = f"a.{name}::DOUBLE", f"b.{name}::DOUBLE"
            differs = f"({x} IS NULL) <> ({y} IS NULL) OR abs({x} - {y}) > 1e-9 * greatest(1, abs({y}))"
        tests.append(f"count(*) FILTER ({differs})")
    counts = con.execute(f"SELECT {', '.join(tests)} FROM '{ours}' a JOIN '{theirs}' b USING (customer_id)").fetchone()
    return sum(counts), len(counts) * both


FUNCTIONS = {f.__name__: f for f in (second_night, shuffled, differing_values)}
print(json.dumps(FUNCTIONS[sys.argv[1]](*sys.argv[2:])))
