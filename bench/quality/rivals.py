"""The rivals: each fits on training rows and gives probabilities for a snapshot, under several settings."""
import warnings

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from lifetimes import BetaGeoFitter
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from snapshots import TEXTS, training

THREADS = 1  # rivals run side by side
TREES = (50, 100, 200)  # stages of boosting among which earlier days choose
USUAL, YEAR = 6, 12  # snapshots to learn from: half a year and a whole one, which has seen every season
SMALL = 20_000  # training rows below which trees are kept smaller

BOOSTED = [dict(leaves=7, rows=100, window=USUAL), dict(leaves=15, rows=50, window=USUAL), dict(leaves=7, rows=100, window=YEAR)]
SMALL_BOOSTED = [dict(leaves=4, rows=20, window=USUAL), dict(leaves=7, rows=40, window=USUAL), dict(leaves=4, rows=40, window=YEAR)]


def lightgbm_stages(train, test, s):
    x, y, w = train
    model = lightgbm.train(dict(objective="binary", num_leaves=s["leaves"], min_data_in_leaf=s["rows"], learning_rate=0.05, feature_fraction=0.5, bagging_fraction=0.8,
                                bagging_freq=1, lambda_l2=1.0, verbosity=-1, num_threads=THREADS, seed=1, deterministic=True, force_row_wise=True),
                           lightgbm.Dataset(x, y, weight=w), num_boost_round=TREES[-1])
    return {n: model.predict(test, num_iteration=n, num_threads=THREADS) for n in TREES}


def xgboost_stages(train, test, s):
    x, y, w = train
    model = xgboost.train(dict(objective="binary:logistic", tree_method="hist", grow_policy="lossguide", max_depth=0, max_leaves=s["leaves"], min_child_weight=s["rows"] / 20,
                               eta=0.05, colsample_bytree=0.5, subsample=0.8, reg_lambda=1.0, nthread=THREADS, seed=1),
                          xgboost.DMatrix(x, y, weight=w, enable_categorical=True, nthread=THREADS), num_boost_round=TREES[-1])
    rows = xgboost.DMatrix(test, enable_categorical=True, nthread=THREADS)
    return {n: model.predict(rows, iteration_range=(0, n)) for n in TREES}


def sklearn_stages(train, test, s):
    x, y, w = train
    model = HistGradientBoostingClassifier(max_leaf_nodes=s["leaves"], min_samples_leaf=s["rows"], learning_rate=0.05, l2_regularization=1.0, max_features=0.5,
                                           max_iter=TREES[-1], early_stopping=False, categorical_features="from_dtype", random_state=1)
    model.fit(x, y, sample_weight=w)
    return {n: p[:, 1].copy() for n, p in enumerate(model.staged_predict_proba(test), 1) if n in TREES}


def forest(train, test, s):
    x, y, w = train
    model = RandomForestClassifier(100, min_samples_leaf=s["rows"], max_features="sqrt", max_samples=min(1.0, 20_000 / len(y)), n_jobs=THREADS, random_state=1)
    model.fit(coded(x), y, sample_weight=w)
    return {0: model.predict_proba(coded(test))[:, 1]}


def coded(x):
    """Texts as numbers in the order of their names, missing ones -1."""
    return x.assign(**{name: x[name].cat.codes for name in TEXTS})


def logistic(train, test, s):
    x, y, w = train
    scaler, design = StandardScaler(), numbers_of(x)
    model = LogisticRegression(C=s["c"], max_iter=200)
    within = lambda z: np.clip(z, -5, 5)  # a value hardly seen in training must not decide alone
    model.fit(within(scaler.fit_transform(design)), y, sample_weight=w)
    rows = numbers_of(test).reindex(columns=design.columns, fill_value=0)
    return {0: model.predict_proba(within(scaler.transform(rows)))[:, 1]}


