#!/usr/bin/env bash
# Library: DuckDB 2.0.1 (Python package duckdb), beside Polars 2.1.0.
# Guess: read_csv over a folder of monthly exports reads a date column one way, and says so
#   where files do not agree; union_by_name only matches columns.
# Behaviour: with union_by_name each file is asked for itself. A month that so far has only
#   its first twelve days (03/01/2026 to 03/12/2026) is taken as day/month and becomes the
#   third of each month of the year, its neighbour with 04/13/2026 is taken as month/day;
#   both are DATE, and nothing is said. Without union_by_name the order of the files
#   decides: the short month first is an error, last it is right. Polars gives dates for
#   the short file alone and text for both together.
# Hurts: the newest extract of a running month is always the short one: recency of the most
#   recent buyers is off by up to eleven months, and heals by itself on the 13th.
# Holds on: dateformat given, or the column kept as VARCHAR.
# Output seen:
#   union_by_name: 2026-01-03 to 2026-12-03, 12 months; short file last: 2026-03-01 to 2026-04-28
#   short file first: ConversionException; dateformat given: 2026-03-01 to 2026-04-28
#   Polars: short file Date, both String
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q duckdb==2.0.1 polars==2.1.0
cd "$tmp"
"$tmp/venv/bin/python" - <<'PY'
import duckdb
import polars as pl

def export(name, month, days):
    with open(name, "w") as f:
        f.write("order_id,order_date\n" + "".join(f"{month}-{day},{month:02}/{day:02}/2026\n" for day in range(1, days + 1)))

export("april.csv", 4, 28)
export("march.csv", 3, 12)
con = duckdb.connect()

def look(files, options=""):
    try:
        kind, months, first, last = con.execute(f"SELECT any_value(typeof(order_date)), count(DISTINCT month(order_date)), min(order_date), max(order_date) FROM read_csv({files}{options})").fetchone()
        return kind, months, str(first), str(last)
    except duckdb.ConversionException:
        return "ConversionException"

print("DuckDB", duckdb.__version__, "Polars", pl.__version__)
named = look("['april.csv', 'march.csv']", ", union_by_name=true")
behind, before = look("['april.csv', 'march.csv']"), look("['march.csv', 'april.csv']")
given = look("['april.csv', 'march.csv']", ", union_by_name=true, dateformat='%m/%d/%Y'")
print("union_by_name:", named, "| short file last:", behind, "| first:", before, "| dateformat given:", given)
alone, both = (pl.scan_csv(f, try_parse_dates=True).collect()["order_date"].dtype for f in ("march.csv", "*.csv"))
print("Polars: short file", alone, "| both", both)

assert named == ("DATE", 12, "2026-01-03", "2026-12-03"), named
assert behind == given == ("DATE", 2, "2026-03-01", "2026-04-28"), (behind, given)
assert before == "ConversionException", before
assert alone == pl.Date and both == pl.String, (alone, both)
print("surprise holds: with union_by_name two files of one folder are read by two calendars")
PY
