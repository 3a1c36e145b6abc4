package sendtime

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
	"winback/models"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// habits are what is compared.
const (
	byHours = iota
	byWeekday
	byChannel
	habits
)

// met says of one customer who came back which of two guesses was right.
type met struct {
	customer  uint64 // hash of the id
	shop, own bool
}

// Judge is a walk that compares the shop's hours, weekday and channel with each
// customer's own, for those who had lapsed on a past day and came back within the
// horizon. Add may be called from several goroutines, once for each partition.
type Judge struct {
	s    Settings
	shop *Shop
	day  data.Day

	mu  sync.Mutex
	met [habits][]met
}

// NewJudge judges what the shop knew on the day of the counter.
func NewJudge(c *Counter) *Judge { return &Judge{s: c.s, shop: c.Shop(), day: c.day} }

// Add judges the customers of a partition.
func (j *Judge) Add(h *orders.Histories) {
	var found [habits][]met
	counts := map[uint32]int{}
	for i, id := range h.IDs {
		all := h.Customer(i)
		known := all.Before(j.day)
		line, back := j.cameBack(all)
		if !back || !known.HasLapsed(j.day, j.s.LapsedAfter) {
			continue
		}
		customer, day := xxhash.Sum64String(id), data.DayOfMicros(all.Time[line])
		note := func(habit int, shop, own bool) { found[habit] = append(found[habit], met{customer, shop, own}) }
		if from, habit := hours(known, j.s.Window); habit && j.shop.HasHours() {
			at := minuteOf(all.Time[line], day)
			note(byHours, at >= j.shop.From && at < j.shop.To, at >= from && at < from+j.s.Window)
		}
		if own, habit := j.shop.weekdayOfMost(known); habit && j.shop.HasDay {
			note(byWeekday, weekdayOf(day) == j.shop.Weekday, weekdayOf(day) == own)
		}
		if own, several := channelOfMost(known, counts); several && all.Codes[data.Channel][line] > 0 {
			code := all.Codes[data.Channel][line]
			note(byChannel, code == j.shop.channel, code == own)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for habit := range found {
		j.met[habit] = append(j.met[habit], found[habit]...)
	}
}

// cameBack is the first purchase line within the horizon.
func (j *Judge) cameBack(all orders.History) (line int, back bool) {
	for i := range all.Before(j.day + data.Day(j.s.Horizon)).Since(j.day).Purchases() {
		return i, true
	}
	return 0, false
}

// Trial says how often a guess for the customers who came back was right: the
// shop's, and their own, with the difference and its 95 % interval, resampling
// customers. Unknown where nobody could be judged.
type Trial struct {
	Customers  int64      `json:"customers"`
	Shop       run.Figure `json:"shop"`
	Own        run.Figure `json:"own"`
	Difference run.Figure `json:"difference"` // own less shop
	Low        run.Figure `json:"low"`
	High       run.Figure `json:"high"`
	Chosen     string     `json:"chosen"` // shop or own
	Why        string     `json:"why"`
}

// OwnChosen says whether the customers' own habits are used.
func (t *Trial) OwnChosen() bool { return t != nil && t.Chosen == chosenOwn }

const (
	chosenShop, chosenOwn = "shop", "own"
	resamples             = 1000
	resampleSeed          = 13
)

// Trials end the walk: of hours, of weekdays, and of channels for the customers who
// had used several.
func (j *Judge) Trials(workers int) (hours, weekday, channel *Trial) {
	return newTrial(j.met[byHours], byHours, workers), newTrial(j.met[byWeekday], byWeekday, workers), newTrial(j.met[byChannel], byChannel, workers)
}

func newTrial(rows []met, habit, workers int) *Trial {
	slices.SortFunc(rows, func(a, b met) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(number(a.shop), number(b.shop)), cmp.Compare(number(a.own), number(b.own)))
	})
	nan := run.Figure(math.NaN())
	t := &Trial{Customers: int64(len(rows)), Shop: nan, Own: nan, Difference: nan, Low: nan, High: nan, Chosen: chosenShop}
	if len(rows) > 0 {
		values, customers := make([]float64, len(rows)), make([]uint32, len(rows))
		shop, own := 0.0, 0.0
		for i, r := range rows {
			values[i], customers[i] = number(r.own)-number(r.shop), uint32(r.customer>>32)
			shop, own = shop+number(r.shop), own+number(r.own)
		}
		mean, interval := models.BootstrapMean(values, customers, models.Resampling{Resamples: resamples, Seed: resampleSeed, Workers: workers})
		n := float64(len(rows))
		t.Shop, t.Own, t.Difference, t.Low, t.High = run.Figure(shop/n), run.Figure(own/n), run.Figure(mean), run.Figure(interval.Low), run.Figure(interval.High)
		if interval.Low > 0 {
			t.Chosen = chosenOwn
		}
	}
	t.Why = t.words(habit)
	return t
}

func number(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

var habitWords = [habits]struct{ shop, own, who string }{
	{"the shop's stretch of the day", "the customer's own stretch", "came back and had ordered three times or more"},
	{"the shop's weekday", "the customer's own weekday", "came back and had bought on three days or more"},
	{"the shop's main channel", "the customer's own channel", "came back and had used several channels"},
}

func (t *Trial) words(habit int) string {
	w := habitWords[habit]
	if t.Customers == 0 {
		return "nobody " + w.who + ", so that " + w.own + " could not be tested"
	}
	p := func(f run.Figure) string { return wording.Prose.Percent(float64(f)) }
	verdict := w.own + " met no more beyond noise, so the shop's counts"
	if t.OwnChosen() {
		verdict = w.own + " met more, so it counts"
	}
	return fmt.Sprintf("of %s who %s, %s met %s and %s met %s; %s", wording.Counted(t.Customers, "customer"), w.who, w.shop, p(t.Shop), w.own, p(t.Own), verdict)
}
