#!/usr/bin/env python3
"""Ranking and probabilities of winback against other libraries, on past days of order histories.

    quality.py --winback bin/winback --scratch DIR --report docs/quality.md SHOP...

Each SHOP is a folder of orders. winback judges past days (winback backtest) and writes the feature
table of every snapshot day (winback features); the rivals learn from these tables, at the same days."""
import argparse
import concurrent.futures
import datetime
import json
import multiprocessing
import os
import shutil
import subprocess
import time

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet

import document
import figures
from judging import Kept, judged
from rivals import all_rivals
from snapshots import Snapshot, share_levels

HORIZON, SPACING = 60, 30  # days
LAG = -(-HORIZON // SPACING)  # snapshots between a day and the newest that is closed on it
WORKERS = 2  # rivals at a time, each on one processor
FEWEST_LAPSED = 100  # customers whose rate counts


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Shop:
    """A shop's past days: what winback said, the snapshots, and what came."""

    def __init__(self, winback, orders, scratch, cuts, lapsed_after):
        self.name = os.path.basename(os.path.normpath(orders))
        self.winback, self.orders, self.folder, self.lapsed_after = winback, orders, os.path.join(scratch, self.name), lapsed_after
        os.makedirs(self.folder, exist_ok=True)
        started = time.time()
        run(winback, "backtest", orders, "--lapsed-after", str(lapsed_after), "--horizon", str(HORIZON), "--cuts", str(cuts), "--out", self.folder)
        self.backtest_seconds = time.time() - started
        with open(os.path.join(self.folder, "backtest.json")) as f:
            self.backtest = json.load(f)
        self.days = self.backtest["snapshots"]
        self.cuts = self.backtest["cuts"][::-1]  # newest first, as the snapshots
        self.snapshots = [Snapshot(self.features(day), lapsed_after) for day in self.days]
        share_levels(self.snapshots)
        self.kept = Kept(os.path.join(scratch, "rivals"), self.snapshots)
        self.ours = self.predictions()

    def features(self, day):
        path = os.path.join(self.folder, f"features-{day}.parquet")
        run(self.winback, "features", self.orders, "--as-of", day, "--horizon", str(HORIZON), "-o", path)
        return path

    def predictions(self):
        """What winback said at each cut, by model; the rows are those of the snapshot."""
        table = parquet.read_table(os.path.join(self.folder, "predictions.parquet")).to_pandas()
        said = {(str(day), model): t for (day, model), t in table.groupby(["as_of", "model"], sort=False)}
        for k, cut in enumerate(self.cuts):
            t, s = said[cut["test_cut"], cut["ranker"]], self.snapshots[k]
            if not (np.array_equal(t["customer_id"].to_numpy(), s.ids) and np.array_equal(t["returned"].to_numpy(), s.y == 1)):
                raise SystemExit(f"{self.name}: on {cut['test_cut']} the predictions are not of the customers of the snapshot")
        return {key: t["probability"].to_numpy(float) for key, t in said.items()}

    def rate(self, days_back, k):
        """The share that returned on the day so long before cut k; NaN where too few had lapsed."""
        day = str(datetime.date.fromisoformat(self.days[k]) - datetime.timedelta(days=days_back))
        if day in self.days:
            return self.snapshots[self.days.index(day)].rate
        try:
            s = Snapshot(self.features(day), self.lapsed_after)
        except subprocess.CalledProcessError:  # before the first order
            return float("nan")
        return s.rate if len(s.y) >= FEWEST_LAPSED else float("nan")


def proof(p, y):
    return dict(log_loss=figures.log_loss(p, y), ece=figures.ece(p, y), band=figures.ece_band(p), slope=figures.slope(p, y))


def entry(name, form, shop, predictions):
    """Figures of one model at every cut; predictions: by cut and by kind of calibration."""
    cuts = []
    for k, kinds in enumerate(predictions):
        y = shop.snapshots[k].y
        cuts.append(dict(auc=figures.auc(kinds["rank"], y), **{kind: proof(p, y) for kind, p in kinds.items() if kind != "rank"}))
    return dict(name=name, form=form, cuts=cuts, scores=[kinds["rank"] for kinds in predictions])


def calibrated(shop, k, p, days, earlier, probabilities):
    """Probabilities as they come, with Platt's calibration on earlier days, and with that and the newest rate as level;
    a score that is no probability does not come as one."""
    a, b = figures.line(np.concatenate([figures.logit(q) for q in earlier]), np.concatenate([shop.snapshots[d].y for d in days]))
    own = figures.expit(a + b * figures.logit(p))
    kinds = dict(rank=p, plain=p, own=own, newest=figures.shifted(own, shop.snapshots[k + LAG].rate))
    return kinds if probabilities else {kind: q for kind, q in kinds.items() if kind != "plain"}


def levels(shop):
    """Forecasts of the share that returns, at every cut, by winback and by simple rules."""
    rows = []
    for k, cut in enumerate(shop.cuts):
        newest, last_year, year_and_more = shop.rate(60, k), shop.rate(365, k), shop.rate(425, k)
        trend = newest * last_year / year_and_more
        rows.append({"day": shop.days[k], "came": shop.snapshots[k].rate, "ours": float(shop.ours[cut["test_cut"], cut["ranker"]].mean()), "newest": newest,
                     "trend": trend if np.isfinite(trend) else newest, "last year": last_year if np.isfinite(last_year) else newest,
                     "training mean": float(np.mean([s.rate for s in shop.snapshots[k + LAG:]]))})
    return rows


def group_order(shop):
    """How many neighbouring groups came in another order than foretold, and how many of them beyond noise."""
    pairs = swapped = beyond = 0
    for cut in shop.cuts:
        groups = cut["groups"]
        for a, b in zip(groups, groups[1:]):
            pairs += 1
            if a["rate"] < b["rate"]:
                swapped += 1
                variance = sum(g["rate"] * (1 - g["rate"]) / g["customers"] for g in (a, b))
                beyond += b["rate"] - a["rate"] > 1.96 * np.sqrt(variance)
    return dict(pairs=pairs, swapped=swapped, beyond=int(beyond))


def judge_for(shop, choice_days):
    """Tells a process what the rivals are judged on."""
    judge.on = shop, choice_days


def judge(number):
    """The predictions of a rival at every cut, and how long they took."""
    (shop, choice_days), started = judge.on, time.time()
    return judged(all_rivals()[number], shop.snapshots, len(shop.cuts), LAG, choice_days, shop.kept), time.time() - started


def compare(shop, choice_days):
    """All models of a shop: winback's first, then the rivals."""
    published = lambda p: dict(rank=p, plain=p)
    ours = [entry("winback", "chosen", shop, [published(shop.ours[c["test_cut"], c["ranker"]]) for c in shop.cuts]),
            entry("winback, plain groups", "groups", shop, [published(shop.ours[c["test_cut"], "tree10"]) for c in shop.cuts]),
            entry("winback, sharp groups", "groups", shop, [published(shop.ours[c["test_cut"], "tree10_sharp"]) for c in shop.cuts])]
    rivals = []
    with concurrent.futures.ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork"), judge_for, (shop, choice_days)) as pool:
        for rival, (results, seconds) in zip(all_rivals(), pool.map(judge, range(len(all_rivals())))):
            rivals.append(entry(rival.name, rival.form, shop, [calibrated(shop, k, *result, rival.probabilities) for k, result in enumerate(results)]))
            print(f"{shop.name}: {rival.name} ({rival.form}) AUC {np.mean([c['auc'] for c in rivals[-1]['cuts']]):.4f}, {seconds:.0f} s", flush=True)
    numbers = pd.factorize(np.concatenate([s.ids for s in shop.snapshots[:len(shop.cuts)]]))[0]
    numbers = np.split(numbers, np.cumsum([len(s.y) for s in shop.snapshots[:len(shop.cuts)]])[:-1])
    for other in ours[1:] + rivals:
        other["difference"] = figures.mean_auc_difference([(ours[0]["scores"][k], other["scores"][k], shop.snapshots[k].y, numbers[k]) for k in range(len(shop.cuts))])
    return ours, rivals


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--winback", required=True)
    arguments.add_argument("--scratch", required=True)
    arguments.add_argument("--report", required=True)
    arguments.add_argument("--cuts", type=int, default=4)
    arguments.add_argument("--choice-days", type=int, default=2)
    arguments.add_argument("--lapsed-after", type=int, default=90)
    arguments.add_argument("shops", nargs="+")
    a = arguments.parse_args()
    started, sections = time.time(), []
    for orders in a.shops:
        if not os.path.isdir(orders):
            print(f"{orders} is not there: left out")
            continue
        shop = Shop(a.winback, orders, a.scratch, a.cuts, a.lapsed_after)
        print(f"{shop.name}: winback backtest {shop.backtest_seconds:.0f} s, {len(shop.days)} snapshots", flush=True)
        ours, rivals = compare(shop, a.choice_days)
        sections.append(document.Section(shop.name, [s.rate for s in shop.snapshots[:len(shop.cuts)]], shop.cuts, ours, rivals, levels(shop), group_order(shop), a.lapsed_after))
        shutil.rmtree(shop.folder)
    if not sections:
        print("No shop is there: nothing measured. Name folders of orders, such as DATA=../shared/data.")
        return
    version = subprocess.run([a.winback, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    document.write(a.report, sections, version, time.time() - started)
    print(f"{a.report} written after {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
