package pipeline

import (
	"context"
	"slices"
	"sync"

	"winback/data"
)

// Survey is what one walk over all histories tells before any feature is
// built. Its numbers are counts, so that the order of the walk does not matter.
type Survey struct {
	Customers int64    // with a purchase line
	Lines     int64    // used lines, duplicates dropped
	Dropped   int64    // duplicates
	FirstDay  data.Day // of any used line; day 0 of the slices below
	// Per day: all lines, purchase lines, return lines.
	DayLines      []int64
	PurchaseLines []int64
	ReturnLines   []int64
	// NewCustomers counts first purchase days, SecondWithinYear those of them
	// who came back within 365 days, by the day of the first purchase.
	NewCustomers     []int64
	SecondWithinYear []int64
	// ReturningCustomers counts, per day, customers who had bought before.
	ReturningCustomers []int64
	// AmountSizes counts, per day, purchase lines by the size of their amount:
	// index ⌊4·log2(amount)⌋, within 0 to 63.
	AmountSizes [][amountSizes]int32
	// TotalOrders are orders of several products, EqualTotals those of them
	// whose lines all carry the same amount.
	TotalOrders, EqualTotals int64

	secondPurchases []interval
}

const amountSizes = 64

// interval is the time from the first to the second purchase day of customers,
// counted by the day of the second.
type interval struct {
	second data.Day
	days   int32
}

// TakeSurvey walks over all histories once.
func TakeSurvey(ctx context.Context, orders *data.Orders, workers int) (*Survey, error) {
	days := max(int(orders.LastDay-orders.FirstDay)+1, 0)
	total := newSurvey(orders.FirstDay, days)
	var mu sync.Mutex
	dropped, err := orders.Each(ctx, workers, func(_ int, h *data.Histories) error {
		s := newSurvey(orders.FirstDay, days)
		for c := range h.Customers() {
			s.add(h, int(h.Start[c]), int(h.Start[c+1]))
		}
		several, equal := data.TotalsRepeated(h)
		s.TotalOrders, s.EqualTotals = int64(several), int64(equal)
		mu.Lock()
		defer mu.Unlock()
		total.merge(s)
		return nil
	})
	total.Dropped = dropped
	return total, err
}

func newSurvey(first data.Day, days int) *Survey {
	return &Survey{FirstDay: first, DayLines: make([]int64, days), PurchaseLines: make([]int64, days), ReturnLines: make([]int64, days), NewCustomers: make([]int64, days),
		SecondWithinYear: make([]int64, days), ReturningCustomers: make([]int64, days), AmountSizes: make([][amountSizes]int32, days)}
}

func (s *Survey) add(h *data.Histories, from, to int) {
	first, second, last := data.Day(-1), data.Day(-1), data.Day(-1)
	purchases := 0
	for i := from; i < to; i++ {
		day := data.DayOfMicros(h.Time[i])
		at := int(day - s.FirstDay)
		s.Lines++
		s.DayLines[at]++
		if h.Flags[i]&data.FlagReturn != 0 {
			s.ReturnLines[at]++
		}
		if h.Flags[i]&data.FlagPurchase == 0 {
			continue
		}
		s.PurchaseLines[at]++
		s.AmountSizes[at][amountSize(h.Amount[i])]++
		switch {
		case purchases == 0:
			first = day
			s.NewCustomers[at]++
		case day != last:
			if second < 0 || purchases == 1 {
				second = day
			}
			s.ReturningCustomers[at]++
		default:
			continue
		}
		purchases++
		last = day
	}
	if purchases > 0 {
		s.Customers++
	}
	if purchases > 1 {
		s.secondPurchases = append(s.secondPurchases, interval{second, int32(second - first)})
		if second-first <= 365 {
			s.SecondWithinYear[first-s.FirstDay]++
		}
	}
}

// amountSize sorts an amount into quarters of a power of two.
func amountSize(m data.Money) int {
	n := 0
	for x := m; x >= 1<<4 && n < amountSizes-4; x >>= 1 {
		n += 4
	}
	if n == 0 || n >= amountSizes-4 {
		return min(n, amountSizes-1)
	}
	return n + int((m>>(n/4)-8)/2)&3
}

