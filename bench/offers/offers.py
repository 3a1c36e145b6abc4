"""What winback shows beside what implicit recommends and beside simple lists.

At each past day: customers without a purchase for 90 days who come back within 60.
Truth are the products of the first day on which they buy. Every list has ten products
that somebody bought in the last 28 days. Figures are means over customers and days;
differences are paired, 95 % by resampling customers 1,000 times. winback shows R (own
products and what goes with them), the learned order, the customer's most bought or what
most buy, whichever days before choose; all stand beside it, the learned one as R where too little was known to learn from.
"""
import argparse, collections, datetime, json, subprocess, tempfile, pathlib

import duckdb
import implicit
import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

SHOPS = {
    "online_retail_ii": dict(
        days=["2010-10-13", "2010-12-12", "2011-02-10", "2011-04-11"],
        sql="select distinct customer_id::varchar, invoice_date::date, stock_code from '{}/*.parquet' where customer_id is not null and customer_id <> '' "
        "and invoice not like 'C%' and quantity > 0 and price >= 0 and regexp_matches(stock_code, '^[0-9]{{5}}')",
        leave_out=["[^0-9]*", "?[^0-9]*", "??[^0-9]*", "???[^0-9]*", "????[^0-9]*", "?", "??", "???", "????"]),
    "retail_orders": dict(
        days=["2007-05-20", "2007-07-19", "2007-09-17", "2007-11-16"],
        sql="select distinct customer_id::varchar, order_date::date, sku::varchar from '{}/*.parquet' where quantity > 0 and amount >= 0",
        leave_out=[]),
}
LAPSED, HORIZON, SOLD, SLOTS = 90, 60, 28, 10
OURS, R = "winback", "R"
ORDERS = {OURS: "chosen", R: "R", "learned": "learned"}


def rivals():
    """The models of implicit, with settings that did well on both shops."""
    return {
        "ALS": AlternatingLeastSquares(factors=64, regularization=0.05, iterations=15, random_state=1, num_threads=2),
        "BPR": BayesianPersonalizedRanking(factors=64, iterations=100, random_state=1, num_threads=1),
        "Cosine": CosineRecommender(K=200),
        "TFIDF": TFIDFRecommender(K=200),
        "BM25": BM25Recommender(K=200),
    }


class Cut:
    """What was known on a day, and what came."""

    def __init__(self, bought, day):
        end, sold_from = day + datetime.timedelta(HORIZON), day - datetime.timedelta(SOLD)
        self.days = collections.defaultdict(collections.Counter)  # customer -> product -> days
        last, self.truth, first = {}, {}, {}
        buyers = collections.defaultdict(set)
        for customer, at, product in bought:
            if at < day:
                self.days[customer][product] += 1
                last[customer] = max(last.get(customer, at), at)
                if at >= sold_from:
                    buyers[product].add(customer)
            elif at < end:
                first[customer] = min(first.get(customer, at), at)
        lapsed = {c for c, at in last.items() if (day - at).days >= LAPSED}
        self.judged = sorted(c for c in lapsed if c in first)
        truth = collections.defaultdict(set)
        for customer, at, product in bought:
            if customer in lapsed and first.get(customer) == at:
                truth[customer].add(product)
        self.truth = truth
        self.sold = {p: len(c) for p, c in buyers.items()}
        self.hot = sorted(self.sold, key=lambda p: (-self.sold[p], p))

    def simple(self):
        own = {}
        for c in self.judged:
            mine = sorted((p for p in self.days[c] if p in self.sold), key=lambda p: (-self.days[c][p], -self.sold[p], p))[:SLOTS]
            own[c] = mine + [p for p in self.hot[: 2 * SLOTS] if p not in mine][: SLOTS - len(mine)]
        return {"most bought by all": {c: self.hot[:SLOTS] for c in self.judged}, "most bought by the customer": own}

    def recommended(self):
        customers, products = sorted(self.days), sorted({p for own in self.days.values() for p in own})
        row, column = {c: i for i, c in enumerate(customers)}, {p: i for i, p in enumerate(products)}
        entries = [(row[c], column[p], float(n)) for c, own in self.days.items() for p, n in own.items()]
        i, j, n = zip(*entries)
        matrix = sparse.csr_matrix((np.array(n, np.float32), (i, j)), shape=(len(customers), len(products)))
        sold = np.array(sorted(column[p] for p in self.sold if p in column), dtype=np.int32)
        who = np.array([row[c] for c in self.judged])
        for name, model in rivals().items():
            model.fit(matrix, show_progress=False)
            lists = {}
            for start in range(0, len(who), 1000):
                ids, _ = model.recommend(who[start : start + 1000], matrix[who[start : start + 1000]], N=SLOTS, filter_already_liked_items=False, items=sold)
                for c, found in zip(self.judged[start : start + 1000], ids):
                    lists[c] = [products[k] for k in found if k >= 0]
            yield "implicit " + name, lists


