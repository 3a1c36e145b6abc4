package diagnose

import "winback/features"

// StageRow is a stage by one of the clocks.
type StageRow struct {
	Clock     Clock  `json:"clock"`
	Stage     string `json:"stage"`
	Asset     string `json:"asset"`     // the stage in the books, if customers were claims
	FromDays  int    `json:"from_days"` // days since the last purchase; 0 where they differ by customer
	ToDays    int    `json:"to_days"`   // last day; 0: no end, or differs by customer
	Customers int64  `json:"customers"`
	OneTime   int64  `json:"one_time_customers"`
	Repeat    int64  `json:"repeat_customers"`
	// PastValue is what they have bought; ExpectedValue what the model expects
	// of those it scores, within the horizon; unknown where it scores none.
	PastValue       Number `json:"past_value"`
	OneTimeValue    Number `json:"one_time_value"`
	RepeatValue     Number `json:"repeat_value"`
	ExpectedValue   Number `json:"expected_value"`
	ScoredCustomers int64  `json:"scored_customers"`
	// ReturnRate is the share of the customers who stood there at the test cut
	// and bought within the horizon.
	ReturnRate    Number `json:"return_rate"`
	ReturnLow     Number `json:"return_rate_low"`
	ReturnHigh    Number `json:"return_rate_high"`
	TestCustomers int64  `json:"test_customers"`
}

// stageSums add up the customers of the four stages of one clock.
type stageSums [features.StageCount]struct {
	standing
	expected         float64
	scored           int64
	tested, returned int64
}

func (s *stageSums) merge(o *stageSums) {
	for k := range s {
		s[k].standing.merge(&o[k].standing)
		s[k].tested += o[k].tested
		s[k].returned += o[k].returned
	}
}

func (s *stageSums) test(stage features.Stage, returned bool) {
	s[stage].tested++
	if returned {
		s[stage].returned++
	}
}

// rows writes the sums out; edges are zero where they differ by customer.
func (s *stageSums) rows(clock Clock, edges features.StageEdges) []StageRow {
	const scale = 10_000
	var rows []StageRow
	for k := range s {
		sum := &s[k]
		r := StageRow{Clock: clock, Stage: features.Stage(k).String(), Asset: assetOf(features.Stage(k)), Customers: sum.customers, OneTime: sum.oneTime, Repeat: sum.customers - sum.oneTime,
			PastValue: Number(float64(sum.value) / scale), OneTimeValue: Number(float64(sum.oneValue) / scale), RepeatValue: Number(float64(sum.value-sum.oneValue) / scale),
			ExpectedValue: unknown, ScoredCustomers: sum.scored, ReturnRate: ratio(sum.returned, sum.tested), TestCustomers: sum.tested}
		r.ReturnLow, r.ReturnHigh = wilson(sum.returned, sum.tested)
		if sum.scored > 0 {
			r.ExpectedValue = Number(sum.expected)
		}
		if edges != (features.StageEdges{}) {
			if k > 0 {
				r.FromDays = edges[k-1] + 1
			} else {
				r.FromDays = 1
			}
			if k < len(edges) {
				r.ToDays = edges[k]
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// stagesBy counts everybody by a clock that looks at the recency alone. The
// test cut's edges are those that were known then.
func (f *facts) stagesBy(edges, testEdges features.StageEdges) *stageSums {
	var s stageSums
	for days := range f.counts.recency {
		s[edges.Of(days)].merge(&f.counts.recency[days])
	}
	if len(f.cuts) > 0 {
		for i := range f.states[0] {
			st := &f.states[0][i]
			s.test(testEdges.Of(int(f.cuts[0]-st.last)), st.returned)
		}
	}
	return &s
}
