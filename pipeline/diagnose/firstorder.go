package diagnose

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"

	"winback/data"
	"winback/features"
	"winback/models"
	"winback/pipeline/wording"
)

// FirstOrderClass are the first buyers whose first order was worth From up to
// but without To.
type FirstOrderClass struct {
	From      Number `json:"from"`
	To        Number `json:"to"`        // unknown: no end
	Customers int64  `json:"customers"` // followed long enough
	Returned  int64  `json:"returned"`  // with a second purchase day in time
	Rate      Number `json:"rate"`
	Low       Number `json:"rate_low"`
	High      Number `json:"rate_high"`
	// Of those acquired in the peak season, and of the others; unknown where
	// they are too few.
	PeakRate  Number `json:"peak_rate"`
	OtherRate Number `json:"other_rate"`
}

// FirstOrderTree says what the classes rest on.
type FirstOrderTree struct {
	WithinDays int               `json:"within_days"` // a second purchase within so many days counts
	Customers  int64             `json:"customers"`
	Rate       Number            `json:"rate"`
	Cuts       []CutStability    `json:"cuts"`
	PeakMonths []int             `json:"peak_months"` // 1 is January; none without a peak or a full year
	Leaves     []TreeLeaf        `json:"leaves"`      // of the tree that also knows the peak
	ByStage    []FirstOrderStage `json:"by_stage"`
	Words      string            `json:"words"`
}

// CutStability says how a cut point fared when customers were resampled.
type CutStability struct {
	Value   Number `json:"value"`
	FoundIn Number `json:"found_in"` // share of the resamples with a cut point within 10 %
	Low     Number `json:"low"`      // 95 % of the nearest cut points
	High    Number `json:"high"`
}

// TreeLeaf is a leaf of the tree over value and season.
type TreeLeaf struct {
	Rule      string `json:"rule"`
	Customers int64  `json:"customers"`
	Returned  int64  `json:"returned"`
	Rate      Number `json:"rate"`
	Low       Number `json:"rate_low"`
	High      Number `json:"rate_high"`
}

// FirstOrderStage crosses the classes with the stages of one-time buyers.
type FirstOrderStage struct {
	Class      int    `json:"class"` // 1 is the lowest
	Stage      string `json:"stage"`
	Customers  int64  `json:"customers"` // one-time buyers who stand there now
	Tested     int64  `json:"tested"`    // stood there at the test cut
	ReturnRate Number `json:"return_rate"`
	Low        Number `json:"return_rate_low"`
	High       Number `json:"return_rate_high"`
}

const (
	fewFirstBuyers = 200
	fewInCell      = 200
	stableTrees    = 20
	mostTreeRows   = 100_000
)

// firstBuyers are the rows of the tree.
type firstBuyers struct {
	value []float32
	peak  []float32
	label []uint8
}

func (f *facts) firstBuyers(peaks []int) *firstBuyers {
	b := &firstBuyers{value: make([]float32, 0, f.count), peak: make([]float32, 0, f.count), label: make([]uint8, 0, f.count)}
	for c := range f.everyone {
		if int(f.s.AsOf-c.first) <= f.s.FollowDays {
			continue
		}
		label, peak := uint8(0), float32(0)
		if c.wait >= 0 && int(c.wait) <= f.s.FollowDays {
			label = 1
		}
		if slices.Contains(peaks, f.months.ofYear(f.months.of(c.first))+1) {
			peak = 1
		}
		b.value = append(b.value, float32(c.firstValue.Float()))
		b.peak = append(b.peak, peak)
		b.label = append(b.label, label)
	}
	return b
}

