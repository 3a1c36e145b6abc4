package shopcontext

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"winback/data"
	"winback/models/buyers"
)

// viewForm is a view as JSON, for other machines.
type viewForm struct {
	Day       string                 `json:"day"`
	Horizon   int                    `json:"horizon_days"`
	Traffic   []float64              `json:"traffic"`    // by week before the day, purchase days over the median week
	PeakWeeks []int                  `json:"peak_weeks"` // of the year, counted back from the day
	Cohorts   tallyForm              `json:"cohorts"`
	ByWeek    [][]tallyForm          `json:"cohorts_by_week"` // by week before the day, and by purchase days
	Numbers   []int32                `json:"product_numbers"` // by code, 0 is any product of a handful of buyers
	Rates     []productForm          `json:"product_rates"`   // by number
	Buyers    *[buyerNumbers]float64 `json:"buyers"`          // r, alpha, a, b of the MBG/NBD in weeks; null: there is none
}

const buyerNumbers = 4

type (
	tallyForm   [2]float64 // customers, and those of them who came back
	productForm [2]float64 // share of the buyers who bought again, and of those who were lapsed
)

// MarshalJSON writes the view so that it is read exactly.
func (v *View) MarshalJSON() ([]byte, error) {
	f := viewForm{Day: v.day.String(), Horizon: v.horizon, Traffic: v.weeks.traffic, PeakWeeks: []int{}, Cohorts: tallyForm{v.cohorts.all.customers, v.cohorts.all.returned}, ByWeek: [][]tallyForm{}, Numbers: v.catalogue.numbers}
	for week, peak := range v.weeks.peak {
		if peak {
			f.PeakWeeks = append(f.PeakWeeks, week)
		}
	}
	for _, c := range v.cohorts.byWeek {
		var week []tallyForm
		for _, t := range c.byDays {
			week = append(week, tallyForm{t.customers, t.returned})
		}
		f.ByWeek = append(f.ByWeek, week)
	}
	for _, r := range v.products {
		f.Rates = append(f.Rates, productForm{r.again, r.late})
	}
	if b := v.buyers; b != nil {
		f.Buyers = &[buyerNumbers]float64{b.R, b.Alpha, b.A, b.B}
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote; whatever the text is, the view holds
// together, or there is an error.
func (v *View) UnmarshalJSON(text []byte) error {
	var f viewForm
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	day, err := data.ParseDay(f.Day)
	if err != nil {
		return fmt.Errorf("day: %w", err)
	}
	if f.Horizon < 1 || len(f.Traffic) != len(f.ByWeek) || len(f.Rates) == 0 {
		return fmt.Errorf("horizon of %d days, traffic of %d weeks, cohorts of %d, rates of %d products: want a horizon, as many weeks of both and the rates of any product", f.Horizon, len(f.Traffic), len(f.ByWeek), len(f.Rates))
	}
	*v = View{day: day, horizon: f.Horizon, season: newSeason(f.Horizon), weeks: weeks{traffic: f.Traffic}, catalogue: &catalogue{f.Numbers, len(f.Rates)}}
	for _, week := range f.PeakWeeks {
		if week < 0 || week >= yearWeeks {
			return fmt.Errorf("peak week %d, want one of a year", week)
		}
		v.weeks.peak[week] = true
	}
	if err := v.takeCohorts(&f); err != nil {
		return err
	}
	for _, n := range f.Numbers {
		if n < 0 || int(n) >= len(f.Rates) {
			return fmt.Errorf("product number %d, want one below %d", n, len(f.Rates))
		}
	}
	for _, r := range f.Rates {
		v.products = append(v.products, productRates{r[0], r[1]})
	}
	return v.takeBuyers(f.Buyers)
}

func (v *View) takeCohorts(f *viewForm) error {
	v.cohorts = cohorts{all: tally{f.Cohorts[0], f.Cohorts[1]}, byWeek: make([]cohort, len(f.ByWeek))}
	for week, days := range f.ByWeek {
		if len(days) != mostDays+1 {
			return fmt.Errorf("cohorts of week %d: %d classes, want %d", week, len(days), mostDays+1)
		}
		for i, t := range days {
			if !(t[0] >= t[1] && t[1] >= 0) {
				return fmt.Errorf("cohorts of week %d: %v of %v came back", week, t[1], t[0])
			}
			v.cohorts.byWeek[week].byDays[i] = tally{t[0], t[1]}
		}
	}
	return nil
}

func (v *View) takeBuyers(b *[buyerNumbers]float64) error {
	if b == nil {
		return nil
	}
	for _, x := range b {
		if !(x > 0) || math.IsInf(x, 0) {
			return errors.New("buyers: want numbers above 0")
		}
	}
	v.buyers = &buyers.MBGNBD{R: b[0], Alpha: b[1], A: b[2], B: b[3]}
	return nil
}
