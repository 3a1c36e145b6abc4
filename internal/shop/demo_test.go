package shop

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"winback/data"
)

// found is what a plain reading of the demo's files says of a customer.
type found struct {
	days       []data.Day // purchase days, ascending
	firstValue float64    // of the first order
}

// readDemo reads the files of a demo shop as a stranger would.
func readDemo(t *testing.T, files *folder) []found {
	t.Helper()
	customers := map[string]*found{}
	firstOrder := map[string]string{}
	for _, name := range files.names {
		for _, line := range files.lines(t, name) {
			if line.Quantity < 0 {
				continue
			}
			c := customers[line.CustomerID]
			if c == nil {
				c = &found{}
				customers[line.CustomerID] = c
				firstOrder[line.CustomerID] = line.OrderID
			}
			if line.OrderID == firstOrder[line.CustomerID] {
				c.firstValue += float64(line.UnitPrice) * float64(line.Quantity) / 100
			}
			if day := data.DayOfMicros(line.OrderedAt); len(c.days) == 0 || c.days[len(c.days)-1] != day {
				c.days = append(c.days, day)
			}
		}
	}
	var all []found
	for _, c := range customers {
		all = append(all, *c)
	}
	return all
}

func writeDemo(t *testing.T, s *DemoShop) *folder {
	t.Helper()
	files := newFolder()
	if err := s.Write(files.create); err != nil {
		t.Fatal(err)
	}
	return files
}

// plainQuantiles are the smallest days by which the shares of the intervals had
// come back.
func plainQuantiles(intervals []int, shares [3]float64) (days [3]int) {
	slices.Sort(intervals)
	for i, q := range shares {
		days[i] = intervals[int(math.Ceil(q*float64(len(intervals))))-1]
	}
	return days
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %.4f, planted %.4f, want them within %.4f", what, got, want, tolerance)
	}
}

func TestDemo_PlantedTruthIsFoundInTheFiles(t *testing.T) {
	for _, seed := range []uint64{1, 2, 2026} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			shop := Demo(seed)
			truth := shop.Truth
			customers := readDemo(t, writeDemo(t, shop))
			if len(customers) != shop.Customers() {
				t.Fatalf("the files hold purchases of %d customers, want %d", len(customers), shop.Customers())
			}
			var intervals []int
			var followed, returned [3]float64
			for _, c := range customers {
				if len(c.days) > 1 {
					intervals = append(intervals, int(c.days[1]-c.days[0]))
				}
				if c.days[0]+data.Day(truth.WithinDays) < truth.AsOf {
					class := truth.class(int64(math.Round(c.firstValue * 100)))
					followed[class]++
					if len(c.days) > 1 && int(c.days[1]-c.days[0]) <= truth.WithinDays {
						returned[class]++
					}
				}
			}
			for i, days := range plainQuantiles(intervals, truth.IntervalShares) {
				near(t, fmt.Sprintf("interval cut %d", i), float64(days), float64(truth.IntervalDays[i]), math.Max(1, 0.02*float64(truth.IntervalDays[i])))
			}
			for class := range followed {
				near(t, fmt.Sprintf("rate of class %d", class), returned[class]/followed[class], truth.Rates[class], 0.005)
			}
			all := (returned[0] + returned[1] + returned[2]) / (followed[0] + followed[1] + followed[2])
			near(t, "overall rate", all, 0.193, 0.003)
			if r := truth.Rates[1]; r < 0.193 || r > 0.21 {
				t.Errorf("the middle rate is %.4f, want it a little above 0.193", r)
			}
		})
	}
}

// TestDemo_SingleBestSplitsLieAtThePlantedCuts searches the value that parts
// the first buyers best by likelihood, and again inside the two sides.
func TestDemo_SingleBestSplitsLieAtThePlantedCuts(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		shop := Demo(seed)
		var buyers []buyer
		for i := range shop.customers {
			c := &shop.customers[i]
			if int(shop.Truth.AsOf-c.first) > shop.Truth.WithinDays {
				second := len(c.later) > 0 && int(c.later[0]-c.first) <= shop.Truth.WithinDays
				buyers = append(buyers, buyer{float64(c.value) / 100, second})
			}
		}
		slices.SortFunc(buyers, func(a, b buyer) int { return cmp.Compare(a.value, b.value) })
		at := bestSplit(buyers)
		cuts := []float64{buyers[at].value}
		low, high := buyers[:at], buyers[at:]
		if cuts[0] < 280 {
			cuts = append(cuts, high[bestSplit(high)].value)
		} else {
			cuts = append([]float64{low[bestSplit(low)].value}, cuts...)
		}
		near(t, fmt.Sprintf("seed %d: lower cut", seed), cuts[0], shop.Truth.FirstOrderCuts[0], 15)
		near(t, fmt.Sprintf("seed %d: upper cut", seed), cuts[1], shop.Truth.FirstOrderCuts[1], 15)
	}
}

type buyer struct {
	value   float64
	returns bool
}

