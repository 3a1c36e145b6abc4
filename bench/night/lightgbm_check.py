"""Compares a run's boosted trees in LightGBM with the run's own scores.

usage: lightgbm_check.py RUN_FOLDER MODEL.txt   (the file of: winback model RUN --format lightgbm)

A calibrated probability has log-odds a + b * z, where z are the log-odds of the trees;
a and b are found from the two most distant rows, and the largest difference of the
other rows is printed.
"""
import json
import sys

import duckdb
import lightgbm
import numpy

run, model = sys.argv[1:3]
booster = lightgbm.Booster(model_file=model)
names = booster.feature_name()
db = duckdb.connect()
# Models see single precision, and texts as places in the sorted list of the models.
kinds = dict((row[0], row[1]) for row in db.execute(f"describe select * from '{run}/features.parquet'").fetchall())
levels = {c["name"]: c.get("levels", []) for c in json.load(open(f"{run}/model/index.json"))["columns"] if c.get("text")}
table = db.execute(f"select * from '{run}/features.parquet' order by customer_id").to_arrow_table()
columns = []
for name in names:
    values = table[name].to_pylist()
    if kinds[name] == "VARCHAR":
        place = {level: i for i, level in enumerate(levels.get(name, []))}
        values = [numpy.nan if v is None else place[v] for v in values]
    columns.append(numpy.array([numpy.nan if v is None else float(v) for v in values]).astype(numpy.float32).astype(float))
z = booster.predict(numpy.column_stack(columns), raw_score=True)
p = numpy.array(db.execute(f"select score_boost from '{run}/scores.parquet' order by customer_id").fetchnumpy()["score_boost"], dtype=float)
chosen = [m["name"] for m in json.load(open(f"{run}/model/index.json"))["models"] if m["chosen"]][0]
logit = numpy.log(p / (1 - p))
low, high = z.argmin(), z.argmax()
b = (logit[high] - logit[low]) / (z[high] - z[low])
a = logit[low] - b * z[low]
# Scores beside the ranker's are published in single precision.
print(f"{len(z)} rows, ranker {chosen}: largest difference of log-odds {abs(a + b * z - logit).max():.3g}")
