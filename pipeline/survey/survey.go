// Package survey looks at a whole history before anything is learned from it: what
// spoils extracts, from which day a customer counts as lapsed, whether the data
// passes its gate.
package survey

import (
	"context"
	"math/bits"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/internal/parallel"
	"winback/pipeline/wording"
)

// Survey is what one walk over all histories tells before any feature is
// built. Its numbers are counts, so that the order of the walk does not matter.
type Survey struct {
	Customers int64    // with a purchase line
	Histories int64    // customers, with purchases or without
	Lines     int64    // used lines, duplicates dropped
	Dropped   int64    // duplicates
	FirstDay  data.Day // of any used line; day 0 of the slices below
	// Per day: all lines, purchase lines, return lines.
	DayLines      []int64
	PurchaseLines []int64
	ReturnLines   []int64
	EqualLines    []int64 // that equal the line before and have no order id
	// NewCustomers counts first purchase days, SecondWithinYear those of them
	// who came back within 365 days, by the day of the first purchase.
	NewCustomers     []int64
	SecondWithinYear []int64
	LastPurchases    []int64 // customers by the day of their last purchase
	// ReturningCustomers counts, per day, customers who had bought before;
	// KnownCustomers those who had done so a week before or earlier.
	ReturningCustomers []int64
	KnownCustomers     []int64
	// AmountSizes counts, per day, purchase lines by the size of their amount,
	// two sizes to a power of two, as amountSize gives them.
	AmountSizes [][amountSizes]int32
	// TotalOrders are orders of several products, EqualTotals those of them
	// whose lines all carry the same amount.
	TotalOrders, EqualTotals int64
	AlikeTotals              int64   // orders among them with the amount of the order before
	TotalsByTime             bool    // orders have no ids: the lines of one moment are taken for one
	ChangedLines             []int64 // per day, lines with order, time and product of another and another amount
	BelowZero                int64   // customers whose lines come to less than 0
	TwinLines                int64   // that equal another of their order in all that histories keep
	orderCounts

	spelled         spellings
	secondPurchases []interval
	named           [data.RoleCount]namedDays // of breakRoles
	days            []int32                   // of each line of the partition at hand, from FirstDay
}

const amountSizes = 64

// interval is the time from the first to the second purchase day of customers,
// counted by the day of the second.
type interval struct {
	second data.Day
	days   int32
}

// Take walks over all histories once.
func Take(ctx context.Context, table *orders.Table, workers int) (*Survey, error) {
	c := NewCounter(FrameOf(table), table.Names)
	dropped, err := table.Each(ctx, workers, func(_ int, h *orders.Histories) error {
		c.Add(h)
		return nil
	})
	return c.total(dropped), err
}

// Frame is what counting must know of the whole table before.
type Frame struct {
	FirstDay data.Day `json:"first_day"` // of any used line
	Days     int      `json:"days"`      // from there to the last used line
	Rows     int64    `json:"rows"`      // read
	Totals   bool     `json:"totals"`    // the table has amounts, so that totals may be repeated
	ByTime   bool     `json:"by_time"`   // orders have no ids
}

// FrameOf is that of a table.
func FrameOf(o *orders.Table) Frame {
	return Frame{o.FirstDay, DaysOf(o), o.RowsRead, o.HasRole(data.Amount), !o.HasRole(data.OrderID)}
}

// Counter takes the survey of partitions that several goroutines walk over.
type Counter struct {
	frame   Frame
	surveys parallel.PerWorker[Survey]
	noIDs   bool // the spellings of ids are not looked at
}

// NewCounter begins a survey of a table with these names.
func NewCounter(f Frame, names *orders.Names) *Counter {
	return &Counter{frame: f, surveys: parallel.PerWorker[Survey]{Make: func() *Survey { return newSurvey(f, names) }}}
}

// Add counts a partition.
func (c *Counter) Add(h *orders.Histories) {
	s := c.surveys.Take()
	defer c.surveys.GiveBack(s)
	s.count(h)
	if !c.noIDs {
		s.spelled.add(h.IDs)
	}
	if c.frame.Totals {
		several, equal, alike := orders.TotalsRepeated(h, c.frame.ByTime)
		s.TotalOrders += int64(several)
		s.EqualTotals += int64(equal)
		s.AlikeTotals += int64(alike)
	}
}

// total adds all up. dropped is how many duplicates there were.
func (c *Counter) total(dropped int64) *Survey {
	total := c.surveys.Make()
	for _, s := range c.surveys.All {
		total.merge(s)
	}
	total.Dropped += dropped
	total.TotalsByTime = c.frame.ByTime
	return total
}

