"""Figures of predictions, defined as in models/metrics.go."""
import numpy as np


def logit(p):
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))


def expit(z):
    return 1 / (1 + np.exp(-np.clip(z, -35, 35)))


class Ranking:
    """Rows in order of a score, made once for many weightings."""

    def __init__(self, score, y):
        self.order = np.argsort(score, kind="stable")
        sorted_score = score[self.order]
        self.start = np.flatnonzero(np.r_[True, sorted_score[1:] != sorted_score[:-1]])
        self.y = y[self.order].astype(float)

    def auc(self, weight=None):
        """Area under the ROC curve; ties count half."""
        w = np.ones(len(self.y)) if weight is None else weight[self.order]
        positive = np.add.reduceat(w * self.y, self.start)
        negative = np.add.reduceat(w * (1 - self.y), self.start)
        below = np.cumsum(negative) - negative
        return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


def auc(score, y):
    return Ranking(np.asarray(score), np.asarray(y)).auc()


def log_loss(p, y):
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return float(-np.mean(np.where(y == 1, np.log(p), np.log1p(-p))))


def bins(p):
    """Row numbers in ten bins of equal size, by probability."""
    return np.array_split(np.argsort(p, kind="stable"), 10)


def ece(p, y):
    """Mean distance of predicted and observed rate in ten bins of equal size."""
    return float(sum(abs((p[b] - y[b]).sum()) for b in bins(p)) / len(p))


def ece_band(p, draws=2000, seed=1):
    """The 95 % quantile of the ECE that these probabilities would show if they were exactly right."""
    spread = np.array([np.sqrt((p[b] * (1 - p[b])).sum()) for b in bins(p)])
    sums = np.abs(np.random.default_rng(seed).standard_normal((draws, 10)) * spread)
    return float(np.quantile(sums.sum(axis=1) / len(p), 0.95))


def line(z, y, rounds=50):
    """Intercept and slope of the logistic regression of y on z (Newton)."""
    x = np.column_stack([np.ones(len(z)), z])
    b = np.array([0.0, 1.0])
    for _ in range(rounds):
        p = expit(x @ b)
        step = np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + 1e-9 * np.eye(2), x.T @ (y - p))
        b = b + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return b


def slope(p, y):
    return float(line(logit(p), y)[1])


def shifted(p, rate):
    """p with its log-odds moved so that the mean is the rate."""
    z, low, high = logit(p), -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(z + middle).mean() < rate else (low, middle)
    return expit(z + (low + high) / 2)


def mean_auc_difference(cuts, resamples=200, seed=1):
    """Mean over cuts of AUC(a) - AUC(b) with its 95 % interval. cuts: (a, b, y, customer number);
    a customer weighs alike at all cuts."""
    ranked = [(Ranking(a, y), Ranking(b, y), customer) for a, b, y, customer in cuts]
    value = np.mean([a.auc() - b.auc() for a, b, _ in ranked])
    rng = np.random.default_rng(seed)
    customers = 1 + max(customer.max() for _, _, customer in ranked)
    drawn = []
    for _ in range(resamples):
        weight = rng.poisson(1, customers).astype(float)
        drawn.append(np.mean([a.auc(weight[c]) - b.auc(weight[c]) for a, b, c in ranked]))
    return float(value), *map(float, np.quantile(drawn, [0.025, 0.975]))
