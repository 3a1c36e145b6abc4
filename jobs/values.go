package jobs

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/internal/fsys"
	"winback/jobs/settings"
	"winback/pipeline/wording"
)

// namedValues asks that every status and currency that a setting names is that
// of some row: one that is not is mistyped, and the lines that it means would
// count. The rows of a table without such a column are none.
func namedValues(o *orders.Table, s settings.Reading) error {
	if !o.ManyStatuses() {
		if err := namedIn(o, data.Status, "--returns status=", s.Returns.Statuses, o.Statuses()); err != nil {
			return err
		}
		if err := namedIn(o, data.Status, "--returns type=", s.Returns.Types, o.Statuses()); err != nil {
			return err
		}
		if err := namedIn(o, data.Status, "--exclude-status", s.ExcludeStatuses, o.Statuses()); err != nil {
			return err
		}
	}
	if s.Currency == "" {
		return openRates(o)
	}
	return namedIn(o, data.Currency, "--currency", []string{s.Currency}, o.Currencies())
}

func namedIn(o *orders.Table, role data.Role, setting string, named []string, known []orders.ValueCount) error {
	column := o.Column(role)
	for _, value := range named {
		if slices.ContainsFunc(known, func(v orders.ValueCount) bool { return v.Value == value }) || role == data.Status && o.NamesMark(value) {
			continue
		}
		if column == "" {
			return &settings.Error{Where: setting, Text: fmt.Sprintf("%q: the orders have no column for the %s; name it with --map %s=COLUMN", value, role, role)}
		}
		return &settings.Error{Where: setting, Text: fmt.Sprintf("%q: no row has it; the values of column %q are %s", value, column, knownValues(known))}
	}
	return nil
}

// knownValues lists the most frequent values with their rows.
func knownValues(known []orders.ValueCount) string {
	const most = 10
	var texts []string
	for _, v := range known {
		if v.Value == "" {
			continue
		}
		if len(texts) == most {
			return strings.Join(texts, ", ") + " and others"
		}
		texts = append(texts, fmt.Sprintf("%s (%s)", v.Value, wording.Thousands(v.Rows)))
	}
	if len(texts) == 0 {
		return "all empty"
	}
	return strings.Join(texts, ", ")
}

// openRates asks that no more than one currency is without rates, to which all
// others are converted.
func openRates(o *orders.Table) error {
	rates := o.Settings().Rates
	if rates == nil {
		return nil
	}
	if o.Column(data.Currency) == "" {
		return &settings.Error{Where: "--rates", Text: "the orders have no column for the currency; name it with --map currency=COLUMN"}
	}
	var open []string
	for _, v := range o.Currencies() {
		if len((*rates)[v.Value]) == 0 && v.Value != "" {
			open = append(open, v.Value)
		}
	}
	if len(open) > 1 {
		return &settings.Error{Where: "--rates", Text: fmt.Sprintf("want the rates of all currencies but the one of the results, which has none; found none of %s", strings.Join(open, ", "))}
	}
	return nil
}

// readRates reads exchange rates: CSV with the columns day, currency and rate.
func readRates(files fsys.FS, path string) (*orders.Rates, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	defer f.Close()
	rates, err := parseRates(f)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	return rates, nil
}

func parseRates(r io.Reader) (*orders.Rates, error) {
	in := csv.NewReader(r)
	in.TrimLeadingSpace = true
	head, err := in.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var at [3]int
	for i, name := range [...]string{"day", "currency", "rate"} {
		at[i] = slices.IndexFunc(head, func(s string) bool { return data.PlainName(strings.TrimPrefix(s, "\ufeff")) == name })
		if at[i] < 0 {
			return nil, fmt.Errorf("want a first line with day,currency,rate, found %q", strings.Join(head, ","))
		}
	}
	rates := orders.Rates{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		day, err := data.ParseDay(strings.TrimSpace(row[at[0]]))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		currency := strings.ToUpper(strings.TrimSpace(row[at[1]]))
		if currency == "" {
			return nil, fmt.Errorf("line %d: want a currency such as USD, found none", line)
		}
		rate, err := orders.ParseRate(row[at[2]])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		rates[currency] = append(rates[currency], orders.RateDay{Day: day, Rate: rate})
	}
	if len(rates) == 0 {
		return nil, errors.New("no rates in it")
	}
	return &rates, rates.Sort()
}