// DaysOf returns how many days there are from the first to the last used line.
func DaysOf(o *orders.Table) int { return max(int(o.LastDay)-int(o.FirstDay)+1, 0) }

func newSurvey(f Frame, names *orders.Names) *Survey {
	days := f.Days
	s := &Survey{FirstDay: f.FirstDay, DayLines: make([]int64, days), PurchaseLines: make([]int64, days), ReturnLines: make([]int64, days), EqualLines: make([]int64, days), NewCustomers: make([]int64, days), LastPurchases: make([]int64, days), ChangedLines: make([]int64, days),
		SecondWithinYear: make([]int64, days), ReturningCustomers: make([]int64, days), KnownCustomers: make([]int64, days), AmountSizes: make([][amountSizes]int32, days)}
	s.spelled = newSpellings(f.Rows)
	for _, role := range breakRoles {
		s.named[role] = newNamedDays(len(names[role]), days)
	}
	return s
}

// count takes up a partition, one thing after the other: each keeps its own
// counts in the cache.
func (s *Survey) count(h *orders.Histories) {
	s.Histories += int64(h.Customers())
	s.days = s.days[:0]
	for _, t := range h.Time {
		s.days = append(s.days, int32(data.DayOfMicros(t)-s.FirstDay))
	}
	s.countLines(h)
	for _, role := range breakRoles {
		s.named[role].count(s.days, h.Flags, h.Codes[role])
	}
	for c := range h.Customers() {
		s.countCustomer(h.Customer(c))
		s.orderCounts.add(h.Customer(c))
	}
}

func (s *Survey) countLines(h *orders.Histories) {
	s.Lines += int64(h.Lines())
	for i, at := range s.days { // returns count too
		s.DayLines[at]++
		if h.Flags[i]&orders.FlagReturn != 0 {
			s.ReturnLines[at]++
		}
		if h.Flags[i]&orders.FlagPurchase != 0 {
			s.PurchaseLines[at]++
			s.AmountSizes[at][amountSize(h.Amount[i])]++
		}
	}
}

func (s *Survey) countCustomer(h orders.History) {
	var first, second, last int32 // days from FirstDay
	purchases, value := 0, data.Money(0)
	for i := h.From; i < h.To; i++ {
		day := s.days[i]
		value += h.Amount[i]
		if h.Order[i] == 0 && i > h.From && equalsBefore(h, i) {
			s.EqualLines[day]++
		}
		if h.Order[i] != 0 && i > h.From && h.Order[i-1] == h.Order[i] && changesBefore(h, i) {
			s.ChangedLines[day]++
		}
		if h.Order[i] != 0 && i > h.From && h.Order[i-1] == h.Order[i] && hasTwin(h, i) {
			s.TwinLines++
		}
		if h.Flags[i]&orders.FlagPurchase == 0 || purchases > 0 && day == last {
			continue
		}
		if purchases == 0 {
			first = day
			s.NewCustomers[day]++
		} else {
			if purchases == 1 {
				second = day
			}
			s.ReturningCustomers[day]++
			if day-first >= 7 {
				s.KnownCustomers[day]++
			}
		}
		purchases++
		last = day
	}
	if value < 0 {
		s.BelowZero++
	}
	if purchases > 0 {
		s.Customers++
		s.LastPurchases[last]++
	}
	if purchases > 1 {
		s.secondPurchases = append(s.secondPurchases, interval{s.FirstDay + data.Day(second), second - first})
		if second-first <= 365 {
			s.SecondWithinYear[first]++
		}
	}
}

// amountSize sorts an amount into halves of a power of two, from less than a
// cent (0) to above twenty million (63).
func amountSize(m data.Money) int {
	const least = 6 // 2^6 ten-thousandths are 0.0064
	power := bits.Len64(uint64(max(m, 0))) - 1
	if power < least {
		return 0
	}
	half := int(m>>(power-1)) & 1
	return min(2*(power-least)+half+1, amountSizes-1)
}

// sums are all numbers that add up over customers: single ones, and those by day.
func (s *Survey) sums() (single []*int64, byDay [][]int64, small [][]int32) {
	n := &s.orderCounts
	single = []*int64{&s.Customers, &s.Histories, &s.Lines, &s.Dropped, &s.TwinLines, &s.BelowZero, &s.TotalOrders, &s.EqualTotals, &s.AlikeTotals, &n.Orders, &n.Buyers, &n.Returning, &n.OrderLines, &n.Repeated, &s.spelled.nTotal}
	byDay = [][]int64{s.DayLines, s.PurchaseLines, s.ReturnLines, s.EqualLines, s.NewCustomers, s.LastPurchases, s.ChangedLines, s.SecondWithinYear, s.ReturningCustomers, s.KnownCustomers}
	for i := range s.AmountSizes {
		small = append(small, s.AmountSizes[i][:])
	}
	for _, role := range breakRoles {
		small = append(small, s.named[role].lines)
	}
	return single, byDay, small
}

