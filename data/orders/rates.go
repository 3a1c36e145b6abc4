package orders

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/data/parse"
)

// Rates convert amounts to one currency, by the day of the line.
type Rates map[string][]RateDay // by currency in upper case, days ascending

// RateDay is what one unit of a currency is worth from a day on.
type RateDay struct {
	Day  data.Day
	Rate int64 // in units of the other currency × 100,000,000; above 0
}

// oldestRate is how many days a rate may be older than a line that it converts:
// banks publish none on holidays, and some shops keep one a month.
const oldestRate = 31

// rateDays are the rates of one currency; of the currency that all are
// converted to it has no days.
type rateDays struct {
	currency string
	days     []RateDay
	open     bool // there are no rates, though the currency is another
}

// rateOf finds the rates of a currency. Where no currency is asked for, the one
// without rates is that of the results.
func (opts *Options) rateOf(currency string) rateDays {
	days := (*opts.Rates)[currency]
	if currency == opts.Currency {
		days = nil
	}
	return rateDays{currency, days, len(days) == 0 && opts.Currency != "" && currency != opts.Currency}
}

// on is the rate of a day: its own, or the newest before.
func (r *rateDays) on(day data.Day) (int64, error) {
	at, found := slices.BinarySearchFunc(r.days, day, func(d RateDay, day data.Day) int { return int(d.Day) - int(day) })
	if !found {
		at--
	}
	if at < 0 {
		return 0, fmt.Errorf("no rate of %s for %s: the first in --rates is of %s", r.currency, day, r.days[0].Day)
	}
	if day-r.days[at].Day > oldestRate {
		return 0, fmt.Errorf("no rate of %s for %s: the newest before in --rates is of %s, more than %d days earlier", r.currency, day, r.days[at].Day, oldestRate)
	}
	return r.days[at].Rate, nil
}

// RateError says that --rates lacks a rate that the orders need.
type RateError struct{ Err error }

func (e *RateError) Error() string { return e.Err.Error() }

// ExitCode is 2: a setting is wrong.
func (e *RateError) ExitCode() int { return 2 }

// convert turns the amount of a line into the currency of the results: amount ×
// rate, rounded to a ten-thousandth, half away from zero.
func (n *normaliser) convert(b *batch, i int, v *values) Reason {
	rates := &n.facts[data.Currency].rates[b.text[data.Currency][i]+2]
	if rates.open && rates.currency == "" {
		return OtherCurrency
	}
	if rates.open {
		n.fail(&RateError{fmt.Errorf("no rate of %s in --rates, which %s has", rates.currency, data.DayOfMicros(v.time))})
		return OtherCurrency
	}
	if len(rates.days) == 0 {
		return Used
	}
	rate, err := rates.on(data.DayOfMicros(v.time))
	if err != nil {
		n.fail(&RateError{err})
		return OtherCurrency
	}
	total, ok := columns.LineTotal(rate, v.amount)
	if !ok {
		return Unreadable
	}
	v.amount = total
	return Used
}

// fail keeps the first error.
func (n *normaliser) fail(err error) {
	if n.err == nil {
		n.err = err
	}
}

// ParseRate reads a rate such as 0.9173, of at most eight decimals.
func ParseRate(text string) (int64, error) {
	plain, ok := parse.PlainNumber(strings.TrimSpace(text), parse.DecimalPoint)
	_, decimals, _ := strings.Cut(plain, ".")
	if ok && len(decimals) <= columns.PriceDecimals {
		if rate := columns.ParsePrice([]byte(plain)); rate > 0 {
			return rate, nil
		}
	}
	return 0, fmt.Errorf("want a rate above 0 of at most eight decimals such as 0.9173, found %q", text)
}

// Sort brings the days of each currency in order. Two rates of one day are an
// error.
func (r Rates) Sort() error {
	for _, currency := range slices.Sorted(maps.Keys(r)) {
		days := r[currency]
		slices.SortFunc(days, func(a, b RateDay) int { return int(a.Day) - int(b.Day) })
		for i := 1; i < len(days); i++ {
			if days[i].Day == days[i-1].Day && days[i].Rate != days[i-1].Rate {
				return fmt.Errorf("two rates of %s for %s", currency, days[i].Day)
			}
		}
	}
	return nil
}
