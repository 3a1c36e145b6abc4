package effect

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"testing"
)

// TestHill_IsAsExpected compares a real campaign: a merchant's two mails against
// no mail (Hillstrom 2008), by groups, of whose probabilities nothing was known.
func TestHill_IsAsExpected(t *testing.T) {
	records, err := csv.NewReader(bytes.NewReader(needsCampaign(t, "hill/expected.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	place := map[string]int{}
	for i, name := range records[0] {
		place[name] = i
	}
	arms := map[string][][]string{}
	for _, record := range records[1:] {
		arms[record[place["arm"]]] = append(arms[record[place["arm"]]], record)
	}
	for _, arm := range []string{"men", "women"} {
		records := arms[arm]
		if len(records) != 9 {
			t.Fatalf("%s: %d rows, want 8 groups and the wave", arm, len(records))
		}
		var groups []Group
		cell := func(row int, name string) float64 {
			text := records[row][place[name]]
			if text == "" { // not bounded
				return math.Inf(1)
			}
			x, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		for i := range records[:8] {
			groups = append(groups, Group{int64(cell(i, "customers")), int64(cell(i, "returns")),
				int64(cell(i, "held_out")), int64(cell(i, "held_out_returns")), math.NaN()})
		}
		compare := func(row int, e Estimate, names ...string) {
			for i, got := range flat(e) {
				near(t, arm+" "+names[i], got, cell(row, names[i]), 1e-6)
			}
		}
		compare(8, Extra(groups), "extra_returns", "extra_low", "extra_high")
		for i, learned := range Learn(groups, UntestedTau) {
			extra := Extra(groups[i : i+1])
			compare(i, extra, "extra_returns", "extra_low", "extra_high")
			compare(i, CostPerExtra(.1*cell(i, "customers"), extra), "cost_per_extra", "cost_low", "cost_high")
			near(t, arm+" learned lift", learned.Lift, cell(i, "learned_lift"), 1e-6)
			near(t, arm+" learned sd", learned.SD, cell(i, "learned_sd"), 1e-6)
		}
	}
}