func (s *Survey) merge(o *Survey) {
	s.Customers += o.Customers
	s.Lines += o.Lines
	s.TotalOrders += o.TotalOrders
	s.EqualTotals += o.EqualTotals
	for i := range s.PurchaseLines {
		s.DayLines[i] += o.DayLines[i]
		s.PurchaseLines[i] += o.PurchaseLines[i]
		s.ReturnLines[i] += o.ReturnLines[i]
		s.NewCustomers[i] += o.NewCustomers[i]
		s.SecondWithinYear[i] += o.SecondWithinYear[i]
		s.ReturningCustomers[i] += o.ReturningCustomers[i]
		for k := range s.AmountSizes[i] {
			s.AmountSizes[i][k] += o.AmountSizes[i][k]
		}
	}
	s.secondPurchases = append(s.secondPurchases, o.secondPurchases...)
}

// RepeatedTotals says whether the amount column holds the total of an order on
// each of its lines: nearly all orders of several products show it.
func (s *Survey) RepeatedTotals() bool {
	return s.TotalOrders >= 30 && float64(s.EqualTotals) >= 0.95*float64(s.TotalOrders)
}

// LapsedRule says from which recency on a customer counts as lapsed, and what
// that rests on.
type LapsedRule struct {
	Days      int    `json:"days"`
	Auto      bool   `json:"auto"`
	Intervals int64  `json:"intervals"` // first-to-second intervals known before the as-of day
	Basis     string `json:"basis"`
}

// leastLapsedDays bounds the rule found from the shop's own intervals.
const (
	leastLapsedDays   = 30
	defaultLapsedDays = 90
	fewIntervals      = 30
)

// LapsedAfter finds the smallest day by which 60 % of the first-to-second
// purchase intervals known before the as-of day had come back, at least 30.
func (s *Survey) LapsedAfter(asOf data.Day) LapsedRule {
	cuts, n := s.IntervalCuts(asOf, 0.6)
	if n < fewIntervals {
		return LapsedRule{Days: defaultLapsedDays, Auto: true, Intervals: n,
			Basis: countWords(n, "interval") + " from first to second purchase are too few to learn from; 90 days are assumed"}
	}
	days := max(cuts[0], leastLapsedDays)
	basis := "60 % of " + countWords(n, "interval") + " from first to second purchase were over by then"
	if days > cuts[0] {
		basis = "60 % of " + countWords(n, "interval") + " from first to second purchase were over even earlier; 30 days are the least"
	}
	return LapsedRule{Days: days, Auto: true, Intervals: n, Basis: basis}
}

// IntervalCuts returns, for each share, the smallest number of days by which
// that share of the first-to-second intervals known before the as-of day had
// come back, and how many intervals there are. Without any, the cuts are 0.
func (s *Survey) IntervalCuts(asOf data.Day, shares ...float64) (cuts []int, n int64) {
	var counts []int64
	for _, i := range s.secondPurchases {
		if i.second >= asOf {
			continue
		}
		if int(i.days) >= len(counts) {
			counts = append(counts, make([]int64, int(i.days)+1-len(counts))...)
		}
		counts[i.days]++
		n++
	}
	cuts = make([]int, len(shares))
	for k, share := range shares {
		var sum int64
		for days, c := range counts {
			sum += c
			if float64(sum) >= share*float64(n) {
				cuts[k] = days
				break
			}
		}
	}
	return cuts, n
}

// LinesFrom counts the lines of a day and later.
func (s *Survey) LinesFrom(asOf data.Day) int64 {
	return s.sumDays(s.DayLines, asOf, s.FirstDay+data.Day(len(s.DayLines)))
}

func (s *Survey) dayIndex(d data.Day) int { return int(d - s.FirstDay) }

// sumDays adds the counts of days [from, to), cut to the history.
func (s *Survey) sumDays(counts []int64, from, to data.Day) (sum int64) {
	lo, hi := max(s.dayIndex(from), 0), min(s.dayIndex(to), len(counts))
	for i := lo; i < hi; i++ {
		sum += counts[i]
	}
	return sum
}

// medianAmount returns the middle of the amounts of the purchase lines of days
// [from, to), to a quarter of a power of two, and how many there are.
func (s *Survey) medianAmountSize(from, to data.Day) (size int, lines int64) {
	var sizes [amountSizes]int64
	lo, hi := max(s.dayIndex(from), 0), min(s.dayIndex(to), len(s.AmountSizes))
	for i := lo; i < hi; i++ {
		for k, n := range s.AmountSizes[i] {
			sizes[k] += int64(n)
			lines += int64(n)
		}
	}
	var sum int64
	for k, n := range sizes {
		sum += n
		if 2*sum >= lines {
			return k, lines
		}
	}
	return 0, lines
}

// medianOf returns the middle of the counts, the lower one when even.
func medianOf(counts []int64) int64 {
	if len(counts) == 0 {
		return 0
	}
	sorted := slices.Clone(counts)
	slices.Sort(sorted)
	return sorted[(len(sorted)-1)/2]
}
