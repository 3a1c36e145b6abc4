#!/usr/bin/env bash
# Library: implicit 0.7.3 (scipy 1.17 or what pip takes with it).
# Guess: recommend(..., filter_already_liked_items=True), the default, never
#   returns what the customer has bought; a customer with little left to show
#   gets a shorter list.
# Behaviour: the list is always N long. It is filled up with the products that
#   were to be left out: the factor model gives them the score -3.4e38, the
#   nearest-neighbour model plain 0, which is also the score of products that
#   were never bought but have no neighbour, so that nothing tells them apart.
#   In a batch of customers the fill may also be the id -1, which as an index
#   is the last product of the catalogue.
# Hurts: small catalogues, heavy buyers, and restricted lists (items=...).
# Output seen (a customer who bought 2, 4, 5, 7 of 8 products, N=8):
#   CosineRecommender        ids 6 3 0 1 7 5 4 2, the last four at 0.0
#   AlternatingLeastSquares  the last four at -3.4028235e+38
#   batch of two             the second row ends in id -1
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q implicit==0.7.3 numpy==2.4.6
OPENBLAS_NUM_THREADS=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import implicit, numpy as np, scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender

bought = sp.csr_matrix((np.random.default_rng(1).random((30, 8)) < .5).astype("float32"))
own = set(bought[0].indices.tolist())
print("implicit", implicit.__version__, "customer 0 bought", sorted(own))
seen = {}
for model in (CosineRecommender(K=5), AlternatingLeastSquares(factors=4, random_state=1, iterations=3)):
    model.fit(bought, show_progress=False)
    ids, scores = model.recommend(0, bought[0], N=8, filter_already_liked_items=True)
    name = type(model).__name__
    seen[name] = [(int(i), float(s)) for i, s in zip(ids, scores)]
    print(name, seen[name])
    if name == "CosineRecommender":
        batch = model.recommend([0, 1], bought[:2], N=8, filter_already_liked_items=True)[0]
        print("batch", batch.tolist())
for name, rows in seen.items():
    assert len(rows) == 8 and {i for i, _ in rows[4:]} == own, name
assert {s for _, s in seen["CosineRecommender"][4:]} == {0.0}
assert all(s < -3e38 for _, s in seen["AlternatingLeastSquares"][4:])
assert -1 in batch
print("surprise holds: what was bought comes back at the end of the list")
PY
