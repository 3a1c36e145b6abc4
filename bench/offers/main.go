// Command offers writes the ten products that winback would show each lapsed customer
// on a past day, for offers.py, which judges them beside those of other libraries.
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
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/pipeline/offers"
)

const (
	lapsedAfter = 90 // days
	soldWithin  = 28 // days
	slots       = 10
	workers     = 2
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "offers:", err)
		os.Exit(1)
	}
}

// line is what a customer is shown.
type line struct {
	Customer string   `json:"customer"`
	Products []string `json:"products"`
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
	counter := offers.NewCounter(offers.Settings{LapsedAfter: lapsedAfter, SoldWithin: soldWithin, Kinds: offers.AllKinds}, table.Names[data.Product], day)
	if err := walk(table, counter.Add); err != nil {
		return nil, err
	}
	goods := counter.Learn(workers)
	var mu sync.Mutex
	err = walk(table, func(h *orders.Histories) {
		scorer := goods.NewScorer()
		for i, id := range h.IDs {
			known := h.Customer(i).Before(day)
			if !known.HasLapsed(day, lapsedAfter) {
				continue
			}
			l := line{Customer: id}
			for _, show := range scorer.Best(known, slots) {
				l.Products = append(l.Products, goods.Name(show.Product))
			}
			mu.Lock()
			shown = append(shown, l)
			mu.Unlock()
		}
	})
	return shown, err
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
