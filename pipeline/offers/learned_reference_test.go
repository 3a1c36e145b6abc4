package offers

import (
	"context"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// studied is the test of a day and the order that days before it chose.
func studied(t *testing.T, table *orders.Table, day data.Day) (*Judge, *Choice) {
	t.Helper()
	set, names := usual(), table.Names[data.Product]
	counter := NewCounter(set, names, day)
	study := NewStudy(set, names, day, table.FirstDay+150, 60, int64(1))
	walk := func(add func(*orders.Histories)) {
		if _, err := table.Each(context.Background(), 2, func(_ int, h *orders.Histories) error {
			add(withoutReturns(h))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	walk(func(h *orders.Histories) { counter.Add(h); study.Count(h) })
	study.Learn(2, func(data.Day) (lapsed, returned int64) { return })
	walk(study.Gather)
	choice, err := study.Choose(2)
	if err != nil {
		t.Fatal(err)
	}
	g := counter.Learn(2)
	g.Use(choice)
	j := NewJudge(g, 60, 1)
	walk(j.Add)
	return j, choice
}

// The acceptance of the learned order: on the one shop not worse than R by the
// interval, on the other better, and chosen there on days before.
func TestChoose_TheLearnedOrderIsAsGoodAsR(t *testing.T) {
	least := map[string]float64{"online_retail_ii": -.006, "retail_orders": 0}
	for _, shop := range referenceShops() {
		t.Run(shop.folder, func(t *testing.T) {
			table := readShared(t, shop.folder, shop.opts)
			var judges []*Judge
			var choices []*Choice
			for _, cut := range shop.cuts {
				j, choice := studied(t, table, parseDay(t, cut.day))
				t.Logf("%s: %s, %s", cut.day, choice.Order, choice.Why)
				judges, choices = append(judges, j), append(choices, choice)
			}
			r := NewRecord(judges, choices, 2)
			t.Logf("%s; hr3 %.4f hr10 %.4f NDCG10 %.4f; over R %+.4f [%+.4f, %+.4f]", r.Chosen, r.Learned.First3, r.Learned.First10, r.Learned.NDCG10, r.OverR.First3, r.OverR.Low, r.OverR.High)
			if float64(r.OverR.Low) <= least[shop.folder] {
				t.Errorf("the learned order is %.4f over R at hr3, from %.4f: want above %v", r.OverR.First3, r.OverR.Low, least[shop.folder])
			}
		})
	}
}
