"""docs/quality.md: the figures as tables, in plain words."""
import datetime
import importlib.metadata
import os
import platform
from dataclasses import dataclass

import numpy as np

LIBRARIES = ["lightgbm", "xgboost", "scikit-learn", "lifetimes", "numpy", "pandas"]
MOST_ECE = {"retail_orders": 0.015}  # asked for on this shop beside the band
RULES = {"newest": "newest rate", "trend": "newest rate times last year's change", "last year": "same day last year", "training mean": "mean of all closed days"}


@dataclass
class Section:
    """What was measured on one shop; the cuts are newest first."""
    name: str
    rates: list
    cuts: list
    ours: list
    rivals: list
    levels: list
    groups: dict
    lapsed_after: int


def mean(model, kind, figure):
    return float(np.mean([c[kind][figure] for c in model["cuts"]]))


def mean_auc(model):
    return float(np.mean([c["auc"] for c in model["cuts"]]))


def level_errors(section):
    """Mean absolute error of the log of the level, by forecast."""
    return {name: float(np.mean([abs(np.log(row[name] / row["came"])) for row in section.levels])) for name in ("ours", *RULES)}


def table(heading, rows):
    width = len(heading)
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" + "---:|" * (width - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def title(model):
    return model["name"] if model["form"] in ("-", "both", "chosen", "groups") else f"{model['name']}, {model['form']}"


def ranking_rows(section):
    rows = []
    for m in section.ours + section.rivals:
        difference = "" if "difference" not in m else "{:+.3f} ({:+.3f} to {:+.3f})".format(*m["difference"])
        has = m["cuts"][0]
        rows.append([title(m), f"{mean_auc(m):.4f}", difference, f"{mean(m, 'plain', 'log_loss'):.4f}" if "plain" in has else "", f"{mean(m, 'own', 'log_loss'):.4f}" if "own" in has else "",
                     f"{mean(m, 'newest', 'log_loss'):.4f}" if "newest" in has else ""])
    return rows


def best_by_cut(section):
    """The rivals with one row for each library: the form with the better mean."""
    best = {}
    for m in section.rivals:
        if m["name"] not in best or mean_auc(m) > mean_auc(best[m["name"]]):
            best[m["name"]] = m
    return list(best.values())


def cut_rows(section):
    models = section.ours + best_by_cut(section)
    rows = []
    for k in reversed(range(len(section.cuts))):
        rows.append([f"{section.cuts[k]['test_cut']} ({section.cuts[k]['ranker']})"] + [f"{m['cuts'][k]['auc']:.3f}" for m in models])
    return ["Day (ranked by)"] + [title(m) for m in models], rows


def calibration_rows(section):
    rows = []
    for k in reversed(range(len(section.cuts))):
        c = section.ours[0]["cuts"][k]["plain"]
        rows.append([section.cuts[k]["test_cut"], f"{section.cuts[k]['rows']:,}", f"{c['slope']:.2f}", f"{c['ece']:.4f}", f"{c['band']:.4f}"])
    return rows


def level_rows(section):
    rows = [[row["day"], f"{100 * row['came']:.2f} %"] + [f"{100 * row[name]:.2f} %" for name in ("ours", *RULES)] for row in reversed(section.levels)]
    errors = level_errors(section)
    return rows + [["mean absolute error of the log", ""] + [f"{errors[name]:.3f}" for name in ("ours", *RULES)]]


