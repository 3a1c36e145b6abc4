package learn

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"winback/data"
	"winback/models"
	"winback/pipeline/external"
	"winback/pipeline/shopcontext"
)

// State is what a later night needs of what was learned beside the models: it is
// written into model/index.json, and read from there.
type State struct {
	AsOf        data.Day // as-of day of the night that learned
	Horizon     int      // days
	LapsedAfter int      // days
	Columns     []ColumnState
	Groups      []GroupState // by leaf; nil without a tree
	External    string       // column of the external score; "" for none
}

// ColumnState is a feature as the customers showed it on the night that learned.
type ColumnState struct {
	Name   string   `json:"name"`
	Levels []string `json:"levels,omitempty"` // of a text, ascending; what the models call them
	Text   bool     `json:"text,omitempty"`
	// Edges part the values of a number: bin k holds those up to Edges[k], the one
	// behind them the rest. Days of the calendar have none.
	Edges []float32 `json:"edges,omitempty"`
	// Shares of the customers in each bin, or of each level, and last of those
	// without a value.
	Shares []exact `json:"shares,omitempty"`
}

// GroupState is a leaf of the groups' tree as it was published.
type GroupState struct {
	Leaf          int   `json:"leaf"`
	Group         int   `json:"group"` // number; 0: nobody was in it
	Share         exact `json:"share"` // of the lapsed on the night that learned
	TestCustomers int64 `json:"test_customers"`
	TestReturned  int64 `json:"test_returned"`
	TestPredicted exact `json:"test_predicted"`
}

// exact is a number that is read as it was written; null is NaN.
type exact float64

// MarshalJSON writes as few digits as give the same number back.
func (x exact) MarshalJSON() ([]byte, error) {
	if f := float64(x); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return strconv.AppendFloat(nil, f, 'g', -1, 64), nil
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads null as NaN.
func (x *exact) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*x = exact(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(x))
}

// stateBins is in how many parts of equal size the values of a number are cut.
const stateBins = 10

// columnStates describes the customers of a night.
func columnStates(raw *models.Matrix) []ColumnState {
	raw = external.Hide(raw)
	states := make([]ColumnState, len(raw.Names))
	for k, name := range raw.Names {
		c := ColumnState{Name: name, Text: raw.Levels[k] != nil, Levels: raw.Levels[k]}
		if !c.Text && !shopcontext.IsCalendar(name) {
			c.Edges = edgesOf(raw.Columns[k])
		}
		for _, share := range c.sharesOf(raw.Columns[k]) {
			c.Shares = append(c.Shares, exact(share))
		}
		states[k] = c
	}
	return states
}

// edgesOf are the distinct deciles of the values, without the largest.
func edgesOf(column []float32) []float32 {
	values := slices.DeleteFunc(slices.Clone(column), func(v float32) bool { return v != v })
	slices.Sort(values)
	edges := []float32{}
	for b := 1; b < stateBins && len(values) > 0; b++ {
		edges = append(edges, values[len(values)*b/stateBins])
	}
	return slices.Compact(edges)
}

// sharesOf are the shares of the values in the bins of the column; nil for one
// that has none.
func (c *ColumnState) sharesOf(column []float32) []float64 {
	if !c.Text && c.Edges == nil {
		return nil
	}
	bins := len(c.Edges) + 2
	if c.Text {
		bins = len(c.Levels) + 1
	}
	counts := make([]float64, bins)
	for _, v := range column {
		switch at := int(v); {
		case v != v:
			counts[bins-1]++
		case !c.Text:
			at, _ = slices.BinarySearch(c.Edges, v)
			counts[at]++
		default:
			counts[at]++
		}
	}
	for i := range counts {
		counts[i] /= float64(max(len(column), 1))
	}
	return counts
}

// Shares below leastBin do not count by themselves, and a bin that nobody is in
// any more counts as leastShareSeen.
const (
	leastBin       = 0.01
	leastShareSeen = 1e-4
)

// shift is the population-stability index of a column: Σ (now − then) ×
// ln(now ÷ then) over its bins (Siddiqi 2006, Credit Risk Scorecards, ch. 6). Levels of a text that
// hardly anybody had are taken together.
func (c *ColumnState) shift(column []float32) float64 {
	now := c.sharesOf(column)
	sum, others := 0.0, [2]float64{}
	add := func(then, now float64) {
		then, now = max(then, leastShareSeen), max(now, leastShareSeen)
		sum += (now - then) * math.Log(now/then)
	}
	for i, share := range now {
		then := float64(c.Shares[i])
		if c.Text && then < leastBin {
			others[0], others[1] = others[0]+then, others[1]+share
			continue
		}
		add(then, share)
	}
	add(others[0], others[1])
	return sum
}

// Shift is the population-stability index over the features of the ranker: the
// mean of theirs, weighted by how much each counts in it. raw are customers of a
// later night, aligned.
func (d *Learned) Shift(raw *models.Matrix) float64 {
	weights := d.Importance[d.Gate.Name]
	if len(weights) == 0 {
		weights = []FeatureShare{{"recency_days", 1}}
	}
	sum, total := 0.0, 0.0
	for _, w := range weights {
		k := slices.IndexFunc(d.State.Columns, func(c ColumnState) bool { return c.Name == w.Feature })
		if k < 0 || d.State.Columns[k].Shares == nil {
			continue
		}
		sum += float64(w.Share) * d.State.Columns[k].shift(raw.Columns[k])
		total += float64(w.Share)
	}
	if total == 0 {
		return 0
	}
	return sum / total
}