// thinned draws about so many of the rows, by their number.
func (b *firstBuyers) thinned(most int) *firstBuyers {
	share := shareFor(int64(most), int64(len(b.label)))
	if share == 1 {
		return b
	}
	room := most + most/10
	t := &firstBuyers{value: make([]float32, 0, room), peak: make([]float32, 0, room), label: make([]uint8, 0, room)}
	for i := range b.label {
		if drawn(mix(uint64(i)), share) {
			t.value, t.peak, t.label = append(t.value, b.value[i]), append(t.peak, b.peak[i]), append(t.label, b.label[i])
		}
	}
	return t
}

// peakMonths are the months of the year that sell at least 1.4 times an even
// share, over whole years.
func (f *facts) peakMonths() []int {
	if f.s.AsOf-f.history.FirstDay < 365 {
		return nil
	}
	var sales, days [12]float64
	for m := range f.counts.flow {
		from, to := max(f.months.firstOf(m), f.history.FirstDay), min(f.months.firstOf(m+1), f.s.AsOf)
		at := f.months.ofYear(m)
		sales[at] += (f.counts.flow[m].newSales + f.counts.flow[m].oldSales).Float()
		days[at] += float64(to - from)
	}
	all := sumOf(sales[:]) / sumOf(days[:])
	var peaks []int
	for m := range sales {
		if days[m] > 0 && sales[m]/days[m] >= 1.4*all {
			peaks = append(peaks, m+1)
		}
	}
	return peaks
}

func treeSettings(rows, leaves, workers int) models.TreeSettings {
	s := models.DefaultTreeSettings()
	s.MaxLeaves, s.MinShare, s.MinGain, s.Shrink, s.Workers = leaves, 0.04, 8, 0, workers
	s.MinRows = max(50, min(200, float64(rows)/20))
	return s
}

// firstOrder splits the first buyers by the value of their first order.
func (f *facts) firstOrder(stageEdges, testEdges features.StageEdges) ([]FirstOrderClass, FirstOrderTree, error) {
	peaks := f.peakMonths()
	b := f.firstBuyers(peaks)
	tree := FirstOrderTree{WithinDays: f.s.FollowDays, Customers: int64(len(b.label)), PeakMonths: peaks, Rate: unknown}
	if len(b.label) < fewFirstBuyers {
		tree.Words = fmt.Sprintf("%s followed for %d days: too few to split", wording.Plural(tree.Customers, "first buyer", "first buyers"), f.s.FollowDays)
		return nil, tree, nil
	}
	some := b.thinned(mostTreeRows)
	cuts, err := some.cuts(nil, f.s.Workers)
	if err != nil {
		return nil, tree, err
	}
	classes := b.classes(cuts)
	var returned int64
	for _, c := range classes {
		returned += c.Returned
	}
	tree.Rate = ratio(returned, tree.Customers)
	if tree.Cuts, err = some.stability(cuts, f.s); err != nil {
		return nil, tree, err
	}
	if tree.Leaves, err = b.leaves(f.s.Workers); err != nil {
		return nil, tree, err
	}
	tree.ByStage = f.classesByStage(cuts, stageEdges, testEdges)
	tree.Words = treeWords(classes, tree)
	return classes, tree, nil
}