def numbers_of(x):
    """Logs of the raw numbers, ranks as they are, texts as indicators, gaps as zero and an indicator."""
    raw = [c for c in x.columns if c not in TEXTS and not c.startswith("rank_")]
    ranks = [c for c in x.columns if c.startswith("rank_")]
    logs = np.sign(x[raw]) * np.log1p(x[raw].abs())
    gaps = x[raw].isna()
    gaps = gaps.loc[:, gaps.any()].add_prefix("gap_").astype(float)
    return pd.concat([logs.fillna(0), x[ranks].fillna(0.5), gaps, pd.get_dummies(x[TEXTS], dtype=float)], axis=1)


class Learner:
    """A library with one form of the features and its grid of settings."""
    probabilities = True

    def __init__(self, name, form, fit, grid, small_grid=None):
        self.name, self.form, self.fit, self.grids = name, form, fit, (grid, small_grid or grid)

    def grid(self, rows):
        return self.grids[rows < SMALL]

    def predict(self, closed, test, settings):
        """Probabilities for a snapshot by stage, learned from the snapshots closed on its day, newest first."""
        return self.fit(training(closed[:settings.get("window", USUAL)], self.form), test.form(self.form), settings)


class BuyTillYouDie:
    """BG/NBD of PyPI's lifetimes on the purchase days of all customers; ranks by expected purchases."""
    name, form, probabilities = "BG/NBD (lifetimes)", "-", True
    WEEK = 7.0
    MOST_CUSTOMERS = 20_000

    def grid(self, rows):
        return [{}]

    def predict(self, closed, test, settings, horizon=60):
        t = test.everybody
        frequency = (t["purchase_days"] - 1).to_numpy(float)
        last = (t["tenure_days"] - t["recency_days"]).to_numpy(float) / self.WEEK
        age = t["tenure_days"].to_numpy(float) / self.WEEK
        some = np.random.default_rng(1).permutation(len(t))[: self.MOST_CUSTOMERS]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for penalty in (0.0, 0.001, 0.01, 0.1):
                try:
                    model = BetaGeoFitter(penalizer_coef=penalty)
                    model.fit(frequency[some], last[some], age[some])
                    break
                except Exception:  # no convergence: a heavier penalty
                    continue
            here = test.lapsed
            expected = model.conditional_expected_number_of_purchases_up_to_time(horizon / self.WEEK, frequency[here], last[here], age[here])
        expected = np.nan_to_num(np.asarray(expected, float), nan=0.0, posinf=20.0)
        return {0: 1 - np.exp(-np.clip(expected, 1e-9, 20))}


class Score:
    """A rule without learning; earlier days turn its score into a rate."""
    form, probabilities = "-", False

    def __init__(self, name, score):
        self.name, self.score = name, score

    def grid(self, rows):
        return [{}]

    def predict(self, closed, test, settings):
        return {0: self.score(test)}


def by_recency(s):
    return 1 / (1 + s.raw["recency_days"].to_numpy(float))


def by_rfm(s):
    fifth = lambda rank: np.minimum(np.floor(rank * 5), 4) + 1
    return (fifth(1 - s.relative["recency_days"]) + fifth(s.relative["orders"]) + fifth(s.relative["monetary"])).to_numpy(float) / 16


def all_rivals():
    rivals = []
    for form in ("raw", "relative"):
        rivals += [Learner("LightGBM", form, lightgbm_stages, BOOSTED, SMALL_BOOSTED), Learner("XGBoost", form, xgboost_stages, BOOSTED, SMALL_BOOSTED),
                   Learner("scikit-learn boosting", form, sklearn_stages, BOOSTED[:2], SMALL_BOOSTED[:2]),
                   Learner("scikit-learn forest", form, forest, [dict(rows=20), dict(rows=80)], [dict(rows=10), dict(rows=30)])]
    rivals.append(Learner("logistic regression", "both", logistic, [dict(c=0.001), dict(c=0.03)], [dict(c=0.003), dict(c=0.1)]))
    return rivals + [BuyTillYouDie(), Score("recency", by_recency), Score("rfm", by_rfm)]
