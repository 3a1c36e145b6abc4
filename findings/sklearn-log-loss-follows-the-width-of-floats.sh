#!/usr/bin/env bash
# Library: scikit-learn 1.9.1, xgboost 3.2.0 (numpy of the day).
# Guess: log_loss of the same probabilities is the same number, whatever the type
#   that holds them.
# Behaviour: probabilities of 0 and 1 are moved inside by the rounding unit of
#   their own type. A customer who was certain to stay away and came back costs
#   15.9 in single precision and 36.0 in double. XGBoost returns single precision
#   and most others double: of two models that predict the same, the one in single
#   precision loses less than half for each such customer.
# Hurts: tables of rivals by log loss with a few overconfident rows.
# Output seen:
#   certain and wrong: float32 15.94, float64 36.04
#   1,000 customers of whom two surprise: 0.0326 as xgboost returns them, 0.0728 as
#   the very same numbers in double
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q scikit-learn==1.9.1 xgboost==3.2.0
OMP_NUM_THREADS=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import numpy as np, sklearn, xgboost
from sklearn.metrics import log_loss

def loss(y, p): return log_loss(y, p, labels=[0, 1])

wrong = {t.__name__: loss([0], np.array([1], dtype=t)) for t in (np.float32, np.float64)}
print("scikit-learn", sklearn.__version__, "certain and wrong:", {k: round(v, 2) for k, v in wrong.items()})
assert abs(wrong["float32"] - 15.94) < 0.01 and abs(wrong["float64"] - 36.04) < 0.01

# Customers of the past can be told apart without error; two of the new ones cannot.
rng = np.random.default_rng(7)
x = rng.normal(size=(2000, 1))
model = xgboost.XGBClassifier(n_estimators=400, learning_rate=1, reg_lambda=0, min_child_weight=0, n_jobs=1)
model.fit(x, (x[:, 0] > 0).astype(int))
new = np.concatenate([rng.normal(size=(998, 1)), [[2.0], [2.0]]])
y = np.concatenate([(new[:998, 0] > 0).astype(int), [0, 0]])
single = model.predict_proba(new)[:, 1]
double = single.astype(np.float64)
assert single.dtype == np.float32 and (single == double).all()
print(f"xgboost {xgboost.__version__}, 1,000 customers of whom two surprise: {loss(y, single):.4f} as it returns them, {loss(y, double):.4f} as the same numbers in double")
assert loss(y, double) > 2 * loss(y, single)
print("surprise holds: the same probabilities have two log losses")
PY
