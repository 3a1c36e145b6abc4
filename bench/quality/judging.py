"""Judges a rival on past days: its settings are chosen on earlier days, its predictions kept."""
import functools
import hashlib
import os

import numpy as np

import figures
from rivals import USUAL


class Kept:
    """Predictions of rivals that were made before, in a folder: a run that was stopped goes on, and another build of
    winback is compared without asking the rivals again. They are those of the same tables and of the same programs."""

    def __init__(self, folder, snapshots):
        self.folder, here = folder, os.path.dirname(os.path.abspath(__file__))
        os.makedirs(folder, exist_ok=True)
        self.digest = hashlib.sha256()
        for name in ("rivals.py", "snapshots.py"):
            with open(os.path.join(here, name), "rb") as f:
                self.digest.update(f.read())
        for s in snapshots:
            self.digest.update(s.digest)

    def of(self, rival, day, settings, predict):
        key = self.digest.copy()
        key.update(repr((rival.name, rival.form, day, sorted(settings.items()))).encode())
        path = os.path.join(self.folder, key.hexdigest() + ".npz")
        if not os.path.exists(path):
            stages = {str(stage): np.asarray(p, float) for stage, p in predict().items()}
            with open(path + ".new", "wb") as f:
                np.savez(f, **stages)
            os.replace(path + ".new", path)
        with np.load(path) as stages:
            return {int(stage): stages[stage] for stage in stages.files}


def judged(rival, snapshots, cuts, lag, choice_days, kept):
    """Predictions of a rival for the first snapshots, which are newest first. Settings are chosen for
    each on earlier days that are closed at it. Returns by cut: probabilities, the days of the choice
    and the probabilities there, under the settings chosen."""
    grid = rival.grid(sum(len(s.y) for s in snapshots[lag:lag + USUAL]))

    @functools.cache
    def predictions(day, which):
        return kept.of(rival, day, grid[which], lambda: rival.predict(snapshots[day + lag:], snapshots[day], grid[which]))

    def chosen(days):
        stages = [(which, stage) for which in range(len(grid)) for stage in predictions(days[0], which)]
        return max(stages, key=lambda c: np.mean([figures.auc(predictions(d, c[0])[c[1]], snapshots[d].y) for d in days]))

    results = []
    for cut in range(cuts):
        days = [d for d in range(cut + lag, cut + lag + choice_days) if d + lag < len(snapshots)]
        which, stage = chosen(days)
        results.append((predictions(cut, which)[stage], days, [predictions(d, which)[stage] for d in days]))
    return results