func (s *Survey) merge(o *Survey) {
	single, byDay, small := s.sums()
	others, othersByDay, othersSmall := o.sums()
	for i := range single {
		*single[i] += *others[i]
	}
	for i := range byDay {
		addTo(byDay[i], othersByDay[i])
	}
	for i := range small {
		addTo(small[i], othersSmall[i])
	}
	s.OfOne = max(s.OfOne, o.OfOne)
	s.spelled.merge(&o.spelled)
	s.secondPurchases = append(s.secondPurchases, o.secondPurchases...)
}

func addTo[N int32 | int64](sums, more []N) {
	for i, n := range more {
		sums[i] += n
	}
}

// RepeatedTotals says whether the amount column holds the total of an order on
// each of its lines: nearly all orders of several products show it.
func (s *Survey) RepeatedTotals() bool { return !s.TotalsByTime && s.equalTotals() }

func (s *Survey) equalTotals() bool {
	return s.TotalOrders >= 30 && float64(s.EqualTotals) >= 0.95*float64(s.TotalOrders) && 2*s.AlikeTotals < s.TotalOrders
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
	cuts, n := s.IntervalCuts(asOf, lapsedShare)
	if n < fewIntervals {
		return LapsedRule{Days: defaultLapsedDays, Auto: true, Intervals: n,
			Basis: wording.Counted(n, "interval") + " from first to second purchase: too few to learn from; 90 days are assumed"}
	}
	days := max(cuts[0], leastLapsedDays)
	basis := "60 % of " + wording.Counted(n, "interval") + " from first to second purchase were over by then"
	if days > cuts[0] {
		basis = "60 % of " + wording.Counted(n, "interval") + " from first to second purchase were over even earlier; 30 days are the least"
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

// Forget gives back the memory of what only the findings and the lapsed rule need, once
// nobody asks for them any more.
func (s *Survey) Forget() { s.secondPurchases, s.spelled.hashes = nil, nil }

// CustomersBefore counts the customers with a purchase before a day.
func (s *Survey) CustomersBefore(asOf data.Day) int64 {
	return s.sumDays(s.NewCustomers, s.FirstDay, asOf)
}

// LinesFrom counts the lines of a day and later.
func (s *Survey) LinesFrom(asOf data.Day) int64 {
	return s.sumDays(s.DayLines, asOf, s.end())
}

// end is the day after the last used line.
func (s *Survey) end() data.Day { return s.FirstDay + data.Day(len(s.DayLines)) }

// newestBefore is the newest purchase day before a day; the day before
// FirstDay where there is none.
func (s *Survey) newestBefore(asOf data.Day) data.Day {
	i := min(s.dayIndex(asOf), len(s.PurchaseLines)) - 1
	for i >= 0 && s.PurchaseLines[i] == 0 {
		i--
	}
	return s.FirstDay + data.Day(max(i, -1))
}

// firstPurchase is the first purchase day; end() where there is none.
func (s *Survey) firstPurchase() data.Day {
	i := 0
	for i < len(s.PurchaseLines) && s.PurchaseLines[i] == 0 {
		i++
	}
	return s.FirstDay + data.Day(i)
}

func (s *Survey) dayIndex(d data.Day) int { return int(d) - int(s.FirstDay) }

// sumDays adds the counts of days [from, to), cut to the history.
func (s *Survey) sumDays(counts []int64, from, to data.Day) (sum int64) {
	lo, hi := max(s.dayIndex(from), 0), min(s.dayIndex(to), len(counts))
	for i := lo; i < hi; i++ {
		sum += counts[i]
	}
	return sum
}

// medianAmountSize returns the size of the middle purchase line of days
// [from, to), and how many there are. Lines of no value, such as gifts, do not
// count: where they are about half of all, the middle of all lines says nothing.
// Where every line is of no value the size is 0.
func (s *Survey) medianAmountSize(from, to data.Day) (size int, lines int64) {
	var sizes [amountSizes]int64
	lo, hi := max(s.dayIndex(from), 0), min(s.dayIndex(to), len(s.AmountSizes))
	for i := lo; i < hi; i++ {
		for k, n := range s.AmountSizes[i] {
			sizes[k] += int64(n)
			lines += int64(n)
		}
	}
	if lines > sizes[0] {
		lines -= sizes[0]
		sizes[0] = 0
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