// bestSplit returns the first index of the right side of the split with the
// greatest likelihood, at least 1,000 buyers on either side.
func bestSplit(buyers []buyer) int {
	total := 0.0
	for _, b := range buyers {
		if b.returns {
			total++
		}
	}
	entropy := func(hits, n float64) float64 {
		return hits*math.Log(hits/n) + (n-hits)*math.Log(1-hits/n)
	}
	best, bestAt, hits, n := math.Inf(-1), 0, 0.0, float64(len(buyers))
	for i, b := range buyers {
		left := float64(i)
		if i >= 1000 && i <= len(buyers)-1000 && buyers[i-1].value < b.value {
			if gain := entropy(hits, left) + entropy(total-hits, n-left); gain > best {
				best, bestAt = gain, i
			}
		}
		if b.returns {
			hits++
		}
	}
	return bestAt
}

func TestDemo_LaterStepsOfTheLadderAreBetter(t *testing.T) {
	shop := Demo(1)
	var reached [5]float64
	for i := range shop.customers {
		for k := 0; k <= min(len(shop.customers[i].later), 4); k++ {
			reached[k]++
		}
	}
	last := 0.0
	for k := range 4 {
		share := reached[k+1] / reached[k]
		t.Logf("step %d to %d: %.3f", k+1, k+2, share)
		if share <= last {
			t.Errorf("step %d to %d: share %.3f, want more than the %.3f before", k+1, k+2, share, last)
		}
		last = share
	}
}

// TestDemo_LapsedCustomersCanBeRanked orders the lapsed customers at a past day
// by what is known on that day, and by recency alone.
func TestDemo_LapsedCustomersCanBeRanked(t *testing.T) {
	shop := Demo(1)
	cut := shop.Truth.AsOf - 60
	var recency, known []scored
	for i := range shop.customers {
		c := &shop.customers[i]
		if c.first >= cut {
			continue
		}
		days := append([]data.Day{c.first}, c.later...)
		seen, _ := slices.BinarySearch(days, cut)
		since := float64(cut - days[seen-1])
		if since < 133 {
			continue
		}
		score := math.Log(c.weight()) + 0.4*float64(c.class) - 1.3*math.Log(since)
		if seen > 1 {
			score += 0.1 + 0.2*math.Min(float64(seen), 6)
		}
		returns := seen < len(days)
		recency = append(recency, scored{-since, returns})
		known = append(known, scored{score, returns})
	}
	a, b := auc(recency), auc(known)
	t.Logf("%d lapsed, AUC of recency %.3f, of the planted causes %.3f", len(known), a, b)
	if b < a+0.04 || b < 0.75 {
		t.Errorf("the planted causes rank with AUC %.3f, recency with %.3f: want clearly more", b, a)
	}
}

type scored struct {
	score   float64
	returns bool
}

// auc is the share of pairs of a returning and another customer in which the
// returning one has the higher score, ties counted half.
func auc(rows []scored) float64 {
	slices.SortFunc(rows, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	var pairs, others, returning float64
	for i := 0; i < len(rows); {
		var tiedOthers, tiedReturning float64
		for j := i; i < len(rows) && rows[i].score == rows[j].score; i++ {
			if rows[i].returns {
				tiedReturning++
			} else {
				tiedOthers++
			}
		}
		pairs += tiedReturning * (others + tiedOthers/2)
		others += tiedOthers
		returning += tiedReturning
	}
	return pairs / (others * returning)
}

func TestDemo_SameSeedSameBytes(t *testing.T) {
	first, second, other := writeDemo(t, Demo(7)), writeDemo(t, Demo(7)), writeDemo(t, Demo(8))
	want := []string{"orders-2023.parquet", "orders-2024.parquet", "orders-2025.parquet", "orders-2026.parquet"}
	if !slices.Equal(first.names, want) {
		t.Fatalf("files %v, want %v", first.names, want)
	}
	for _, name := range want {
		if !bytes.Equal(first.files[name].Bytes(), second.files[name].Bytes()) {
			t.Errorf("%s differs between two shops of the same seed", name)
		}
		if bytes.Equal(first.files[name].Bytes(), other.files[name].Bytes()) {
			t.Errorf("%s is the same for another seed", name)
		}
	}
}

func TestDemo_LinesAreInOrderUniqueAndWithinTheShop(t *testing.T) {
	shop := Demo(3)
	files := writeDemo(t, shop)
	type key struct {
		order, product string
	}
	seen := map[key]bool{}
	last, back, lines := int64(0), 0, 0
	for _, name := range files.names {
		for _, line := range files.lines(t, name) {
			lines++
			if line.OrderedAt < last {
				t.Fatalf("%s: a line lies before the one above it", name)
			}
			last = line.OrderedAt
			if k := (key{line.OrderID, line.ProductID}); seen[k] {
				t.Fatalf("%s: a product is on two lines of one order", name)
			} else {
				seen[k] = true
			}
			if line.Quantity < 0 {
				back++
			}
			if line.UnitPrice <= 0 || line.Quantity == 0 || line.Channel == "" || line.Category == "" {
				t.Fatalf("%s: incomplete line %+v", name, line)
			}
		}
	}
	if day := data.DayOfMicros(last); day != shop.Truth.AsOf-1 {
		t.Errorf("the newest line is of %v, want the day before %v", day, shop.Truth.AsOf)
	}
	near(t, "share of returned lines", float64(back)/float64(lines), 0.026, 0.004)
}
