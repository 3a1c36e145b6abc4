package shopcontext

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/ordertest"
)

// sold is one line of an invented order history.
type sold struct {
	CustomerID string `parquet:"customer_id"`
	OrderDate  int32  `parquet:"order_date,date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
	SKU        string `parquet:"sku"`
}

const opens = data.Day(19_000)

// at is the snapshot of a day with the settings of these tests.
func at(day data.Day) features.Snapshot {
	return features.Snapshot{AsOf: day, Horizon: 60, LapsedAfter: 60, DataEnd: day, Extra: true}
}

// busyShop invents two years of purchases: every customer buys at an own pace,
// the goods "again" more often than "once" bring customers back, and in weeks 40
// to 47 of each year there are three times as many new customers.
func busyShop(customers int, seed uint64) []sold {
	rng := rand.New(rand.NewPCG(seed, 2))
	var lines []sold
	for c := range customers {
		day := rng.Float64() * 728
		if c%2 == 0 { // of the peak
			day = float64(rng.IntN(2))*364 + 280 + rng.Float64()*56
		}
		product, stays := "once", 0.2
		if c%3 == 0 {
			product, stays = "again", 0.8
		}
		for {
			lines = append(lines, sold{fmt.Sprintf("c%05d", c), int32(opens + data.Day(day)), 1000, product})
			day += 10 + 60*rng.ExpFloat64()
			if day >= 728 || rng.Float64() > stays {
				break
			}
		}
	}
	slices.SortFunc(lines, func(a, b sold) int { return int(a.OrderDate - b.OrderDate) })
	return lines
}

// rows are the customers of a day with the columns of the shop's view.
type rows struct {
	ids    []string
	column map[string][]float64
}

func rowsAt(t *testing.T, lines []sold, day data.Day) (rows, *View) {
	t.Helper()
	table := ordertest.Read(t, lines, orders.Options{})
	sample, err := TakeSample(t.Context(), table, func(string) bool { return true }, 2)
	if err != nil {
		t.Fatal(err)
	}
	view := NewView(sample, at(day))
	tables := make([]*features.Table, table.Partitions())
	if _, err := table.Each(t.Context(), 2, func(part int, h *orders.Histories) error {
		tables[part] = features.NewTable(at(day), table.Names)
		if err := features.Build(h, at(day), tables[part]); err != nil {
			return err
		}
		view.AddTo(tables[part], h)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r := rows{column: map[string][]float64{}}
	for _, table := range tables {
		r.ids = append(r.ids, table.IDs...)
		for _, d := range Columns {
			c := table.Column(d.Name)
			r.column[d.Name] = append(r.column[d.Name], c.Floats...)
			for _, x := range c.Ints {
				r.column[d.Name] = append(r.column[d.Name], float64(x))
			}
		}
	}
	return r, view
}

func TestView_SeesNothingOfItsDayAndLater(t *testing.T) {
	day := opens + 600
	lines := busyShop(800, 1)
	known := slices.DeleteFunc(slices.Clone(lines), func(l sold) bool { return data.Day(l.OrderDate) >= day })
	other := slices.Concat(known, []sold{{"c00001", int32(day), 99_900, "once"}, {"z", int32(day + 30), 100, "new"}})
	a, _ := rowsAt(t, lines, day)
	b, _ := rowsAt(t, other, day)
	if len(a.ids) == 0 || !slices.Equal(a.ids, b.ids) {
		t.Fatalf("%d and %d customers", len(a.ids), len(b.ids))
	}
	for name, values := range a.column {
		for i, v := range values {
			if math.Float64bits(v) != math.Float64bits(b.column[name][i]) {
				t.Fatalf("%s of row %d changed with what came later", name, i)
			}
		}
	}
}

func TestView_FindsThePeakAndWhatBringsBuyersBack(t *testing.T) {
	table, view := rowsAt(t, busyShop(4000, 2), opens+700)
	for week := range yearWeeks {
		ago := week*weekDays + 3 // in the middle of the week, counted back from day 700
		inYear := ((700-ago)%364 + 364) % 364
		wanted := inYear >= 287 && inYear < 329 // well inside the peak
		outside := inYear < 273 || inYear >= 380
		if view.weeks.peak[week] != wanted && (wanted || outside) {
			t.Errorf("week %d, days %d of the year: peak is %v", week, inYear, view.weeks.peak[week])
		}
	}
	var again, once []float64
	products := table.column["products_again"]
	for i, id := range table.ids {
		var c int
		if _, err := fmt.Sscanf(id, "c%d", &c); err != nil {
			t.Fatal(err)
		}
		if c%3 == 0 {
			again = append(again, products[i])
		} else {
			once = append(once, products[i])
		}
	}
	if slices.Min(again) < 0.6 || slices.Max(once) > 0.4 {
		t.Errorf("products whose buyers come back: %v and more, others: %v and less", slices.Min(again), slices.Max(once))
	}
}

func TestView_CohortRatesAreThoseOfTheNewestClosedHorizon(t *testing.T) {
	day := opens + 400
	var lines []sold
	buy := func(id string, days ...int) {
		for _, d := range days {
			lines = append(lines, sold{id, int32(opens) + int32(d), 100, "p"})
		}
	}
	buy("first", 0)
	// Bought once in the same week, lapsed at day 340; 300 of 1,000 came back by day 400.
	for i := range 1000 {
		id := fmt.Sprintf("a%04d", i)
		if i < 300 {
			buy(id, 200, 360)
		} else {
			buy(id, 200)
		}
	}
	// Bought elsewhen; nobody came back.
	for i := range 1000 {
		buy(fmt.Sprintf("b%04d", i), 100)
	}
	slices.SortStableFunc(lines, func(a, b sold) int { return int(a.OrderDate - b.OrderDate) })
	table, _ := rowsAt(t, lines, day)
	rates := table.column["cohort_return_rate"]
	for i, id := range table.ids {
		want := map[byte]float64{'a': 0.3, 'b': 0, 'f': rates[i]}[id[0]]
		if math.Abs(rates[i]-want) > 0.02 {
			t.Fatalf("%s: rate of the cohort %v, want about %v", id, rates[i], want)
		}
	}
}

func TestView_NothingToLearnFromIsNoCrash(t *testing.T) {
	lines := []sold{{"a", int32(opens), 100, "p"}, {"b", int32(opens + 1), 100, "p"}, {"c", int32(opens + 90), 100, "p"}}
	table, _ := rowsAt(t, lines, opens+61)
	if len(table.ids) != 2 {
		t.Fatalf("%d customers, want the two that are lapsed", len(table.ids))
	}
	for i := range table.ids {
		if alive := table.column["chance_alive"][i]; !math.IsNaN(alive) {
			t.Errorf("chance of being a customer %v where nobody ever came back", alive)
		}
		if r := table.column["cohort_return_rate"][i]; math.Abs(r-priorReturn) > 0.05 {
			t.Errorf("rate of an unknown cohort: %v", r)
		}
	}
}

func TestSeason_GapsGoAroundTheYear(t *testing.T) {
	s := newSeason(60)
	for _, c := range []struct{ ago, gap int }{{yearDays - 30, 0}, {yearDays - 29, 1}, {yearDays - 31, 1}, {0, 30}, {152, 182}, {10, 40}} {
		if got := s.gap[c.ago%yearDays]; got != float64(c.gap) {
			t.Errorf("%d days ago: %v days from the middle of the horizon, want %d", c.ago, got, c.gap)
		}
	}
	if s.near[yearDays-30] != 1 || s.near[152] > 1e-5 {
		t.Errorf("nearness %v and %v", s.near[yearDays-30], s.near[152])
	}
}
