package effect

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"testing"
)

// drawn are the draws: campaigns × nights of ten groups, all sent at once.
type drawn [200][61][]Group

// readDraws fills the nights on which no count of a group moved.
func readDraws(t *testing.T) (launched []Group, all *drawn) {
	t.Helper()
	for _, row := range csvRows(t, bytes.NewReader(needsCampaign(t, "draws_groups.csv"))) {
		launched = append(launched, Group{Contacted: int64(row[1]), HeldOut: int64(row[2]), Probability: row[3]})
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(needsCampaign(t, "draws.csv.gz")))
	if err != nil {
		t.Fatal(err)
	}
	all = new(drawn)
	for c := range all {
		for night := range all[c] {
			all[c][night] = slices.Clone(launched)
		}
	}
	for _, row := range csvRows(t, unzipped) {
		for night := int(row[2]); night <= 60; night++ {
			g := &all[int(row[0])-1][night][int(row[1])-1]
			g.Returned, g.HeldOutReturned = int64(row[3]), int64(row[4])
		}
	}
	return launched, all
}

func csvRows(t *testing.T, from io.Reader) [][]float64 {
	t.Helper()
	records, err := csv.NewReader(from).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]float64
	for _, record := range records[1:] {
		row := make([]float64, len(record))
		for i, cell := range record {
			if row[i], err = strconv.ParseFloat(cell, 64); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// TestAnytime_OnTheDrawnCampaigns: 5 of 200 ever miss the truth on one of sixty
// nights, a fixed interval misses it in 49.
func TestAnytime_OnTheDrawnCampaigns(t *testing.T) {
	var want struct {
		Planned    float64               `json:"planned_variance"`
		Truth      map[string]float64    `json:"true_extra_by_day"`
		Misses     int                   `json:"campaigns_with_a_miss"`
		Seen       int                   `json:"campaigns_seen"`
		MedianSeen float64               `json:"first_night_seen_median"`
		First      map[string][4]float64 `json:"campaign_1"`
		SumLow     float64               `json:"sum_low"`
		SumHigh    float64               `json:"sum_high"`
		Fixed      int                   `json:"fixed_interval_misses"`
	}
	if err := json.Unmarshal(needsCampaign(t, "draws_expected.json"), &want); err != nil {
		t.Fatal(err)
	}
	launched, all := readDraws(t)
	planned := PlannedVariance(launched)
	near(t, "planned variance", planned, want.Planned, 1e-6)
	truth := func(night int) float64 { // effects wear off by eighths a day
		return want.Truth["60"] * math.Expm1(-float64(night)/8) / math.Expm1(-60./8)
	}
	for day, extra := range want.Truth {
		night, _ := strconv.Atoi(day)
		near(t, "truth of day "+day, truth(night), extra, 1e-5)
	}
	misses, fixed, sumLow, sumHigh := 0, 0, 0.0, 0.0
	var seen []float64
	for c := range all {
		missed, missedFixed, first := false, false, 0
		for night := 1; night <= 60; night++ {
			e, v := Anytime(all[c][night], planned), VarianceSoFar(all[c][night])
			sumLow, sumHigh = sumLow+e.Low, sumHigh+e.High
			missed = missed || truth(night) < e.Low || truth(night) > e.High
			missedFixed = missedFixed || math.Abs(truth(night)-e.Value) > z*math.Sqrt(v)
			if first == 0 && e.Low > 0 {
				first = night
			}
			if row, listed := want.First[strconv.Itoa(night)]; listed && c == 0 {
				for i, got := range []float64{e.Value, v, e.Low, e.High} {
					near(t, fmt.Sprintf("campaign 1, night %d, number %d", night, i+1), got, row[i], 1e-5)
				}
			}
		}
		if missed {
			misses++
		}
		if missedFixed {
			fixed++
		}
		if first > 0 {
			seen = append(seen, float64(first))
		}
	}
	near(t, "campaigns with a miss", float64(misses), float64(want.Misses), 0)
	near(t, "campaigns seen", float64(len(seen)), float64(want.Seen), 0)
	near(t, "median first night seen", median(seen), want.MedianSeen, 0)
	near(t, "fixed interval misses", float64(fixed), float64(want.Fixed), 0)
	near(t, "sum of low limits", sumLow, want.SumLow, 1e-3)
	near(t, "sum of high limits", sumHigh, want.SumHigh, 1e-3)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if got != want && !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.10g, want %.10g within %g", what, got, want, tolerance)
	}
}
