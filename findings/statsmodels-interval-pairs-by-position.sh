#!/usr/bin/env bash
# Library: statsmodels 0.15.0 (pandas 3.1.1): proportion_confint.
# Guess: two pandas Series, bookings and group sizes, are matched by their labels,
#   as in bookings / sizes, or a different order of labels is refused.
# Behaviour: they are paired by position, and the answer carries the labels of
#   the first one. value_counts() sorts by size, groupby() by label, so the usual
#   way of making the two Series puts them in different orders.
# Hurts: the Wilson interval printed for a group is that of another group's size
#   and may not even hold the group's own rate.
# Output seen:
#   A: rate 0.200, interval 0.007..0.014
#   B: rate 0.020, interval 0.335..0.469
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q statsmodels==0.15.0 pandas==3.1.1
"$tmp/venv/bin/python" - <<'PY'
import pandas as pd, statsmodels
from statsmodels.stats.proportion import proportion_confint

sent = pd.DataFrame({"group": ["A"] * 200 + ["B"] * 4000})
sent["booked"] = [i < 40 for i in range(200)] + [i < 80 for i in range(4000)]
booked = sent.groupby("group").booked.sum()
sizes = sent.group.value_counts()
low, high = proportion_confint(booked, sizes, method="wilson")
rate = booked / sizes
print("statsmodels", statsmodels.__version__, "pandas", pd.__version__)
for g in ("A", "B"):
    print(f"{g}: rate {rate[g]:.3f}, interval {low[g]:.3f}..{high[g]:.3f}")
assert not low["A"] <= rate["A"] <= high["A"] and not low["B"] <= rate["B"] <= high["B"]
low, high = proportion_confint(booked, sizes.reindex(booked.index), method="wilson")
assert low["A"] <= rate["A"] <= high["A"]
print("surprise holds: both intervals miss their own group's rate; reindexed ones do not")
PY
