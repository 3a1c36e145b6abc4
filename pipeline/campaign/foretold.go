package campaign

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/pipeline/baserate"
	"winback/pipeline/effect"
	"winback/pipeline/ledger"
)

// Files of forecasts in the ledger.
const (
	ForecastFile = "forecast.parquet"  // of an entry of what was foretold
	SettledFile  = "forecasts.parquet" // of its result
)

// ForecastSettings are what an entry of what was foretold says beside its tables.
type ForecastSettings struct {
	Run         string `json:"run"`
	HorizonDays int    `json:"horizon_days"`
	LevelSigma  Figure `json:"level_sigma"`
}

// SettledForecast is what the result of a forecast says beside its table.
type SettledForecast struct {
	Forecast int `json:"forecast"` // number of the entry that foretold
}

// ForecastDue says whether a forecast is to be kept as of a day: campaigns have
// begun, and none is kept of the day's month yet.
func ForecastDue(l *ledger.Ledger, asOf data.Day) bool {
	month := asOf.String()[:len("2006-01")]
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Kind == ledger.Forecast && !l.Voided(e.Number) && strings.HasPrefix(e.Day, month) {
			return false
		}
	}
	return len(l.InForce(asOf.String(), ledger.Launch)) > 0
}

// Foretold is a forecast whose horizon is over, with what came.
type Foretold struct {
	Entry    *ledger.Entry // that of a run, or a launch: then of the held-out
	from, to data.Day      // of the horizon; to is the first day after
	sigma    float64
	rows     []tables.ForecastRow // by customer id; of those who were not contacted
	returned []bool
}

// SettledBy is the result of a forecast by its number; nil for none yet.
func SettledBy(l *ledger.Ledger, forecast int) *ledger.Entry {
	for i := range l.Entries {
		e := &l.Entries[i]
		var s SettledForecast
		if e.Kind == ledger.Result && e.Has(SettledFile) && !l.Voided(e.Number) && json.Unmarshal(e.Settings, &s) == nil && s.Forecast == forecast {
			return e
		}
	}
	return nil
}