def verdicts(section):
    """What is asked of winback, what was found, and whether it is met."""
    ours, plain, sharp = section.ours
    best = max(section.rivals, key=mean_auc)
    losses = [(mean(m, kind, "log_loss"), f"{title(m)}, {words}") for m in section.rivals for kind, words in (("plain", "as it comes"), ("own", "own calibration"), ("newest", "newest rate")) if kind in m["cuts"][0]]
    errors, slopes = level_errors(section), [c["plain"]["slope"] for c in ours["cuts"]]
    rule = min(RULES, key=errors.get)
    inside = sum(c["plain"]["ece"] <= c["plain"]["band"] for c in ours["cuts"])
    found = [("mean AUC at least the best rival's", f"{mean_auc(ours):.4f} against {mean_auc(best):.4f} ({title(best)}); difference {best['difference'][0]:+.4f} ({best['difference'][1]:+.4f} to {best['difference'][2]:+.4f})",
              mean_auc(ours) >= mean_auc(best)),
             ("mean log loss below every rival's", f"{mean(ours, 'plain', 'log_loss'):.4f} against {min(losses)[0]:.4f} ({min(losses)[1]})", mean(ours, "plain", "log_loss") < min(losses)[0]),
             ("level no worse than the best simple rule", f"{errors['ours']:.3f} against {errors[rule]:.3f} ({RULES[rule]})", errors["ours"] <= errors[rule]),
             ("calibration slope .85 to 1.15", f"mean {np.mean(slopes):.2f}, from {min(slopes):.2f} to {max(slopes):.2f}", 0.85 <= np.mean(slopes) <= 1.15),
             ("ECE within the band of exact probabilities", f"on {inside} of {len(slopes)} days", inside == len(slopes))]
    if section.name in MOST_ECE:
        found.append((f"mean ECE at most {MOST_ECE[section.name]}", f"{mean(ours, 'plain', 'ece'):.4f}", mean(ours, "plain", "ece") <= MOST_ECE[section.name]))
    g = section.groups
    for words, groups, most in (("plain", plain, 0.03), ("sharp", sharp, 0.012)):
        gap = mean_auc(ours) - mean_auc(groups)
        found.append((f"{words} groups' AUC within {most} of the ranker's", f"gap {gap:.4f}", gap <= most))
    found += [("groups come in the order foretold", f"{g['swapped']} of {g['pairs']} neighbours swapped, {g['beyond']} of them beyond noise", g["beyond"] == 0)]
    return [[what, text, "yes" if met else "no"] for what, text, met in found]


def machine():
    model = platform.machine()
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores"


def shop_lines(section):
    lines = [f"## {section.name}", "",
             f"{len(section.cuts)} past days, {section.cuts[-1]['test_cut']} to {section.cuts[0]['test_cut']}; customers silent for at least {section.lapsed_after} days, "
             f"{min(c['rows'] for c in section.cuts):,} to {max(c['rows'] for c in section.cuts):,} of them a day; {100 * min(section.rates):.1f} to {100 * max(section.rates):.1f} % came back within 60 days.", ""]
    lines += table(["Asked for", "Found", "Met"], verdicts(section))
    lines += ["Ranking and probabilities, means over the days. The difference is winback's AUC less that of the row, with its 95 % interval (customers resampled, alike on all days).", ""]
    lines += table(["Model", "AUC", "winback less it", "Log loss as it comes", "own calibration", "newest rate as level"], ranking_rows(section))
    lines += ["AUC day by day; of each library the form of the features that did better.", ""]
    lines += table(*cut_rows(section))
    lines += ["winback's calibration day by day. The band is the ECE that exactly right probabilities would stay below 95 times in 100 on as many customers.", ""]
    lines += table(["Day", "Customers", "Slope", "ECE", "Band"], calibration_rows(section))
    lines += ["Share that came back, and forecasts of it.", ""]
    return lines + table(["Day", "Came", "winback", *RULES.values()], level_rows(section))


def write(path, sections, version, seconds):
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    lines = ["# Quality against other libraries", "",
             f"Written by `make bench-quality` on {datetime.date.today()}, {machine()}, in {seconds / 60:.0f} minutes, by {version}; Python {platform.python_version()}, {versions}.", "",
             "On each past day every model knew what was known then. All learn from the same snapshots of the same customers, which winback wrote; snapshots of the months in which the "
             "extract fills up are left out for all. The rivals get the published feature table and six ratios derived from it, in two forms: as they are (raw) and as percentile ranks within the "
             "snapshot (relative). Settings, number of trees and window are chosen from a small grid on earlier days that were over; winback chooses in its own way, from its own models and features. A rival's "
             "log loss stands for its probabilities as they come, after Platt's calibration on those earlier days, and with the level moved to the newest known rate.", ""]
    for section in sections:
        lines += shop_lines(section)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as f:
        f.write("\n".join(lines).rstrip() + "\n")
