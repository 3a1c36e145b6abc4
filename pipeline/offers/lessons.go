package offers

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
)

const (
	mostLessons    = 2_000   // customers of a past day, about
	mostLessonRows = 200_000 // products that they could have been shown; two days are learned from at a time
)

// lesson is a customer who came back within the horizon of a past day.
type lesson struct {
	customer uint64   // hash of the id
	codes    []uint32 // products that could have been shown, ascending
	terms    []row    // of each
	took     []uint8  // of each: 1 where it was bought on the first day
	byR      float64  // 1 where one of the first three of R was bought
	byOwn    float64  // and of the customer's most bought
	byHot    float64  // and of what most customers bought
}

func compareLessons(a, b lesson) int {
	if a.customer != b.customer {
		return cmp.Compare(a.customer, b.customer)
	}
	return cmp.Or(slices.Compare(a.codes, b.codes), slices.Compare(a.took, b.took))
}

// lessons are those of one past day: of a share of the customers, and of them those
// of the smallest hashes that stay within the limit of rows.
type lessons struct {
	j     *Judge
	limit atomic.Uint64 // customers of a greater hash are of no use

	mu   sync.Mutex
	all  []lesson
	rows int
}

// newLessons readies the walk; about so many customers came back.
func newLessons(g *Goods, horizon int, returned int64) *lessons {
	l := &lessons{j: NewJudge(g, horizon, returned)}
	l.j.share = min(1, mostLessons/float64(max(returned, 1)))
	l.limit.Store(math.MaxUint64)
	return l
}

// add takes the customers of a partition.
func (l *lessons) add(h *orders.Histories) {
	s := l.j.workers.Take()
	defer l.j.workers.GiveBack(s)
	var found []lesson
	for i, id := range h.IDs {
		known, bought := l.j.cameBack(h.Customer(i))
		if len(bought) == 0 {
			continue
		}
		customer := xxhash.Sum64String(id)
		if !drawn(customer, l.j.share) || customer > l.limit.Load() {
			continue
		}
		next := s.lesson(known, bought)
		next.customer, next.byHot = customer, hitsOf(l.j.hot, bought).First3
		found = append(found, next)
	}
	l.keep(found)
}

func (l *lessons) keep(found []lesson) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, found...)
	for i := range found {
		l.rows += len(found[i].codes)
	}
	if l.rows > mostLessonRows*3/2 {
		l.settle()
		l.limit.Store(l.all[len(l.all)-1].customer)
	}
}

// settle keeps the first by hash that stay within the limit of rows, at least one.
func (l *lessons) settle() {
	slices.SortFunc(l.all, compareLessons)
	rows := 0
	for i := range l.all {
		more := len(l.all[i].codes)
		if i > 0 && rows+more > mostLessonRows {
			clear(l.all[i:])
			l.all = l.all[:i]
			break
		}
		rows += more
	}
	l.rows = rows
}

// hits are the products that were taken of those that could have been shown.
func (l *lessons) hits() (n int) {
	for i := range l.all {
		for _, took := range l.all[i].took {
			n += int(took)
		}
	}
	return n
}

// lesson is what a customer could have been shown, of whom this was known.
func (s *Scorer) lesson(known orders.History, bought []uint32) lesson {
	l := lesson{byR: hitsOf(s.Best(known, judgedSlots), bought).First3, byOwn: hitsOf(s.Own(known, judgedSlots), bought).First3}
	s.gatherAll(known)
	var order []int32
	for i := range s.all {
		if s.mayShow(i) && (i >= len(s.dates) || s.all[i].kind() != Hot) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(s.all[a].code, s.all[b].code) })
	for _, i := range order {
		code, took := s.all[i].code, uint8(0)
		if slices.Contains(bought, code) {
			took = 1
		}
		l.codes, l.terms, l.took = append(l.codes, code), append(l.terms, s.terms(int(i))), append(l.took, took)
	}
	s.forget()
	return l
}

// Study finds, on days before a test cut, how shown products are best ordered. Its
// two walks, Count and Gather, may be called from several goroutines, once for each
// partition.
type Study struct {
	counters []*Counter
	horizon  int
	days     []*lessons
}

const (
	studiedDays = 4       // a horizon apart: two to judge on, each learned from the two before it
	mostStudied = 100_000 // customers that count on such a day, about
)

// NewStudy readies the walks for days before a test cut: their horizons, in days, are
// over at it, and none is before the first. customers is how many the shop has.
func NewStudy(s Settings, names []string, cut, first data.Day, horizon int, customers int64) *Study {
	s.Share = min(1, mostStudied/float64(max(customers, 1)))
	study := &Study{horizon: horizon}
	for k := range studiedDays {
		if day := cut - data.Day((k+1)*horizon); day >= first {
			study.counters = append(study.counters, NewCounter(s, names, day))
		}
	}
	return study
}

// Count is the first walk.
func (s *Study) Count(h *orders.Histories) {
	if len(s.counters) == 0 {
		return
	}
	drawn := s.counters[0].drawn(h) // the same for all
	for _, c := range s.counters {
		c.count(h, drawn)
	}
}

// Learn ends it. rates says how many customers had lapsed on a day, and about how many
// of them came back.
func (s *Study) Learn(workers int, rates func(data.Day) (lapsed, returned int64)) {
	for _, c := range s.counters {
		_, returned := rates(c.day)
		s.days = append(s.days, newLessons(c.Learn(workers), s.horizon, returned))
	}
	s.counters = nil
}

// Gather is the second walk.
func (s *Study) Gather(h *orders.Histories) {
	for _, d := range s.days {
		d.add(h)
	}
}
