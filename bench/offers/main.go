// Command offers writes the ten products that winback would show each lapsed customer
// on a past day, in the order chosen by days before and in each that it may choose, for
// offers.py, which judges them beside those of other libraries.
//
//	offers ORDERS DAY OUT [PRODUCT ...]   OUT: one line of JSON a customer; products left out, with * and ?
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/pipeline/baserate"
	"winback/pipeline/offers"
	"winback/pipeline/snapshots"
)

const (
	lapsedAfter = 90 // days
	soldWithin  = 28 // days
	horizon     = 60 // days
	slots       = 10
	workers     = 2
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "offers:", err)
		os.Exit(1)
	}
}

// line is what a customer is shown in each order.
type line struct {
	Customer string   `json:"customer"`
	Chosen   []string `json:"chosen"`
	R        []string `json:"R"`
	Learned  []string `json:"learned"` // R where none could be learned
}

func run(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("want ORDERS DAY OUT")
	}
	at, err := time.Parse(time.DateOnly, args[1])
	if err != nil {
		return err
	}
	found, err := source.Find(fsys.OS(), args[:1], 0)
	if err != nil {
		return err
	}
	table, err := orders.Read(context.Background(), fsys.OS(), found, orders.Options{Workers: workers, ExcludeProducts: args[3:]})
	if err != nil {
		return err
	}
	defer table.Close()
	shown, err := lists(table, data.DayOfMicros(at.UnixMicro()))
	if err != nil {
		return err
	}
	return write(args[2], shown)
}

// lists are what all customers are shown who had lapsed on a day.
func lists(table *orders.Table, day data.Day) (shown []line, err error) {
	goods, choice, err := known(table, day)
	if err != nil {
		return nil, err
	}
	goods.Use(choice)
	fmt.Printf("%s: %s\n", day, choice.Why)
	var mu sync.Mutex
	err = walk(table, func(h *orders.Histories) {
		scorer := goods.NewScorer()
		names := func(shows []offers.Show) (names []string) {
			for _, show := range shows {
				names = append(names, goods.Name(show.Product))
			}
			return names
		}
		for i, id := range h.IDs {
			known := h.Customer(i).Before(day)
			if !known.HasLapsed(day, lapsedAfter) {
				continue
			}
			l := line{Customer: id, Chosen: names(scorer.Chosen(known, slots)), R: names(scorer.Best(known, slots))}
			l.Learned = l.R
			if choice.Model != nil {
				l.Learned = names(scorer.Likeliest(known, slots))
			}
			mu.Lock()
			shown = append(shown, l)
			mu.Unlock()
		}
	})
	return shown, err
}

// known is what the shop knew on a day, and the order that days before it choose.
func known(table *orders.Table, day data.Day) (*offers.Goods, *offers.Choice, error) {
	rates, err := baserate.Count(context.Background(), table, lapsedAfter, horizon, workers)
	if err != nil {
		return nil, nil, err
	}
	var customers atomic.Int64
	if err := walk(table, func(h *orders.Histories) { customers.Add(int64(len(h.IDs))) }); err != nil {
		return nil, nil, err
	}
	set, names := offers.Settings{LapsedAfter: lapsedAfter, SoldWithin: soldWithin, Kinds: offers.AllKinds}, table.Names[data.Product]
	q := snapshots.Question{LapsedAfter: lapsedAfter, Horizon: horizon}
	counter, study := offers.NewCounter(set, names, day), offers.NewStudy(set, names, day, q.FirstUsefulDay(table.FirstDay), horizon, customers.Load())
	if err := walk(table, func(h *orders.Histories) { counter.Add(h); study.Count(h) }); err != nil {
		return nil, nil, err
	}
	study.Learn(workers, rates.At)
	if err := walk(table, study.Gather); err != nil {
		return nil, nil, err
	}
	choice, err := study.Choose(workers)
	return counter.Learn(workers), choice, err
}

// walk goes over all histories without their returns, of which the others know
// nothing.
func walk(table *orders.Table, add func(*orders.Histories)) error {
	_, err := table.Each(context.Background(), workers, func(_ int, h *orders.Histories) error {
		bought := *h
		bought.Flags = slices.Clone(h.Flags)
		for i := range bought.Flags {
			bought.Flags[i] &^= orders.FlagReturn
		}
		add(&bought)
		return nil
	})
	return err
}

func write(path string, shown []line) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	encoder := json.NewEncoder(out)
	for _, l := range shown {
		if err := encoder.Encode(l); err != nil {
			file.Close()
			return err
		}
	}
	if err := out.Flush(); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
