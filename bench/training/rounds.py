#!/usr/bin/env python3
"""Alternating rounds of `training fit` and rival.py, with medians as docs/training.md.

    rounds.py --data DIR --report docs/training.md [--rounds 3] ROWS..."""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

FIGURES = {"fit_cpu_s": "fit, CPU s", "fit_wall_s": "fit, wall s", "predict_cpu_s": "predict, CPU s", "peak_gb": "peak, GB", "auc": "AUC"}


def measured(*command):
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(text, end="", flush=True)
    return json.loads(text)


def medians(runs):
    return {key: statistics.median(r[key] for r in runs) for key in FIGURES} | {"name": runs[0]["name"], "built_here": runs[0].get("built_here", False)}


def rounds(rows, data, count):
    """Medians of winback and of the rival on so many rows, taken in turn."""
    subprocess.run(["bin/training", "make", str(rows), data], check=True)
    rival = [sys.executable, "-B", os.path.join(os.path.dirname(__file__), "rival.py"), str(rows), data]
    ours, theirs = [], []
    for _ in range(count):
        ours.append(measured("bin/training", "fit", str(rows), data))
        theirs.append(measured(*rival))
    shutil.rmtree(data)
    return medians(ours), medians(theirs)


def section(rows, ours, theirs):
    line = lambda m: f"| {m['name']} | " + " | ".join(f"{m[key]:.4f}" if key == "auc" else f"{m[key]:.2f}" for key in FIGURES) + " |"
    checks = [("CPU seconds to fit at most LightGBM's", ours["fit_cpu_s"] / theirs["fit_cpu_s"], "times", ours["fit_cpu_s"] <= theirs["fit_cpu_s"]),
              ("prediction at least three times as fast", theirs["predict_cpu_s"] / ours["predict_cpu_s"], "times as fast", theirs["predict_cpu_s"] >= 3 * ours["predict_cpu_s"]),
              ("peak memory at most 1.5 times", ours["peak_gb"] / theirs["peak_gb"], "times", ours["peak_gb"] <= 1.5 * theirs["peak_gb"]),
              ("AUC within .001", ours["auc"] - theirs["auc"], "difference", abs(ours["auc"] - theirs["auc"]) <= 0.001)]
    return [f"## {rows:,} rows", "", "| | " + " | ".join(FIGURES.values()) + " |", "|---|" + "---:|" * len(FIGURES), line(ours), line(theirs), "",
            "| Asked for | Found | Met |", "|---|---:|---:|"] + [f"| {what} | {value:.4f} {unit} | {'yes' if met else 'no'} |" if unit == "difference" else
                                                              f"| {what} | {value:.2f} {unit} | {'yes' if met else 'no'} |" for what, value, unit, met in checks] + [""]


def machine():
    with open("/proc/cpuinfo") as f:
        name = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    return f"{name}, {os.cpu_count()} cores"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", required=True)
    arguments.add_argument("--report", required=True)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("rows", nargs="+", type=int)
    a = arguments.parse_args()
    results = [(rows, *rounds(rows, a.data, a.rounds)) for rows in a.rows]
    built = "built from its source for this machine (make lightgbm)" if results[0][2]["built_here"] else "the wheel of PyPI, which is built for any machine (make lightgbm builds it for this one)"
    lines = ["# Boosted trees beside LightGBM", "",
             f"Written by `make bench-training` on {datetime.date.today()}, {machine()}: medians of {a.rounds} rounds in turn. 30 columns of float32, 8 % positives, 100 trees of 31 leaves, "
             "255 bins, two threads, the same settings for both; prediction of the training rows; peak of the process when the fit ended, data included; AUC on 200,000 other rows. "
             f"LightGBM is {built}.", ""]
    for result in results:
        lines += section(*result)
    os.makedirs(os.path.dirname(a.report) or ".", exist_ok=True)
    with open(a.report, "w") as f:
        f.write("\n".join(lines).rstrip() + "\n")
    print(f"{a.report} written")


main()
