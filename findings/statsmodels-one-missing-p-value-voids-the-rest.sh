#!/usr/bin/env bash
# Library: statsmodels 0.15.0 (scipy 1.17.1, numpy 2.4.6).
# Guess: an arm without customers gives the p-value NaN, and multipletests
#   leaves it out or refuses it; at any rate its answers go together.
# Behaviour: the NaN counts as one more test, sorts behind all others, and is
#   handed on. Benjamini-Hochberg then rejects three hypotheses and says that
#   all four corrected p-values are NaN, so that `p < .05` finds nothing where
#   the first answer found three. hommel rejects nothing at all, not even .001.
#   bonferroni and holm keep their values. SciPy's function for the same
#   correction refuses the NaN.
# Hurts: campaign tables in which one arm or group was empty that week.
# Output seen (p = .001 .002 .03 NaN):
#   fdr_bh     rejects 3, corrected below .05: 0 of 4, NaN 4
#   fdr_by     rejects 2, corrected below .05: 0 of 4, NaN 4
#   hommel     rejects 0, corrected below .05: 0 of 4, NaN 4
#   holm       rejects 2, corrected below .05: 2 of 4, NaN 1
#   bonferroni rejects 2, corrected below .05: 2 of 4, NaN 1
#   scipy: ValueError
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import numpy as np, statsmodels
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

p = np.array([.001, .002, .03, np.nan])
print("statsmodels", statsmodels.__version__)
seen = {}
for method in ("fdr_bh", "fdr_by", "hommel", "holm", "bonferroni"):
    rejected, corrected = multipletests(p, alpha=.05, method=method)[:2]
    seen[method] = int(rejected.sum()), int((corrected < .05).sum()), int(np.isnan(corrected).sum())
    print(f"{method:10} rejects {seen[method][0]}, corrected below .05: {seen[method][1]} of 4, NaN {seen[method][2]}")
try:
    false_discovery_control(p)
    refused = False
except ValueError as e:
    refused = True
    print("scipy: ValueError:", e)
without = multipletests(p[:3], alpha=.05, method="hommel")[0].sum()
assert seen["fdr_bh"] == (3, 0, 4) and seen["hommel"] == (0, 0, 4) and seen["holm"] == (2, 2, 1)
assert refused and without == 3
print("surprise holds: one missing p-value takes the corrected ones of all others with it")
PY