// DueForecasts are the forecasts whose horizon is over as of a day and that have no
// result yet.
func DueForecasts(l *ledger.Ledger, asOf data.Day) (due []*Foretold, err error) {
	for _, e := range l.InForce(asOf.String(), ledger.Launch, ledger.Forecast) {
		if SettledBy(l, e.Number) != nil {
			continue
		}
		f, err := foretold(e, asOf)
		if err != nil {
			return nil, err
		}
		if f != nil {
			due = append(due, f)
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	waves, err := Load(l, "", asOf)
	if err != nil {
		return nil, err
	}
	told, err := StandingsOf(l, waves, asOf)
	for _, f := range due {
		f.leaveOut(told)
	}
	return due, err
}

// foretold reads a forecast; nil where its horizon is not over.
func foretold(e *ledger.Entry, asOf data.Day) (*Foretold, error) {
	f := &Foretold{Entry: e, from: e.On()}
	if e.Kind == ledger.Launch {
		var plan Plan
		if err := e.ReadJSON(PlanFile, &plan); err != nil {
			return nil, err
		}
		f.to, f.sigma = f.from+data.Day(plan.HorizonDays), float64(plan.LevelSigma)
		if f.to > asOf || plan.Run == "" { // what a list drawn elsewhere foretells is not ours
			return nil, nil
		}
		w, err := open(e)
		if err != nil {
			return nil, err
		}
		for _, r := range w.Rows {
			if r.Arm == tables.HoldoutArm && !math.IsNaN(r.Probability) {
				f.rows = append(f.rows, tables.ForecastRow{CustomerID: r.CustomerID, Group: r.Group, Probability: r.Probability})
			}
		}
		if len(f.rows) == 0 {
			return nil, nil
		}
		return f, nil
	}
	var s ForecastSettings
	if err := json.Unmarshal(e.Settings, &s); err != nil || s.HorizonDays < 1 {
		return nil, fmt.Errorf("%s: %w: want the days of the horizon in its settings", e.Name(), ledger.ErrDamaged)
	}
	f.to, f.sigma = f.from+data.Day(s.HorizonDays), float64(s.LevelSigma)
	if f.to > asOf {
		return nil, nil
	}
	file, size, err := e.Open(ForecastFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for row, err := range tables.ReadForecast(file, size) {
		if err != nil {
			return nil, &data.InputError{Path: e.Name() + "/" + ForecastFile, Err: err}
		}
		f.rows = append(f.rows, row)
	}
	return f, nil
}

// leaveOut takes away who was contacted within the horizon.
func (f *Foretold) leaveOut(told Standings) {
	of := told.Walk()
	f.rows = slices.DeleteFunc(f.rows, func(r tables.ForecastRow) bool {
		return slices.ContainsFunc(of(r.CustomerID).Contacts, func(day data.Day) bool { return day >= f.from && day < f.to })
	})
	f.returned = make([]bool, len(f.rows))
}

// See notes what a customer did. It may be called from several goroutines, for
// different customers.
func (f *Foretold) See(id string, h orders.History) {
	at, known := slices.BinarySearchFunc(f.rows, id, func(r tables.ForecastRow, id string) int { return strings.Compare(r.CustomerID, id) })
	if known {
		f.returned[at] = h.Since(f.from).Before(f.to).HasPurchase()
	}
}

// Settled are the groups beside what came, by number, once all customers were seen.
func (f *Foretold) Settled() (rows []tables.SettledRow) {
	groups := map[int32]*tables.SettledRow{}
	for i, r := range f.rows {
		g := groups[r.Group]
		if g == nil {
			g = &tables.SettledRow{AsOf: int32(f.from), Group: r.Group}
			groups[r.Group] = g
		}
		g.Customers++
		g.Probability += r.Probability
		if f.returned[i] {
			g.Returned++
		}
	}
	for _, number := range slices.Sorted(maps.Keys(groups)) {
		g := groups[number]
		g.Probability /= float64(g.Customers)
		g.Rate = float64(g.Returned) / float64(g.Customers)
		g.Low, g.High = baserate.ObservedInterval(g.Probability, g.Customers, f.sigma)
		g.Inside = g.Low <= g.Rate && g.Rate <= g.High
		rows = append(rows, *g)
	}
	return rows
}

// ForecastRecord is what came of all forecasts that are settled. Figures are not
// known before one is, but Tau, which then is effect.UntestedTau.
type ForecastRecord struct {
	Settled              int    `json:"settled"` // forecasts
	ObservedOverExpected Figure `json:"observed_over_expected"`
	Low                  Figure `json:"low"` // of it, Garwood's 95 %
	High                 Figure `json:"high"`
	Inside               Figure `json:"inside"` // share of the groups inside their range
	Tau                  Figure `json:"tau"`

	Rows   []tables.SettledRow `json:"-"` // by forecast, the oldest entry first, and group
	Judged []Judged            `json:"-"` // one a forecast, in that order
}

// Record is the record as known on a day. For Tau the groups of each forecast are
// taken at its own level.
func Record(l *ledger.Ledger, asOf data.Day) (ForecastRecord, error) {
	r := ForecastRecord{ObservedOverExpected: unknown, Low: unknown, High: unknown, Inside: unknown, Tau: effect.UntestedTau}
	returned, expected, inside := int64(0), 0.0, 0
	var groups []effect.Settled
	for _, e := range l.InForce(asOf.String(), ledger.Result) {
		if !e.Has(SettledFile) {
			continue
		}
		rows, err := readSettled(e)
		if err != nil {
			return r, err
		}
		r.Settled++
		r.Rows = append(r.Rows, rows...)
		judged, err := judge(l, e, rows)
		if err != nil {
			return r, err
		}
		r.Judged = append(r.Judged, judged)
		came, due := int64(0), 0.0
		for _, row := range rows {
			came, due = came+row.Returned, due+row.Probability*float64(row.Customers)
			if row.Inside {
				inside++
			}
		}
		returned, expected = returned+came, expected+due
		for _, row := range rows {
			groups = append(groups, effect.Settled{Returned: row.Returned, Expected: row.Probability * float64(row.Customers) * float64(came) / due})
		}
	}
	if len(r.Rows) == 0 || expected == 0 {
		return r, nil
	}
	ratio := effect.ObservedOverExpected(returned, expected)
	r.ObservedOverExpected, r.Low, r.High = Figure(ratio.Value), Figure(ratio.Low), Figure(ratio.High)
	r.Inside, r.Tau = Figure(float64(inside)/float64(len(r.Rows))), Figure(effect.Misfit(groups))
	return r, nil
}

func readSettled(e *ledger.Entry) (rows []tables.SettledRow, err error) {
	file, size, err := e.Open(SettledFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for row, err := range tables.ReadSettled(file, size) {
		if err != nil {
			return nil, &data.InputError{Path: e.Name() + "/" + SettledFile, Err: err}
		}
		rows = append(rows, row)
	}
	return rows, nil
}
