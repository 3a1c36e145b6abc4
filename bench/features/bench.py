#!/usr/bin/env python3
"""From order files to feature rows, ours beside DuckDB: bench.py small|large FOLDER REPORT.md

Generates a shop under FOLDER (1 M customers, large: 10 M), runs both in turn,
compares what they wrote value by value, and writes REPORT.md. CPU is user and
system seconds of the process, memory its greatest resident size; DuckDB's CPU
and wall are those of the query alone. Needs bin/winback, bin/features and a
Python with duckdb.
"""
import datetime
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WINBACK, PARTS = os.path.join(ROOT, "bin", "winback"), os.path.join(ROOT, "bin", "features")
AS_OF = "2026-06-29"
ROUNDS = 3


def shapes(function, *args):
    run = subprocess.run([sys.executable, os.path.join(HERE, "shapes.py"), function, *args], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stderr)
    return json.loads(run.stdout)


class Cost:
    """CPU seconds, wall seconds and greatest memory in GB of one process."""

    def __init__(self, cpu, wall, peak, text=""):
        self.cpu, self.wall, self.peak, self.text = cpu, wall, peak, text


def measured(*command):
    start = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}\n{text}")
    return Cost(used.ru_utime + used.ru_stime, time.time() - start, used.ru_maxrss / 1e6, text)


def features(orders, out, *flags, workers=2):
    return measured(WINBACK, "features", orders, "--as-of", AS_OF, "--workers", str(workers), "-o", out, *flags)


def rival_within(orders, out, limits):
    """The rival with the first limit of memory that it can keep; None where it keeps none."""
    for memory in limits:
        try:
            return rival(orders, out, memory)
        except SystemExit as fault:
            print(f"  with {memory}: {fault}", flush=True)
    return None


def rival(orders, out, memory):
    cost = measured(sys.executable, os.path.join(HERE, "rival.py"), orders, out, AS_OF, memory)
    query = json.loads(cost.text.splitlines()[-1])
    cost.cpu, cost.wall, cost.text = query["cpu_s"], query["wall_s"], f"{query['version']}, limit {memory}"
    return cost


def in_turn(rounds, **contestants):
    """Runs all contestants once a round and keeps each one's medians."""
    costs = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contest in contestants.items():
            cost = contest()
            print(f"  {name:12} {cost.cpu:8.2f} CPU s {cost.wall:8.2f} s {cost.peak:6.2f} GB", flush=True)
            costs[name].append(cost)
    return {name: median(runs) for name, runs in costs.items()}


def median(runs):
    middle = [statistics.median(values) for values in zip(*((r.cpu, r.wall, r.peak) for r in runs))]
    return Cost(*middle, runs[0].text)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def generate(folder, customers, *flags):
    shutil.rmtree(folder, ignore_errors=True)
    measured(WINBACK, "generate", "--customers", str(customers), "--out", folder, *flags)
    return folder


