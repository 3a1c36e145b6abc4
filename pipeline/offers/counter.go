package offers

import (
	"encoding/binary"
	"math"
	"slices"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
	"winback/internal/parallel"
)

// Counter is the first walk: what the shop's customers bought before a day. Add may
// be called from several goroutines, once for each partition. It takes 40 bytes for
// each product, 4 more for each goroutine, and what the events take.
type Counter struct {
	s     Settings
	day   data.Day
	names []string // of products
	ages  []int    // ends of the bands of days before the day, ascending
	// buyers counts, by band, the customers who bought a product last in it.
	buyers [][]atomic.Uint32 // [band][code]
	// category is, by code of the product, that of its categories which is first by
	// name; 0 for none.
	category []atomic.Uint32
	events   *eventPool
	workers  parallel.PerWorker[counting]
}

// NewCounter starts the walk for what was known of the named products when a day
// began.
func NewCounter(s Settings, names []string, day data.Day) *Counter {
	c := &Counter{s: s, day: day, names: names, ages: []int{monthDays, recentDays, yearDays}, category: make([]atomic.Uint32, len(names)+1), events: newEventPool()}
	for window := s.SoldWithin; ; window *= 2 {
		c.ages = append(c.ages, window)
		if window*2 > widestWindow {
			break
		}
	}
	slices.Sort(c.ages)
	c.ages = slices.Compact(c.ages)
	for range c.ages {
		c.buyers = append(c.buyers, make([]atomic.Uint32, len(names)+1))
	}
	c.workers.Make = func() *counting { return &counting{c: c, met: make([]uint32, len(names)+1)} }
	return c
}

// Add counts a partition.
func (c *Counter) Add(h *orders.Histories) { c.count(h, c.drawn(h)) }

// drawn are the rows of the customers that count; nil: all of them.
func (c *Counter) drawn(h *orders.Histories) []int32 {
	if c.s.Share <= 0 || c.s.Share >= 1 {
		return nil
	}
	rows := []int32{}
	for i, id := range h.IDs {
		if drawn(xxhash.Sum64String(id), c.s.Share) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// count counts customers of a partition by their rows; nil: all of them.
func (c *Counter) count(h *orders.Histories, rows []int32) {
	w := c.workers.Take()
	defer c.workers.GiveBack(w)
	w.found, w.events = [silences]int64{}, [silences][]event{}
	customer := func(i int) {
		if known := h.Customer(i).Before(c.day); known.To > known.From {
			w.countBuyer(known)
			w.findReturns(known, h.IDs[i])
		}
	}
	if rows == nil {
		for i := range h.IDs {
			customer(i)
		}
	}
	for _, i := range rows {
		customer(int(i))
	}
	c.events.add(w.found, w.events)
}

// counting is what one goroutine works in.
type counting struct {
	c      *Counter
	met    []uint32 // by code: the turn in which a product was met last
	turn   uint32
	codes  []uint32
	found  [silences]int64
	events [silences][]event
}

// newTurn forgets which products were met.
func (w *counting) newTurn() {
	if w.turn++; w.turn == 0 {
		clear(w.met)
		w.turn = 1
	}
}

// meets says whether a product is met for the first time in this turn.
func (w *counting) meets(code uint32) bool {
	first := code != 0 && w.met[code] != w.turn
	w.met[code] = w.turn
	return first
}

// countBuyer counts the customer with each product once, in the band of the newest
// purchase.
func (w *counting) countBuyer(known orders.History) {
	ages, day := w.c.ages, w.c.day
	band, from := 0, (day - data.Day(ages[0])).Micros()
	oldest := (day - data.Day(ages[len(ages)-1])).Micros()
	if known.Time[known.To-1] < oldest {
		return
	}
	w.newTurn()
	codes := known.Codes[data.Product]
	for i := known.To - 1; i >= known.From && known.Time[i] >= oldest; i-- {
		if known.Flags[i]&orders.FlagPurchase == 0 || !w.meets(codes[i]) {
			continue
		}
		for known.Time[i] < from {
			band++
			from = (day - data.Day(ages[band])).Micros()
		}
		w.c.buyers[band][codes[i]].Add(1)
		w.c.noteCategory(codes[i], known.Codes[data.Category][i])
	}
}

func (c *Counter) noteCategory(product, category uint32) {
	if category == 0 {
		return
	}
	for {
		known := c.category[product].Load()
		if known != 0 && known <= category || c.category[product].CompareAndSwap(known, category) {
			return
		}
	}
}

// findReturns looks for the days on which the customer came back.
func (w *counting) findReturns(known orders.History, customer string) {
	var id uint64
	last, end := data.Day(0), int64(0)
	for i, bought := known.From, false; i < known.To; i++ {
		if known.Flags[i]&orders.FlagPurchase == 0 || bought && known.Time[i] < end {
			continue
		}
		day := data.DayOfMicros(known.Time[i])
		end = (day + 1).Micros()
		if !bought {
			bought, last = true, day
			continue
		}
		silence := silenceOf(int(day-last), w.c.s.LapsedAfter)
		last = day
		if silence == silences {
			continue
		}
		if id == 0 {
			id = xxhash.Sum64String(customer)
		}
		w.found[silence]++
		if hash := keyed(id, day); w.c.events.wants(silence, hash) {
			w.events[silence] = append(w.events[silence], w.eventAt(known, i, day, hash))
		}
	}
}

// keyed is a hash of customer and day.
func keyed(id uint64, day data.Day) uint64 {
	var text [12]byte
	binary.LittleEndian.PutUint64(text[:], id)
	binary.LittleEndian.PutUint32(text[8:], uint32(day))
	return xxhash.Sum64(text[:])
}

// eventAt is the event of the day that begins with a line.
func (w *counting) eventAt(known orders.History, line int, day data.Day, hash uint64) event {
	w.codes = w.codes[:0]
	w.addBefore(known, line)
	before := len(w.codes)
	w.addDay(known, line, day)
	return event{hash: hash, day: day, codes: slices.Clone(w.codes), before: before}
}

// addBefore adds the products bought before a line, newest first, then by name, as
// many as count in an event.
func (w *counting) addBefore(known orders.History, line int) {
	w.newTurn()
	products, dayStart, ofDay := known.Codes[data.Product], int64(math.MaxInt64), 0
	for i := line - 1; i >= known.From; i-- {
		if known.Flags[i]&orders.FlagPurchase == 0 {
			continue
		}
		if known.Time[i] < dayStart {
			slices.Sort(w.codes[ofDay:])
			if ofDay = len(w.codes); ofDay >= mostInEvent {
				break
			}
			dayStart = data.DayOfMicros(known.Time[i]).Micros()
		}
		if w.meets(products[i]) {
			w.codes = append(w.codes, products[i])
		}
	}
	slices.Sort(w.codes[ofDay:])
	w.codes = w.codes[:min(len(w.codes), mostInEvent)]
}

// addDay adds the products of the day that begins with a line, by name.
func (w *counting) addDay(known orders.History, line int, day data.Day) {
	w.newTurn()
	from, end := len(w.codes), (day + 1).Micros()
	for i := line; i < known.To && known.Time[i] < end; i++ {
		if code := known.Codes[data.Product][i]; known.Flags[i]&orders.FlagPurchase != 0 && w.meets(code) {
			w.codes = append(w.codes, code)
		}
	}
	slices.Sort(w.codes[from:])
	w.codes = w.codes[:min(len(w.codes), from+mostInEvent)]
}
