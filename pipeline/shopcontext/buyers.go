package shopcontext

import (
	"math"
	"sync"

	"winback/data"
	"winback/models/buyers"
)

const (
	mostModelled = 2000 // customers that a probability model is fitted on
	fitSpacing   = 91   // days between fits: their parameters move slowly
)

// fits are the probability models of a sample, by the day up to which they
// know it.
type fits struct {
	mu    sync.Mutex
	byDay map[data.Day]*fit
}

type fit struct {
	once  sync.Once
	model *buyers.MBGNBD // in weeks; nil: nothing tells how often customers buy
}

// buyersAt returns the model of the last fit up to a day.
func (s *Sample) buyersAt(day data.Day) *buyers.MBGNBD {
	day -= ((day % fitSpacing) + fitSpacing) % fitSpacing
	s.fits.mu.Lock()
	if s.fits.byDay == nil {
		s.fits.byDay = map[data.Day]*fit{}
	}
	f := s.fits.byDay[day]
	if f == nil {
		f = new(fit)
		s.fits.byDay[day] = f
	}
	s.fits.mu.Unlock()
	f.once.Do(func() { f.model = s.fitBuyers(day) })
	return f.model
}

// fitBuyers fits the MBG/NBD, which also lets customers go after their first
// purchase, on some of those who had bought before a day. In whole weeks many
// histories are alike, which makes it fast. Without repeat purchases there is
// no model.
func (s *Sample) fitBuyers(day data.Day) *buyers.MBGNBD {
	var known [][]data.Day
	for i := range s.customers {
		if days := s.customers[i].before(day); len(days) > 0 {
			known = append(known, days)
		}
	}
	n := min(len(known), mostModelled)
	frequency, recency, age := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		h := historyOf(known[i*len(known)/n], day)
		frequency[i], recency[i], age[i] = h.Frequency, math.Round(h.Recency), math.Round(h.Age)
	}
	histories, err := buyers.Collapse(frequency, recency, age)
	if err != nil {
		return nil
	}
	model, err := buyers.FitMBGNBD(histories)
	if err != nil {
		return nil
	}
	return model
}

// historyOf is what a model needs to know of purchase days before a day, in
// weeks.
func historyOf(days []data.Day, day data.Day) buyers.History {
	return history(len(days), days[0], days[len(days)-1], day)
}

func history(purchaseDays int, first, last, day data.Day) buyers.History {
	return buyers.History{Frequency: float64(purchaseDays - 1), Recency: float64(last-first) / weekDays, Age: float64(day-first) / weekDays, Customers: 1}
}

// forecasts remembers what a model says of histories, since many customers
// share theirs.
type forecasts struct {
	model   *buyers.MBGNBD
	horizon float64 // weeks
	known   map[buyers.History]forecast
}

type forecast struct{ alive, expected float64 }

func (f *forecasts) of(h buyers.History) forecast {
	if f.model == nil {
		return forecast{math.NaN(), math.NaN()}
	}
	said, ok := f.known[h]
	if !ok {
		said = forecast{f.model.Alive(h), f.model.ExpectedGiven(h, f.horizon)}
		f.known[h] = said
	}
	return said
}