def row(name, cost, *more):
    return "| " + " | ".join([name, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.peak:.2f}", *more]) + " |"


def small(folder):
    shop, ours, theirs = generate(f"{folder}/shop", 1_000_000), f"{folder}/ours.parquet", f"{folder}/theirs.parquet"
    print("features")
    cost = in_turn(ROUNDS, winback=lambda: features(shop, ours), duckdb=lambda: rival(shop, theirs, "12GB"),
                   decode=lambda: measured(PARTS, "decode", shop))
    text = contest(cost, ours, theirs, "1 million customers")
    w, d = cost["winback"], cost["decode"]
    text += ["", f"Only decoding the eight columns and hashing their values, by the same library: {d.cpu:.2f} CPU s; "
             f"the whole way to features.parquet is {w.cpu / d.cpu:.1f} times that.", ""]
    text += snapshots(shop) + whale(folder, shop, w) + second_night(folder, shop, ours) + same_bytes(folder, shop, ours)
    return text


def contest(cost, ours, theirs, size):
    differing, compared = shapes("differing_values", ours, theirs)
    if differing:
        raise SystemExit(f"{differing} of {compared} values differ between the two tables")
    w, d = cost["winback"], cost["duckdb"]
    return [f"## Order files to features.parquet, {size}", "", f"Tonight's snapshot, all columns. {compared:,} values compared: all equal.", "",
            "| | CPU s | wall s | peak GB |", "|---|---|---|---|", row("winback features", w), row(f"DuckDB {d.text}, expert query", d),
            f"| ratio | {w.cpu / d.cpu:.3f} | {w.wall / d.wall:.3f} | {w.peak / d.peak:.3f} |"]


def snapshots(shop):
    print("snapshots")
    cost = in_turn(ROUNDS, one=lambda: measured(PARTS, "build", shop, AS_OF, "0"), thirteen=lambda: measured(PARTS, "build", shop, AS_OF, "12"))
    one, many = cost["one"], cost["thirteen"]
    return ["## Twelve training snapshots besides tonight's", "", "Reading and building, without writing; the closed snapshots hold who had lapsed for 90 days.", "",
            "| | CPU s | wall s | peak GB | rows |", "|---|---|---|---|---|", row("tonight's alone", one, f"{json.loads(one.text)['rows']:,}"),
            row("and twelve before it", many, f"{json.loads(many.text)['rows']:,}"), f"| ratio | {many.cpu / one.cpu:.2f} | {many.wall / one.wall:.2f} | {many.peak / one.peak:.2f} | |", ""]


def whale(folder, shop, even):
    print("one customer with 1 million orders")
    large = generate(f"{folder}/whale", 1_000_000, "--whale", "1000000")
    cost = in_turn(ROUNDS, even=lambda: features(shop, f"{folder}/even.parquet"), whale=lambda: features(large, f"{folder}/whale.parquet"))
    shutil.rmtree(large)
    even, w = cost["even"], cost["whale"]
    return ["## One customer with 1 million of the orders", "", "| | CPU s | wall s | peak GB |", "|---|---|---|---|", row("even", even), row("one large customer", w),
            f"| ratio | {w.cpu / even.cpu:.2f} | {w.wall / even.wall:.2f} | {w.peak / even.peak:.2f} |", ""]


def second_night(folder, shop, full):
    print("second night")
    store, out = f"{folder}/store", f"{folder}/second.parquet"
    first, second = shapes("second_night", shop, f"{folder}/nights", "0.01")
    costs = {name: [] for name in ("read in full", "read with store", "features in full", "features with store")}
    for _ in range(ROUNDS):
        shutil.rmtree(store, ignore_errors=True)
        measured(PARTS, "read", first, store)
        costs["read in full"].append(measured(PARTS, "read", second))
        costs["read with store"].append(measured(PARTS, "read", second, store))
        shutil.rmtree(store)
        features(first, out, "--store", store)
        costs["features in full"].append(features(second, out))
        whole = digest(out)
        costs["features with store"].append(features(second, out, "--store", store))
        if digest(out) != whole:
            raise SystemExit("the features with the store differ from those of all files")
    size = sum(os.path.getsize(os.path.join(store, name)) for name in os.listdir(store))
    cost = {name: median(runs) for name, runs in costs.items()}
    shares = [cost[f"{what} with store"].cpu / cost[f"{what} in full"].cpu for what in ("read", "features")]
    return ["## The second night with --store, 1 % of the lines new", "", "| | CPU s | wall s | peak GB |", "|---|---|---|---|", *(row(name, c) for name, c in cost.items()), "",
            f"Reading and dealing takes {shares[0]:.2f} of a full reading's CPU, the whole of features {shares[1]:.2f}. The features are the same bytes; the store takes {size / 1e6:.0f} MB.", ""]


def same_bytes(folder, shop, ours):
    print("same bytes")
    want = digest(ours)
    other = f"{folder}/other.parquet"
    for workers in (1, 2, 7, 16):
        features(shop, other, workers=workers)
        if digest(other) != want:
            raise SystemExit(f"{workers} workers write other bytes")
    shapes("shuffled", shop, f"{folder}/shuffled")
    features(f"{folder}/shuffled", other)
    if digest(other) != want:
        raise SystemExit("shuffled files give other bytes")
    features(shop, other, "--memory", "200MiB")
    if digest(other) != want:
        raise SystemExit("with --memory 200MiB other bytes come out")
    return ["## Same bytes", "", "1, 2, 7 and 16 workers, all lines shuffled over other files, and --memory 200MiB: the same SHA-256 of features.parquet.", ""]


def large(folder):
    ours, theirs = f"{folder}/ours.parquet", f"{folder}/theirs.parquet"
    base = generate(f"{folder}/shop", 1_000_000)
    print("1 million customers")
    one = in_turn(ROUNDS, winback=lambda: features(base, ours))["winback"]
    shop = generate(f"{folder}/shop", 10_000_000)
    print("10 million customers")
    title, limits = "10 million customers, winback with --memory 4GiB", os.environ.get("RIVAL_LIMITS", "4GB 8GB 12GB").split()
    w = in_turn(1, winback=lambda: features(shop, ours, "--memory", "4GiB"))["winback"]
    if d := rival_within(shop, theirs, limits):
        text = contest({"winback": w, "duckdb": d}, ours, theirs, title)
    else:
        text = [f"## Order files to features.parquet, {title}", "", "| | CPU s | wall s | peak GB |", "|---|---|---|---|", row("winback features", w), "",
                f"DuckDB stopped with an error at each of the limits {', '.join(limits)}." if limits else "DuckDB was not run beside it (RIVAL_LIMITS is empty)."]
    text += ["", f"One run each. 1 million customers, the same day: {one.cpu:.2f} CPU s; ten times as many take {w.cpu / one.cpu:.1f} times that.", ""]
    print("run")
    whole = measured(WINBACK, "run", shop, "--as-of", AS_OF, "--workers", "2", "--memory", "4GiB", "--out", f"{folder}/out")
    return text + ["## The whole nightly batch, 10 million customers, --memory 4GiB", "", "| | CPU s | wall s | peak GB |", "|---|---|---|---|", row("winback run", whole), "",
                   "```", whole.text.strip().replace(folder + "/", ""), "```", ""]


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB, {platform.system()}"


def main(size, folder, report):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    text = [f"# Features: measured on {datetime.date.today()}", "", f"{machine()}. Two workers for both, medians of {ROUNDS} alternating rounds unless said otherwise. "
            f"Written by `make bench-features{' SIZE=large' if size == 'large' else ''}`.", ""]
    text += {"small": small, "large": large}[size](folder)
    os.makedirs(os.path.dirname(report), exist_ok=True)
    with open(report, "w") as f:
        f.write("\n".join(text).rstrip() + "\n")
    shutil.rmtree(folder)
    print(f"{report}: written")


main(*sys.argv[1:])
