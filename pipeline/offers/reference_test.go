package offers

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/pipeline/run"
)

// sharedData holds the order histories that developers have beside the repository.
const sharedData = "../../../shared/data"

// referenceShop is a shop of which the figures are known from a second program.
type referenceShop struct {
	folder  string
	opts    orders.Options
	cuts    []referenceCut
	overall [4]float64
}

type referenceCut struct {
	day     string
	judged  int
	figures [4]float64 // hr1, hr3, hr10, NDCG10
}

func referenceShops() []referenceShop {
	fiveDigits := orders.ProductFilter{"[^0-9]*", "?[^0-9]*", "??[^0-9]*", "???[^0-9]*", "????[^0-9]*", "?", "??", "???", "????"}
	return []referenceShop{
		{"online_retail_ii", orders.Options{Workers: 2, ExcludeProducts: fiveDigits}, []referenceCut{
			{"2010-10-13", 490, [4]float64{.3959, .5918, .7878, .2786}}, {"2010-12-12", 128, [4]float64{.4375, .6328, .7656, .2919}},
			{"2011-02-10", 374, [4]float64{.3904, .5936, .7540, .2917}}, {"2011-04-11", 448, [4]float64{.4152, .6429, .7723, .3052}},
		}, [4]float64{.4042, .6118, .7722, .2915}},
		{"retail_orders", orders.Options{Workers: 2}, []referenceCut{
			{"2007-05-20", 2437, [4]float64{.2577, .4009, .5581, .3102}}, {"2007-07-19", 2521, [4]float64{.2785, .4209, .5883, .3293}},
			{"2007-09-17", 3379, [4]float64{.2288, .3640, .5182, .2785}}, {"2007-11-16", 6035, [4]float64{.1816, .2993, .4373, .2185}},
		}, [4]float64{.2226, .3530, .5033, .2676}},
	}
}

func parseDay(t *testing.T, text string) data.Day {
	t.Helper()
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return data.DayOfMicros(day.UnixMicro())
}

// readShared reads a shop, or skips the test where it is absent.
func readShared(t testing.TB, folder string, opts orders.Options) *orders.Table {
	t.Helper()
	path := filepath.Join(sharedData, folder)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there: this test needs the shared data beside the repository", path)
	}
	found, err := source.Find(fsys.OS(), []string{path}, 0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := orders.Read(context.Background(), fsys.OS(), found, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

// withoutReturns hides return lines, of which the reference knows nothing.
func withoutReturns(h *orders.Histories) *orders.Histories {
	kept := *h
	kept.Flags = slices.Clone(h.Flags)
	for i := range kept.Flags {
		kept.Flags[i] &^= orders.FlagReturn
	}
	return &kept
}

func TestBest_ReproducesTheReferenceFigures(t *testing.T) {
	for _, shop := range referenceShops() {
		t.Run(shop.folder, func(t *testing.T) {
			table := readShared(t, shop.folder, shop.opts)
			var judges []*Judge
			for _, cut := range shop.cuts {
				j := judgeAt(t, table, parseDay(t, cut.day))
				judges = append(judges, j)
				record := NewRecord([]*Judge{j}, nil, 2)
				if record.Customers != int64(cut.judged) {
					t.Errorf("%s: %d judged, want %d", cut.day, record.Customers, cut.judged)
				}
				compareFigures(t, cut.day, record, cut.figures)
			}
			compareFigures(t, "all", NewRecord(judges, nil, 2), shop.overall)
		})
	}
}

func judgeAt(t *testing.T, table *orders.Table, day data.Day) *Judge {
	t.Helper()
	counter := NewCounter(Settings{LapsedAfter: 90, SoldWithin: 28, Kinds: AllKinds}, table.Names[data.Product], day)
	walk := func(add func(*orders.Histories)) {
		if _, err := table.Each(context.Background(), 2, func(_ int, h *orders.Histories) error {
			add(withoutReturns(h))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	walk(counter.Add)
	j := NewJudge(counter.Learn(2), 60, 1)
	walk(j.Add)
	return j
}

func compareFigures(t *testing.T, name string, r *Record, want [4]float64) {
	t.Helper()
	for i, got := range [4]run.Figure{r.Best.First1, r.Best.First3, r.Best.First10, r.Best.NDCG10} {
		if math.Abs(float64(got)-want[i]) > .001 {
			t.Errorf("%s: figure %d is %.4f, want %.4f", name, i, float64(got), want[i])
		}
	}
	for _, f := range []struct {
		name string
		Figures
	}{{"hot", r.Hot}, {"own", r.Own}, {"R", r.Best}} {
		t.Logf("%-10s %-3s hr1 %.4f hr3 %.4f [%.3f, %.3f] hr10 %.4f [%.3f, %.3f] ndcg10 %.4f [%.3f, %.3f]", name, f.name, f.First1, f.First3, f.First3Low, f.First3High,
			f.First10, f.First10Low, f.First10High, f.NDCG10, f.NDCG10Low, f.NDCG10High)
	}
	t.Logf("%-10s R over own at hr3 %.4f [%.4f, %.4f]", name, r.OverOwn.First3, r.OverOwn.Low, r.OverOwn.High)
}
