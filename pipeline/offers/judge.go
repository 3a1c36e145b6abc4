package offers

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
	"winback/internal/parallel"
)

// method is one of those that are judged side by side.
type method uint8

const (
	hot       method = iota // most buyers
	own                     // the customer's most bought, then hot
	best                    // R
	likeliest               // by the learned order; R where none was learned
	methods
)

// mostJudged is about how many returning customers judge what is shown.
const mostJudged = 10_000

// judgedSlots is how long the judged lists are.
const judgedSlots = 10

// Hits say how well one list met what a returning customer bought: one of the first
// 1, 3 and 10, and the NDCG of the first 10 with binary relevance (Järvelin and
// Kekäläinen 2002).
type Hits struct{ First1, First3, First10, NDCG10 float64 }

// judged are the hits of a customer who came back.
type judged struct {
	customer uint64 // hash of the id
	hits     [methods]Hits
}

// Judge is a walk that compares, for the customers who had lapsed on a past day and
// came back, what would have been shown with what they bought on the first day.
// Add may be called from several goroutines, once for each partition.
type Judge struct {
	g       *Goods
	horizon int
	share   float64 // of the customers who are judged
	hot     []Show
	workers parallel.PerWorker[Scorer]

	mu   sync.Mutex
	rows []judged
}

// NewJudge judges what the shop knew on a day by the horizon in days that began
// then, in which about so many customers came back: beyond mostJudged a share of them,
// drawn by a hash of their ids.
func NewJudge(g *Goods, horizon int, returned int64) *Judge {
	return &Judge{g: g, horizon: horizon, share: min(1, mostJudged/float64(max(returned, 1))), hot: slices.Clone(g.HotList(judgedSlots)), workers: parallel.PerWorker[Scorer]{Make: g.NewScorer}}
}

// Use takes the order that was chosen, before the walk.
func (j *Judge) Use(c *Choice) { j.g.Use(c) }

// Add judges the customers of a partition.
func (j *Judge) Add(h *orders.Histories) {
	s := j.workers.Take()
	defer j.workers.GiveBack(s)
	var rows []judged
	for i, id := range h.IDs {
		known, bought := j.cameBack(h.Customer(i))
		if len(bought) == 0 {
			continue
		}
		row := judged{customer: xxhash.Sum64String(id)}
		if !drawn(row.customer, j.share) {
			continue
		}
		row.hits = [methods]Hits{hot: hitsOf(j.hot, bought), own: hitsOf(s.Own(known, judgedSlots), bought), best: hitsOf(s.Best(known, judgedSlots), bought)}
		row.hits[likeliest] = row.hits[best]
		if j.g.learned != nil {
			row.hits[likeliest] = hitsOf(s.Likeliest(known, judgedSlots), bought)
		}
		rows = append(rows, row)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.rows = append(j.rows, rows...)
}

// cameBack is what was known of a customer who had lapsed, and what was bought on the
// first purchase day within the horizon; nothing of others.
func (j *Judge) cameBack(all orders.History) (known orders.History, bought []uint32) {
	known = all.Before(j.g.Day)
	if !known.HasLapsed(j.g.Day, j.g.s.LapsedAfter) {
		return known, nil
	}
	return known, j.bought(all)
}

// bought are the products of the first purchase day within the horizon.
func (j *Judge) bought(all orders.History) (codes []uint32) {
	later := all.Before(j.g.Day + data.Day(j.horizon)).Since(j.g.Day)
	end := int64(math.MaxInt64)
	for i := range later.Purchases() {
		if end == math.MaxInt64 {
			end = (data.DayOfMicros(later.Time[i]) + 1).Micros()
		}
		if later.Time[i] >= end {
			break
		}
		if code := later.Codes[data.Product][i]; code != 0 && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

func hitsOf(list []Show, bought []uint32) (h Hits) {
	for i, show := range list {
		if !slices.Contains(bought, show.Product) {
			continue
		}
		h.First10 = 1
		if i < 3 {
			h.First3 = 1
		}
		if i == 0 {
			h.First1 = 1
		}
		h.NDCG10 += 1 / math.Log2(float64(i+2))
	}
	ideal := 0.0
	for i := range min(len(bought), judgedSlots) {
		ideal += 1 / math.Log2(float64(i+2))
	}
	h.NDCG10 /= ideal
	return h
}

// inOrder are the judged customers in an order that depends on nothing else.
func (j *Judge) inOrder() []judged {
	slices.SortFunc(j.rows, func(a, b judged) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), slices.CompareFunc(a.hits[:], b.hits[:], compareHits))
	})
	return j.rows
}

func compareHits(a, b Hits) int {
	return cmp.Or(cmp.Compare(a.First1, b.First1), cmp.Compare(a.First3, b.First3), cmp.Compare(a.First10, b.First10), cmp.Compare(a.NDCG10, b.NDCG10))
}
