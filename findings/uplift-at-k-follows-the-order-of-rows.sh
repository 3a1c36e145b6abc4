#!/usr/bin/env bash
# Library: scikit-uplift 0.5.1 (scikit-learn 1.9.1, pandas 3.1.1).
# Guess: a metric of a ranking does not depend on the order in which the rows
#   stand, since its Qini and uplift areas in the same module do not.
# Behaviour: uplift_at_k sorts by score and cuts at k * n rows, through the
#   middle of equal scores, so that rows that come first win. With three
#   distinct scores the "uplift of the best 30 %" of the same 2,000 customers
#   goes from +0.5 % to -3.4 % when the rows are shuffled.
# Hurts: scores of a tree or of RFM cells, where ties are the rule.
# Output seen:
#   shuffle 0: at_k  0.0052  qini area 0.0134
#   shuffle 1: at_k -0.0135  qini area 0.0134
#   shuffle 2: at_k -0.0254  qini area 0.0134
#   shuffle 3: at_k -0.0342  qini area 0.0134
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q scikit-uplift==0.5.1 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from sklift.metrics import qini_auc_score, uplift_at_k

r = np.random.default_rng(3)
n = 2000
came, contacted, cell = r.integers(0, 2, n), r.integers(0, 2, n), r.integers(0, 3, n).astype(float)
at_k, area = [], []
for seed in range(4):
    p = np.random.default_rng(seed).permutation(n)
    at_k.append(uplift_at_k(came[p], cell[p], contacted[p], strategy="overall", k=.3))
    area.append(qini_auc_score(came[p], cell[p], contacted[p]))
    print(f"shuffle {seed}: at_k {at_k[-1]:7.4f}  qini area {area[-1]:.4f}")
assert np.ptp(area) < 1e-12, "the area changed too"
assert min(at_k) < -.01 < 0 < max(at_k), "the sign held"
print("surprise holds: equal scores are parted by the order of the rows")
PY
