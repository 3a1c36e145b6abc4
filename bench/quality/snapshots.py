"""The feature tables that winback wrote, as rivals see them: raw and as percentile ranks within the snapshot."""
import hashlib

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet

TEXTS = ["first_channel", "last_channel", "top_channel", "top_category"]
NEGATIVES_PER_POSITIVE, ENOUGH_ROWS, MOST_ROWS = 8, 40_000, 60_000  # as pipeline/snapshots/thin.go


class Snapshot:
    """The customers lapsed on a day, with what came of them."""

    def __init__(self, path, lapsed_after):
        table = parquet.read_table(path).to_pandas()
        self.digest = hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).digest()
        self.everybody = table[["customer_id", "purchase_days", "recency_days", "tenure_days"]]
        lapsed = table["recency_days"] >= lapsed_after
        self.lapsed = lapsed.to_numpy()
        table = table[lapsed]
        self.ids = table["customer_id"].to_numpy()
        self.y = table["returned"].to_numpy().astype(np.uint8)
        self.texts = table[TEXTS]
        numbers = table.drop(columns=["customer_id", "returned"] + TEXTS).astype(float)
        self.raw = with_derived(numbers).astype(np.float32)
        self.relative = self.raw.rank(pct=True).astype(np.float32)
        self.rate = float(self.y.mean()) if len(self.y) else float("nan")

    def form(self, name):
        """The features as "raw", "relative" or "both"; texts as categories."""
        if name == "raw":
            return pd.concat([self.raw, self.texts], axis=1)
        if name == "relative":
            return pd.concat([self.relative, self.texts], axis=1)
        return pd.concat([self.raw, self.relative.add_prefix("rank_"), self.texts], axis=1)


def with_derived(t):
    """The features that winback's models see beside the published ones."""
    positive = lambda x: x.where(x > 0)
    return t.assign(
        days_since_second_last=t["recency_days"] + t["interval_last"],
        interval_trend=(t["interval_last"] / positive(t["interval_mean"])).where(t["purchase_days"] > 2),
        overdue_deviations=(t["recency_days"] - t["interval_mean"]) / positive(t["interval_std"]),
        purchase_days_per_year=365 * t["purchase_days"] / positive(t["tenure_days"]),
        spend_share_365d=t["spend_365d"] / positive(t["monetary"]),
        last_order_ratio=t["last_order_value"] / positive(t["mean_order_value"]))


def share_levels(snapshots):
    """Gives the text columns of all snapshots the same categories."""
    for name in TEXTS:
        levels = sorted(set().union(*(set(s.texts[name].dropna().unique()) for s in snapshots))) or ["none"]
        for s in snapshots:
            s.texts = s.texts.assign(**{name: pd.Categorical(s.texts[name], categories=levels)})


def training(snapshots, form):
    """Rows of several snapshots under one another: features, labels, weights. Of those who did not
    return a draw is kept and weighted, as winback does."""
    x = pd.concat([s.form(form) for s in snapshots], ignore_index=True)
    y = np.concatenate([s.y for s in snapshots])
    positives = int(y.sum())
    most = min(MOST_ROWS, max(positives * (1 + NEGATIVES_PER_POSITIVE), ENOUGH_ROWS))
    if len(y) <= most or positives == 0:
        return x, y, np.ones(len(y))
    share = np.array([1.0, min(1, most / 2 / positives)])
    share[0] = min(1, (most - share[1] * positives) / (len(y) - positives))
    kept = np.random.default_rng(1).random(len(y)) < share[y]
    return x[kept].reset_index(drop=True), y[kept], 1 / share[y[kept]]