// cuts fits the tree over the value alone and returns its cut points,
// ascending. weight may be nil.
func (b *firstBuyers) cuts(weight []float32, workers int) ([]float32, error) {
	x := &models.Matrix{Names: []string{"first_order_value"}, Columns: [][]float32{b.value}, Levels: [][]string{nil}}
	tree, err := models.FitTree(&models.Training{X: x, Y: b.label, Weight: weight}, treeSettings(len(b.label), 4, workers))
	if err != nil {
		return nil, fmt.Errorf("first-order tree: %w", err)
	}
	var cuts []float32
	for i := range tree.Nodes {
		if tree.Nodes[i].Feature >= 0 {
			cuts = append(cuts, float32(tree.Nodes[i].Threshold))
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts), nil
}

// classOf is the ordinal of the class of a value: a cut point belongs to the
// class above it.
func classOf(cuts []float32, value float32) int {
	k := 0
	for k < len(cuts) && value >= cuts[k] {
		k++
	}
	return k
}

func (b *firstBuyers) classes(cuts []float32) []FirstOrderClass {
	classes := make([]FirstOrderClass, len(cuts)+1)
	var peak, peakBack, other, otherBack = make([]int64, len(classes)), make([]int64, len(classes)), make([]int64, len(classes)), make([]int64, len(classes))
	for i, v := range b.value {
		k, back := classOf(cuts, v), int64(b.label[i])
		classes[k].Customers++
		classes[k].Returned += back
		if b.peak[i] > 0 {
			peak[k]++
			peakBack[k] += back
		} else {
			other[k]++
			otherBack[k] += back
		}
	}
	for k := range classes {
		c := &classes[k]
		c.To, c.PeakRate, c.OtherRate = unknown, unknown, unknown
		if k > 0 {
			c.From = tidy(cuts[k-1])
		}
		if k < len(cuts) {
			c.To = tidy(cuts[k])
		}
		c.Rate = ratio(c.Returned, c.Customers)
		c.Low, c.High = wilson(c.Returned, c.Customers)
		if peak[k] >= fewInCell && other[k] >= fewInCell {
			c.PeakRate, c.OtherRate = ratio(peakBack[k], peak[k]), ratio(otherBack[k], other[k])
		}
	}
	return classes
}

// tidy writes a cut point as a person would: the shortest decimal that means
// the same 32-bit number.
func tidy(v float32) Number {
	n, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		return Number(v)
	}
	return Number(n)
}

// stability fits the tree again on resampled customers.
func (b *firstBuyers) stability(cuts []float32, s Settings) ([]CutStability, error) {
	weight := make([]float32, len(b.label))
	nearest := make([][]float64, len(cuts))
	found := make([]int, len(cuts))
	draw := distuv.Poisson{Lambda: 1, Src: rand.NewPCG(s.Seed, 0x74726565)}
	if len(cuts) == 0 {
		return nil, nil
	}
	for range stableTrees {
		for i := range weight {
			weight[i] = float32(draw.Rand())
		}
		again, err := b.cuts(weight, s.Workers)
		if err != nil {
			return nil, err
		}
		for k, cut := range cuts {
			best := math.NaN()
			for _, a := range again {
				if math.IsNaN(best) || math.Abs(float64(a-cut)) < math.Abs(best-float64(cut)) {
					best = float64(a)
				}
			}
			if !math.IsNaN(best) {
				nearest[k] = append(nearest[k], best)
				if math.Abs(best-float64(cut)) <= 0.1*math.Abs(float64(cut)) {
					found[k]++
				}
			}
		}
	}
	var out []CutStability
	for k, cut := range cuts {
		low, high := quantilesOf(nearest[k], 0.025, 0.975)
		out = append(out, CutStability{Value: tidy(cut), FoundIn: Number(float64(found[k]) / stableTrees), Low: tidy(float32(low)), High: tidy(float32(high))})
	}
	return out, nil
}

// leaves fits the tree over value and season and returns its leaves.
func (b *firstBuyers) leaves(workers int) ([]TreeLeaf, error) {
	x := &models.Matrix{Names: []string{"first_order_value", "acquired_in_peak"}, Columns: [][]float32{b.value, b.peak}, Levels: [][]string{nil, nil}}
	tree, err := models.FitTree(&models.Training{X: x, Y: b.label}, treeSettings(len(b.label), 6, workers))
	if err != nil {
		return nil, fmt.Errorf("first-order tree: %w", err)
	}
	var leaves []TreeLeaf
	var visit func(at int32, r leafRule)
	visit = func(at int32, r leafRule) {
		node := &tree.Nodes[at]
		if node.Feature < 0 {
			customers, returned := int64(node.Rows+0.5), int64(node.Positives+0.5)
			leaf := TreeLeaf{Rule: r.words(), Customers: customers, Returned: returned, Rate: ratio(returned, customers)}
			leaf.Low, leaf.High = wilson(returned, customers)
			leaves = append(leaves, leaf)
			return
		}
		left, right := r, r
		if node.Feature == 0 {
			left.to, right.from = node.Threshold, node.Threshold
		} else {
			left.season, right.season = "outside the peak", "in the peak"
		}
		visit(node.Left, left)
		visit(node.Right, right)
	}
	visit(0, leafRule{math.Inf(-1), math.Inf(1), ""})
	return leaves, nil
}

