#!/usr/bin/env python3
"""LightGBM on the files of `training make`: rival.py ROWS DIR. Prints the same figures as `training fit`."""
import json
import os
import resource
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "2")

import lightgbm
import numpy

COLUMNS, TEST_ROWS = 30, 200_000


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def auc(score, label):
    """Area under the ROC curve, ties counted half."""
    _, at, count = numpy.unique(score, return_inverse=True, return_counts=True)
    rank = numpy.cumsum(count) - (count - 1) / 2
    ones = int(label.sum())
    return (rank[at][label == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(label) - ones))


def main(rows, folder):
    label = numpy.fromfile(os.path.join(folder, "y.u8"), numpy.uint8)
    train = numpy.empty((rows, COLUMNS), numpy.float32)
    test = numpy.empty((TEST_ROWS, COLUMNS), numpy.float32)
    for c in range(COLUMNS):
        column = numpy.fromfile(os.path.join(folder, "x.f32"), numpy.float32, len(label), offset=4 * c * len(label))
        train[:, c] = column[:rows]
        test[:, c] = column[-TEST_ROWS:]
    del column
    settings = dict(objective="binary", num_leaves=31, max_bin=255, learning_rate=0.1, num_threads=2, verbosity=-1,
                    min_data_in_leaf=20, min_sum_hessian_in_leaf=1e-3, lambda_l2=1e-3, deterministic=False)
    settings.update(json.loads(os.environ.get("LIGHTGBM_SETTINGS", "{}")))
    cpu, wall = cpu_seconds(), time.time()
    model = lightgbm.train(settings, lightgbm.Dataset(train, label[:rows]), num_boost_round=100)
    built_here = os.path.exists(os.path.join(os.path.dirname(lightgbm.__file__), "..", "built-for-this-machine"))
    figures = dict(name="lightgbm " + lightgbm.__version__, built_here=built_here, rows=rows, fit_wall_s=time.time() - wall, fit_cpu_s=cpu_seconds() - cpu)
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    figures["peak_gb"] = int(peak.split()[1]) / 1e6
    cpu = cpu_seconds()
    model.predict(train, num_threads=2)
    figures["predict_cpu_s"] = cpu_seconds() - cpu
    figures["auc"] = float(auc(model.predict(test), label[-TEST_ROWS:]))
    print(json.dumps(figures))


main(int(sys.argv[1]), sys.argv[2])
