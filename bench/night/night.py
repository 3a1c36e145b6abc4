"""Measures a second night beside a full one and a peer night, on a synthetic shop.

The shop is generated, its last day is put aside, and a first night learns without it and
keeps the history. Then, one behind the other and as often as asked: a second night, of
the day after, that scores with the kept models; a full night of the same day that
learns anew without a store; and the peer (peer.py). Of each the least CPU seconds, wall
seconds and peak memory are written to a page.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import duckdb

CUSTOMERS = {"tiny": 3_000, "small": 100_000, "medium": 1_000_000, "large": 3_000_000}


def measured(command, log):
    """CPU seconds, wall seconds and peak GiB of a command."""
    began = time.monotonic()
    with open(log, "w") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {child.returncode}, see {log}")
    return used.ru_utime + used.ru_stime, time.monotonic() - began, used.ru_maxrss / 2**20


def shop(winback, folder, customers):
    """Generates orders and moves those of the last day into a file of their own."""
    subprocess.run([winback, "generate", "--customers", str(customers), "--out", str(folder / "all")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    db = duckdb.connect()
    orders = f"'{folder}/all/*.parquet'"
    day = db.execute(f"select max(ordered_at)::date::varchar from {orders}").fetchall()[0][0]
    (folder / "orders").mkdir()
    for path in sorted((folder / "all").glob("*.parquet")):
        kept = f"select * from '{path}' where ordered_at < timestamp '{day}' order by customer_id, ordered_at"
        db.execute(f"copy ({kept}) to '{folder}/orders/{path.name}' (format parquet, compression zstd)")
    db.execute(f"copy (select * from {orders} where ordered_at >= timestamp '{day}') to '{folder}/last.parquet' (format parquet, compression zstd)")
    shutil.rmtree(folder / "all")
    return day


def night(winback, folder, out, store, *more):
    command = [winback, "run", str(folder / "orders"), "--out", str(folder / out)] + list(more)
    return command + (["--store", str(folder / "store")] if store else [])


def reused(folder, out):
    return json.loads((folder / out / "current" / "evaluation.json").read_text())["learned"]["reused"]


INTRODUCTION = """# Nights

Made by `make bench-night SIZE=small|medium|large`, which writes the part of its size. The second night scores with kept models
and a kept history; the full night reads and learns all; the peer night is DuckDB, LightGBM and Parquet (`bench/night/peer.py`).
Each figure is the least of its rounds, and stands beside it as a multiple of the full night's.
"""


def section(customers, rounds, least):
    full = least["full night"]
    lines = [f"## {customers:,} customers", "", f"{rounds} rounds, {os.cpu_count()} processors.", "",
             "| | CPU s | of the full night | wall s | of the full night | peak GiB | of the full night |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name, (cpu, wall, peak) in least.items():
        lines.append(f"| {name} | {cpu:.1f} | {cpu / full[0]:.2f} | {wall:.1f} | {wall / full[1]:.2f} | {peak:.2f} | {peak / full[2]:.2f} |")
    return "\n".join(lines) + "\n"


def write(page, text):
    """Puts a section in place of the one with its heading, or behind the others."""
    parts = page.read_text().split("\n## ") if page.exists() else [INTRODUCTION]
    sections = {part.split("\n", 1)[0]: part for part in parts[1:]}
    sections[text[3:].split("\n", 1)[0]] = text[3:]
    by_size = sorted(sections.values(), key=lambda part: int(part.split(" ", 1)[0].replace(",", "")))
    page.write_text("\n".join([parts[0].rstrip("\n") + "\n"] + ["## " + part.rstrip("\n") + "\n" for part in by_size]))


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--winback", required=True)
    args.add_argument("--scratch", required=True)
    args.add_argument("--size", choices=CUSTOMERS, default="small")
    args.add_argument("--rounds", type=int, default=2)
    args.add_argument("--report", required=True)
    a = args.parse_args()
    folder = pathlib.Path(a.scratch)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    day = shop(a.winback, folder, CUSTOMERS[a.size])
    measured(night(a.winback, folder, "first", True, "--as-of", day), folder / "first.txt")
    shutil.copy(folder / "last.parquet", folder / "orders" / "part-last.parquet")
    rows = {"second night": [], "full night": [], "peer night": []}
    for _ in range(a.rounds):
        for out in ("second", "full", "peer"):
            shutil.rmtree(folder / out, ignore_errors=True)
        shutil.copytree(folder / "first", folder / "second", symlinks=True)
        shutil.copytree(folder / "store", folder / "kept")
        rows["second night"].append(measured(night(a.winback, folder, "second", True), folder / "second.txt"))
        if not reused(folder, "second"):
            sys.exit("the second night has learned anew, see second.txt")
        shutil.rmtree(folder / "store")
        (folder / "kept").rename(folder / "store")
        rows["full night"].append(measured(night(a.winback, folder, "full", False, "--refit", "now"), folder / "full.txt"))
        peer = [sys.executable, str(pathlib.Path(__file__).with_name("peer.py")), f"{folder}/orders/*.parquet", str(folder / "peer")]
        rows["peer night"].append(measured(peer, folder / "peer.txt"))
    least = {name: [min(column) for column in zip(*values)] for name, values in rows.items()}
    text = section(CUSTOMERS[a.size], a.rounds, least)
    write(pathlib.Path(a.report), text)
    print(text)


main()
