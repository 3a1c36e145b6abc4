#!/usr/bin/env bash
# Library: pytrec_eval-terrier 0.5.11, ranx 0.3.21, scikit-learn 1.9.1.
# Guess: NDCG of one list of products is one number, whoever works it out.
# Behaviour: where products have equal scores, as all products of a customer without a history
#   have, the three disagree, and each by a rule that is not in sight. trec_eval
#   ranks by score and then by product id backwards, whatever the list's order, so
#   that renaming products changes the figure; ranx takes the order in which the
#   scores were put in, so that a list whose answer stands first gets 1;
#   scikit-learn takes the mean over all orders.
# Hurts: recommenders compared over libraries, and those that give popularity in
#   coarse steps.
# Output seen (one bought product among three of equal score, NDCG at 3):
#   trec_eval 0.500, with other ids 1.000; ranx 1.000, put in backwards 0.500;
#   scikit-learn 0.710
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q pytrec_eval-terrier==0.5.11 ranx==0.3.21 scikit-learn==1.9.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import pytrec_eval
from ranx import Qrels, Run, evaluate
from sklearn.metrics import ndcg_score

def trec(bought, scores):
    return pytrec_eval.RelevanceEvaluator({"c": {bought: 1}}, {"ndcg_cut.3"}).evaluate({"c": scores})["c"]["ndcg_cut_3"]

def ranx(bought, scores):
    return float(evaluate(Qrels({"c": {bought: 1}}), Run({"c": scores}), "ndcg@3"))

scores = {"P1": 0.5, "P2": 0.5, "P3": 0.5}
backwards = dict(reversed(scores.items()))
other = {"Z1": 0.5, "P2": 0.5, "P3": 0.5}
mean = ndcg_score([[1, 0, 0]], [[0.5, 0.5, 0.5]], k=3)
print(f"trec_eval {trec('P1', scores):.3f}, put in backwards {trec('P1', backwards):.3f}, with another id {trec('Z1', other):.3f}")
print(f"ranx {ranx('P1', scores):.3f}, put in backwards {ranx('P1', backwards):.3f}; scikit-learn {mean:.3f}")
seen = [round(v, 3) for v in (trec("P1", scores), trec("P1", backwards), trec("Z1", other), ranx("P1", scores), ranx("P1", backwards), mean)]
assert seen == [0.5, 0.5, 1.0, 1.0, 0.5, 0.71], seen
print("surprise holds: ties are broken by id, by order of entry, or not at all")
PY
