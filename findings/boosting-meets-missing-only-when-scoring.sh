#!/usr/bin/env bash
# Libraries: LightGBM 4.7.0, XGBoost 3.2.0, scikit-learn 1.9.1 (HistGradientBoosting).
# Guess: a value that is missing only when scoring, never in training, is handled
#   alike by the three tree boosters, near the average of the customer's other
#   values; all three are said to "support missing values".
# Behaviour: three different answers, none with a warning. LightGBM takes it for
#   the number 0, so an unknown recency means "bought today". XGBoost sends it to
#   the right at every split, so it means "longer ago than anybody".
#   scikit-learn follows the larger part of the training rows.
# Hurts: a column that is empty one night turns a list upside down.
# Output seen (chance to return of one customer with 3 orders):
#   LightGBM: missing 0.846, recency 0 0.846, recency 9999 0.016
#   XGBoost: missing 0.017, recency 0 0.925, recency 9999 0.017
#   sklearn: missing 0.646, recency 0 0.855, recency 9999 0.015
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q lightgbm==4.7.0 xgboost==3.2.0 scikit-learn==1.9.1 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import lightgbm, numpy as np, sklearn, xgboost
from sklearn.ensemble import HistGradientBoostingClassifier

r = np.random.default_rng(3)
recency, orders = r.exponential(60, 4000), r.poisson(3, 4000)
X = np.column_stack([recency, orders]).astype(float)
y = (r.random(4000) < 1 / (1 + np.exp(recency / 40 - orders / 2))).astype(int)
ask = np.array([[np.nan, 3], [0, 3], [9999, 3]])
models = {
    "LightGBM": lightgbm.LGBMClassifier(n_estimators=40, n_jobs=1, verbose=-1),
    "XGBoost": xgboost.XGBClassifier(n_estimators=40, n_jobs=1),
    "sklearn": HistGradientBoostingClassifier(max_iter=40),
}
print("lightgbm", lightgbm.__version__, "xgboost", xgboost.__version__, "scikit-learn", sklearn.__version__)
p = {}
for name, model in models.items():
    p[name] = model.fit(X, y).predict_proba(ask)[:, 1]
    print(f"{name}: missing {p[name][0]:.3f}, recency 0 {p[name][1]:.3f}, recency 9999 {p[name][2]:.3f}")
assert p["LightGBM"][0] == p["LightGBM"][1] > .6
assert p["XGBoost"][0] == p["XGBoost"][2] < .1
assert p["sklearn"][2] + .03 < p["sklearn"][0] < p["sklearn"][1] - .03
print("surprise holds: 0, infinity and the crowd are the three meanings of missing")
PY
