package data

import (
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

// Event is a sale or another day on which people buy for the occasion.
type Event struct {
	Name     string
	From, To Day // both within the event; where Yearly is set, only month and day count
	Yearly   bool
}

// ParseEvents reads an event calendar, a file such as events.yaml:
//
//	events:
//	  - name: Double 11
//	    from: 11-01        # each year
//	    to: 11-11
//	  - name: anniversary
//	    from: 2026-05-01   # once
//	    to: 2026-05-07
//
// Without to an event lasts one day. An unknown key or a day that is none is an
// error that names the file and the place.
func ParseEvents(file string, content []byte) ([]Event, error) {
	var table struct {
		Events []struct {
			Name string `yaml:"name"`
			From string `yaml:"from"`
			To   string `yaml:"to"`
		} `yaml:"events"`
	}
	if err := StrictYAML(file, content, &table); err != nil {
		return nil, err
	}
	var events []Event
	for i, row := range table.Events {
		e := Event{Name: row.Name}
		err := error(nil)
		if e.Name == "" {
			err = errors.New("want a name")
		}
		if row.To == "" {
			row.To = row.From
		}
		if err == nil {
			e.From, e.Yearly, err = eventDay(row.From)
		}
		yearly := false
		if err == nil {
			e.To, yearly, err = eventDay(row.To)
		}
		if err == nil && (yearly != e.Yearly || !yearly && e.To < e.From) {
			err = fmt.Errorf("from %s to %s: want two days of the same form, the first one first", row.From, row.To)
		}
		if err != nil {
			return nil, &InputError{file, fmt.Errorf("event %d: %w", i+1, err)}
		}
		events = append(events, e)
	}
	return events, nil
}

// eventDay reads YYYY-MM-DD, or MM-DD of any year.
func eventDay(text string) (day Day, yearly bool, err error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return DayOf(t), false, nil
	}
	// 2000 had a 29 February.
	if t, err := time.Parse(time.DateOnly, "2000-"+text); err == nil {
		return DayOf(t), true, nil
	}
	return 0, false, fmt.Errorf("day %q: want YYYY-MM-DD, or MM-DD for each year", text)
}

// Has says whether a day lies in the event. A yearly event may run over the
// end of the year.
func (e Event) Has(d Day) bool {
	if !e.Yearly {
		return d >= e.From && d <= e.To
	}
	at, from, to := monthDay(d), monthDay(e.From), monthDay(e.To)
	if from <= to {
		return at >= from && at <= to
	}
	return at >= from || at <= to
}

// monthDay counts month and day so that they compare.
func monthDay(d Day) int {
	_, m, day := d.Time().Date()
	return int(m)*32 + day
}

// StrictYAML reads one document into v; unknown keys are errors.
func StrictYAML(file string, content []byte, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &InputError{file, fmt.Errorf("no readable YAML: %v", p)}
		}
	}()
	if err := yaml.UnmarshalWithOptions(content, v, yaml.Strict()); err != nil {
		var placed yaml.Error
		if errors.As(err, &placed) && placed.GetToken() != nil && placed.GetToken().Position != nil {
			at := placed.GetToken().Position
			return &InputError{fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column), errors.New(placed.GetMessage())}
		}
		return &InputError{file, err}
	}
	return nil
}