def hits(products, truth):
    hit = [p in truth for p in products] + [False] * (SLOTS - len(products))
    gain = sum(1 / np.log2(k + 2) for k, h in enumerate(hit) if h)
    ideal = sum(1 / np.log2(k + 2) for k in range(min(len(truth), SLOTS)))
    return hit[0], any(hit[:3]), any(hit), gain / ideal


def ours(program, orders, day, leave_out, scratch):
    out = pathlib.Path(scratch) / "shown.jsonl"
    subprocess.run([program, str(orders), day, str(out), *leave_out], check=True)
    with out.open() as lines:
        rows = [json.loads(line) for line in lines]
    return {name: {row["customer"]: row[key] or [] for row in rows} for name, key in ORDERS.items()}


def judge(program, data, shop, scratch):
    """Figures by method: rows of hr1, hr3, hr10, NDCG10, in one order; and the customers."""
    spec, rows, who = SHOPS[shop], collections.defaultdict(list), []
    bought = duckdb.sql(spec["sql"].format(data / shop)).fetchall()
    for day in spec["days"]:
        cut = Cut(bought, datetime.date.fromisoformat(day))
        lists = {**ours(program, data / shop, day, spec["leave_out"], scratch), **cut.simple(), **dict(cut.recommended())}
        who += cut.judged
        for name, shown in lists.items():
            rows[name] += [hits(shown.get(c, []), cut.truth[c]) for c in cut.judged]
        print(shop, day, len(cut.judged), flush=True)
    return {name: np.array(r, float) for name, r in rows.items()}, who


def interval(values, who, draws=1000):
    """95 % interval of a mean, resampling customers."""
    names = {c: i for i, c in enumerate(sorted(set(who)))}
    at = np.array([names[c] for c in who])
    total, count = np.bincount(at, values), np.bincount(at)
    random = np.random.default_rng(1)
    means = []
    for _ in range(draws):
        drawn = random.integers(0, len(total), len(total))
        means.append(total[drawn].sum() / count[drawn].sum())
    return np.percentile(means, [2.5, 97.5])


def table(figures, who):
    lines = ["| | hr1 | hr3 | hr10 | NDCG10 | " + " | ".join(f"{base} − it, {what}" for base in (OURS, R) for what in ("hr3", "NDCG10")) + " |", "|---" * 9 + "|"]
    for name, rows in figures.items():
        cells = [f"{v:.4f}" for v in rows.mean(axis=0)]
        for base in (OURS, R):
            for k in (1, 3):
                difference = figures[base][:, k] - rows[:, k]
                low, high = interval(difference, who)
                cells.append("" if name == base else f"{difference.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--report", required=True)
    a = parser.parse_args()
    text = [f"# What to show: measured on {datetime.date.today()}", "",
            f"Beside implicit {implicit.__version__}. " + " ".join(__doc__.split("\n\n")[1].split()),
            "hr1, hr3, hr10: share of them who bought one of the first 1, 3, 10 products; NDCG10 with binary relevance. Written by `make bench-offers`.", ""]
    with tempfile.TemporaryDirectory() as scratch:
        for shop in SHOPS:
            figures, who = judge(a.program, a.data, shop, scratch)
            text += [f"## {shop}, {len(who):,} customers on {len(SHOPS[shop]['days'])} days", "", *table(figures, who), ""]
    pathlib.Path(a.report).write_text("\n".join(text))


if __name__ == "__main__":
    main()