type leafRule struct {
	from, to float64
	season   string
}

func (r leafRule) words() string {
	text := "any first order"
	switch from, to := plainMoney(r.from), plainMoney(r.to); {
	case !math.IsInf(r.from, 0) && !math.IsInf(r.to, 0):
		text = "first order above " + from + " to " + to
	case !math.IsInf(r.from, 0):
		text = "first order above " + from
	case !math.IsInf(r.to, 0):
		text = "first order up to " + to
	}
	if r.season != "" {
		text += ", acquired " + r.season
	}
	return text
}

// plainMoney writes a cut point with as many decimals as it has.
func plainMoney(v float64) string { return strconv.FormatFloat(float64(tidy(float32(v))), 'f', -1, 64) }

// classesByStage crosses the classes with the stages of those who bought once.
func (f *facts) classesByStage(cuts []float32, edges, testEdges features.StageEdges) []FirstOrderStage {
	type cell struct{ now, tested, returned int64 }
	cells := make([][features.StageCount]cell, len(cuts)+1)
	for c := range f.everyone {
		if c.days == 1 {
			cells[classOf(cuts, float32(c.firstValue.Float()))][edges.Of(c.recency(f.s.AsOf))].now++
		}
	}
	if len(f.cuts) > 0 {
		for i := range f.states[0] {
			s := &f.states[0][i]
			if s.days != 1 {
				continue
			}
			c := &cells[classOf(cuts, float32(s.value.Float()))][testEdges.Of(int(f.cuts[0]-s.last))]
			c.tested++
			if s.returned {
				c.returned++
			}
		}
	}
	var rows []FirstOrderStage
	for k := range cells {
		for s, c := range cells[k] {
			row := FirstOrderStage{Class: k + 1, Stage: features.Stage(s).String(), Customers: c.now, Tested: c.tested, ReturnRate: unknown, Low: unknown, High: unknown}
			if c.tested >= fewInCell {
				row.ReturnRate = ratio(c.returned, c.tested)
				row.Low, row.High = wilson(c.returned, c.tested)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func treeWords(classes []FirstOrderClass, tree FirstOrderTree) string {
	if len(classes) == 1 {
		return fmt.Sprintf("the value of the first order does not tell who comes back: %s of all %s first buyers bought again within %d days",
			wording.Prose.Percent(float64(tree.Rate)), wording.Thousands(tree.Customers), tree.WithinDays)
	}
	low, high := classes[0], classes[len(classes)-1]
	if low.Rate <= high.Rate {
		return fmt.Sprintf("the more the first order is worth, the likelier a second one: %s of those below %s came back within %d days, %s of those from %s on",
			wording.Prose.Percent(float64(low.Rate)), plainMoney(float64(low.To)), tree.WithinDays, wording.Prose.Percent(float64(high.Rate)), plainMoney(float64(high.From)))
	}
	return fmt.Sprintf("first orders of high value are followed by a second one less often: %s of those below %s came back within %d days, %s of those from %s on",
		wording.Prose.Percent(float64(low.Rate)), plainMoney(float64(low.To)), tree.WithinDays, wording.Prose.Percent(float64(high.Rate)), plainMoney(float64(high.From)))
}

// inEvent says whether a day lies in one of the events.
func inEvent(events []data.Event, d data.Day) bool {
	for _, e := range events {
		if e.Has(d) {
			return true
		}
	}
	return false
}
