#!/usr/bin/env bash
# Library: LightGBM 4.7.0, beside XGBoost 3.2.0 and scikit-learn 1.9.1 (pandas 3.1.1).
# Guess: a model fitted on a DataFrame looks columns up by name, or refuses a
#   frame with its columns in another order, as the other two do.
# Behaviour: LightGBM stores the names, then scores by place. With recency and
#   orders swapped it returns chances without a warning, and only
#   predict(..., validate_features=True) makes it look.
# Hurts: a scoring query that selects the same columns in another order.
# Output seen:
#   XGBoost: ValueError
#   sklearn: ValueError
#   LightGBM: 0.9325512170444202   (largest change of a chance, no error)
#   LightGBM with validate_features: LightGBMError
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q lightgbm==4.7.0 xgboost==3.2.0 scikit-learn==1.9.1 pandas==3.1.1
"$tmp/venv/bin/python" - <<'PY'
import lightgbm, numpy as np, pandas as pd, sklearn, xgboost
from sklearn.ensemble import HistGradientBoostingClassifier

r = np.random.default_rng(3)
X = pd.DataFrame({"recency_days": r.exponential(60, 4000), "orders": r.poisson(3, 4000).astype(float)})
y = (r.random(4000) < 1 / (1 + np.exp(X.recency_days / 40 - X.orders / 2))).astype(int)
swapped = X[["orders", "recency_days"]]

def change(model, **more):
    try:
        return float(np.abs(model.predict_proba(swapped, **more) - model.predict_proba(X)).max())
    except Exception as e:
        return type(e).__name__

print("lightgbm", lightgbm.__version__, "xgboost", xgboost.__version__, "scikit-learn", sklearn.__version__)
light = lightgbm.LGBMClassifier(n_estimators=30, n_jobs=1, verbose=-1).fit(X, y)
got = {
    "XGBoost": change(xgboost.XGBClassifier(n_estimators=30, n_jobs=1).fit(X, y)),
    "sklearn": change(HistGradientBoostingClassifier(max_iter=30).fit(X, y)),
    "LightGBM": change(light),
    "LightGBM with validate_features": change(light, validate_features=True),
}
for name, what in got.items():
    print(f"{name}: {what}")
assert light.booster_.feature_name() == ["recency_days", "orders"]
assert got["XGBoost"] == got["sklearn"] == "ValueError"
assert got["LightGBM"] > .5
assert isinstance(got["LightGBM with validate_features"], str)
print("surprise holds: names are kept but not looked at")
PY
