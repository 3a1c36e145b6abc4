package campaign

import (
	"encoding/json"
	"fmt"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/baserate"
	"winback/pipeline/ledger"
)

// Judged is a forecast whose horizon is over, all its groups together.
type Judged struct {
	AsOf      data.Day
	HeldOutOf string // campaign and wave whose held-out customers it foretold; "": the lapsed who were not contacted
	Customers int64
	Expected  float64 // returns foretold
	Low, High float64 // their range, 95 %
	Returned  int64
	Inside    bool // what came lies within the range

	Groups, GroupsInside int
}

// judge sums the groups of a forecast that an entry settles.
func judge(l *ledger.Ledger, result *ledger.Entry, rows []tables.SettledRow) (Judged, error) {
	j := Judged{Groups: len(rows)}
	for _, r := range rows {
		j.AsOf = data.Day(r.AsOf)
		j.Customers, j.Returned, j.Expected = j.Customers+r.Customers, j.Returned+r.Returned, j.Expected+r.Probability*float64(r.Customers)
		if r.Inside {
			j.GroupsInside++
		}
	}
	sigma, heldOutOf, err := levelOf(l, result)
	if err != nil || j.Customers == 0 {
		return j, err
	}
	n := float64(j.Customers)
	low, high := baserate.ObservedInterval(j.Expected/n, j.Customers, sigma)
	j.HeldOutOf, j.Low, j.High = heldOutOf, n*low, n*high
	came := float64(j.Returned)
	j.Inside = j.Low-.5 <= came && came <= j.High+.5
	return j, nil
}

// levelOf is the sigma of the level of the forecast that an entry settles, and whose
// held-out customers it foretold.
func levelOf(l *ledger.Ledger, result *ledger.Entry) (sigma float64, heldOutOf string, err error) {
	var s SettledForecast
	if err := json.Unmarshal(result.Settings, &s); err != nil || s.Forecast < 1 || s.Forecast > len(l.Entries) {
		return 0, "", fmt.Errorf("%s: %w: want the entry of a forecast in its settings", result.Name(), ledger.ErrDamaged)
	}
	e := &l.Entries[s.Forecast-1]
	if e.Kind == ledger.Launch {
		var p Plan
		err := e.ReadJSON(PlanFile, &p)
		return float64(p.LevelSigma), fmt.Sprintf("%s, wave %d", e.Campaign, e.Wave), err
	}
	var f ForecastSettings
	err = json.Unmarshal(e.Settings, &f)
	return float64(f.LevelSigma), "", err
}
