#!/usr/bin/env bash
# Library: implicit 0.7.3 (numpy 2.4.6, scipy of the day).
# Guess: precision at 10 is the hits among the ten products shown, divided by
#   ten, averaged over customers, as textbooks and other libraries have it.
# Behaviour: ranking_metrics_at_k sums the hits of all customers and divides
#   them by the sum of min(10, products that the customer bought). Where most
#   came back for one product, "precision" is the hit rate, here seven times
#   the textbook's; it is no mean over customers either: a customer with ten
#   purchases counts ten times as much as one with one, so that the order of two
#   recommenders can turn.
# Hurts: tables that put this figure beside the precision of another library.
# Output seen (two of three customers bought the first product, one another):
#   implicit precision@10 0.667, textbook 0.067
#   A: implicit 0.091, mean over customers of hits over min(10, bought) 0.500
#   B: implicit 0.455, mean over customers 0.250
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q implicit==0.7.3 numpy==2.4.6
OPENBLAS_NUM_THREADS=1 "$tmp/venv/bin/python" -W ignore - <<'PY'
import implicit, numpy as np, scipy.sparse as sp
from implicit.evaluation import ranking_metrics_at_k

class Fixed:
    """Shows each customer a list of ten that was written before."""
    def __init__(self, lists): self.lists = np.array(lists, dtype=np.int32)
    def recommend(self, ids, purchases, N=10, **_):
        return self.lists[ids, :N], np.ones((len(ids), N), dtype=np.float32)

def bought(rows, products=50):
    m = sp.lil_matrix((len(rows), products), dtype=np.float32)
    for i, row in enumerate(rows): m[i, row] = 1
    return m.tocsr()

def precision(lists, truth):
    train = sp.csr_matrix((len(truth), 50), dtype=np.float32)
    return ranking_metrics_at_k(Fixed(lists), train, bought(truth), K=10, show_progress=False)["precision"]

ten = list(range(10))
truth = [[0], [0], [40]]
seen = precision([ten] * 3, truth)
textbook = np.mean([len(set(ten) & set(t)) / 10 for t in truth])
print("implicit", implicit.__version__, f"precision@10 {seen:.3f}, textbook {textbook:.3f}")
assert abs(seen - 2 / 3) < 1e-9 and abs(textbook - 2 / 30) < 1e-9

# One customer bought one product, another ten.
truth = [[0], list(range(20, 30))]
other = list(range(30, 40))
a = [ten, other]                                     # finds the one product
b = [other, list(range(20, 25)) + list(range(30, 35))]  # finds five of the ten
mean = lambda lists: np.mean([len(set(l) & set(t)) / min(10, len(t)) for l, t in zip(lists, truth)])
for name, lists in (("A", a), ("B", b)):
    print(f"{name}: implicit {precision(lists, truth):.3f}, mean over customers {mean(lists):.3f}")
assert precision(a, truth) < precision(b, truth) and mean(a) > mean(b), "the order held"
print("surprise holds: precision at k is no share of the list, and no mean over customers")
PY
