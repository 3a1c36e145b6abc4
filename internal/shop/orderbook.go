package shop

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
)

const (
	secondsPerDay = 24 * 60 * 60
	// spanSeconds is the length of a generated shop, three years of 365 days.
	spanSeconds = 3 * 365 * secondsPerDay

	// customerChunk customers are one piece of work.
	customerChunk = 1 << 14
	// Orders are sorted in buckets of 2^13 seconds, small enough for the cache.
	bucketShift = 13
	bucketCount = spanSeconds>>bucketShift + 1
)

// What a number is drawn for.
const (
	saltLife = iota
	saltOrders
	saltOrdersSpread
	saltFirstTime
	saltTime
	saltLines
	saltChannel
	saltProduct
	saltReturn
	saltQuantity
	saltPrice
	saltCustomer
	saltOrder
)

// orderBook holds all orders of a shop, eight bytes each: seconds since the
// first day in the upper half, customer in the lower, ascending. The place of
// an order in the book is its number.
type orderBook struct {
	keys  []uint64
	whale uint32
}

func orderKey(seconds, customer uint32) uint64 { return uint64(seconds)<<32 | uint64(customer) }

func splitKey(key uint64) (seconds, customer uint32) { return uint32(key >> 32), uint32(key) }

// newOrderBook draws the orders of all customers and brings them into order: it
// counts the orders of each bucket of time, puts them there, sorts each bucket.
// Which worker came first does not show in the sorted buckets.
func newOrderBook(opts Options) (*orderBook, error) {
	chunks := (opts.Customers + customerChunk - 1) / customerChunk
	repeats := make([]int64, chunks) // repeat orders of each chunk of customers
	buckets := make([]atomic.Int64, bucketCount+1)
	people := population{customers: opts.Customers, seed: draws(mix(opts.Seed))}
	inParallel(opts.Workers, chunks, func(chunk int) {
		people.visit(chunk, func(_ uint32, times []uint32) {
			repeats[chunk] += int64(len(times) - 1)
			for _, t := range times {
				buckets[t>>bucketShift].Add(1)
			}
		})
	})

	share, err := newWhaleShare(opts, repeats)
	if err != nil {
		return nil, err
	}
	starts := startsOf(buckets)
	keys := make([]uint64, starts[bucketCount])
	inParallel(opts.Workers, chunks, func(chunk int) {
		repeat := repeats[chunk] // number of the next repeat order, over all customers
		people.visit(chunk, func(customer uint32, times []uint32) {
			for k, t := range times {
				owner := customer
				if k > 0 {
					if share.takes(repeat) {
						owner = share.customer
					}
					repeat++
				}
				keys[buckets[t>>bucketShift].Add(1)-1] = orderKey(t, owner)
			}
		})
	})
	inParallel(opts.Workers, bucketCount, func(b int) { slices.Sort(keys[starts[b]:starts[b+1]]) })
	return &orderBook{keys: keys, whale: share.customer}, nil
}

// startsOf turns the counts of the buckets into their first places, in the
// counters too, and returns the places with the total behind them.
func startsOf(buckets []atomic.Int64) []int64 {
	starts := make([]int64, len(buckets))
	at := int64(0)
	for b := range buckets {
		starts[b] = at
		at += buckets[b].Swap(at)
	}
	return starts
}

// whaleShare says which repeat orders belong to the whale: spread evenly over
// the repeat orders of all customers, so that nobody loses the first order and
// the number of orders stays the same.
type whaleShare struct {
	customer uint32
	orders   int64
	of       int64 // repeat orders of all customers
}

// newWhaleShare turns the counts of repeat orders into the number of the first
// repeat order of each chunk.
func newWhaleShare(opts Options, repeats []int64) (whaleShare, error) {
	total := int64(0)
	for i, n := range repeats {
		repeats[i] = total
		total += n
	}
	if int64(opts.Whale) > total {
		return whaleShare{}, fmt.Errorf("whale %d: the shop has only %d repeat orders to give to one customer", opts.Whale, total)
	}
	return whaleShare{customer: uint32(opts.Customers / 2), orders: int64(opts.Whale), of: total}, nil
}

func (w whaleShare) takes(repeat int64) bool {
	return w.orders > 0 && (repeat+1)*w.orders/w.of > repeat*w.orders/w.of
}

// population draws the order times of customers.
type population struct {
	customers int
	seed      draws
}

// visit shows each customer of a chunk with the times of its orders in seconds
// since the first day: at least one, the first entry being its first order
// where it came after the first day. The slice is used again.
func (p population) visit(chunk int, see func(customer uint32, times []uint32)) {
	var times []uint32
	to := min((chunk+1)*customerChunk, p.customers)
	for c := chunk * customerChunk; c < to; c++ {
		times = p.orderTimes(uint32(c), times[:0])
		see(uint32(c), times)
	}
}

// orderTimes appends the order times of one customer. Three in ten customers
// were there on the first day, the others join evenly; they stay for 20 days
// plus 420 on average and order at even odds in that time.
func (p population) orderTimes(customer uint32, times []uint32) []uint32 {
	d := p.seed.of(saltCustomer, uint64(customer))
	joined := math.Max(0, (float64(customer)/float64(p.customers)-0.30)/0.70) * spanSeconds * 0.98
	life := secondsPerDay * (20 + 420*d.exponential(saltLife, 0))
	life = math.Min(life, spanSeconds-joined-secondsPerDay)
	spread := math.Exp(0.8*d.normal(saltOrdersSpread, 0) - 0.32)
	orders := 1 + int(3.65*spread*d.exponential(saltOrders, 0))
	for k := range uint64(orders) {
		after := life * d.uniform(saltTime, k)
		if k == 0 && joined > 0 {
			after = secondsPerDay * d.uniform(saltFirstTime, 0)
		}
		times = append(times, uint32(joined+after))
	}
	return times
}
