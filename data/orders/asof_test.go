package orders

import (
	"slices"
	"testing"

	"winback/data"
)

// threeCustomers have four, no and two lines: purchases but for line 1, a
// return, and line 4, which is neither.
func threeCustomers() *Histories {
	at := func(day data.Day, hour int64) int64 { return day.Micros() + hour*3_600_000_000 }
	return &Histories{IDs: []string{"a", "b", "c"}, Start: []int32{0, 4, 4, 6},
		Time:  []int64{at(-3, 23), at(10, 0), at(10, 9), at(12, 0), at(10, 0), at(11, 1)},
		Flags: []LineFlags{FlagPurchase, FlagReturn, FlagPurchase, FlagPurchase, 0, FlagPurchase}}
}

func TestHistory_BeforeAndSincePartTheLines(t *testing.T) {
	h := threeCustomers()
	for c := range h.Customers() {
		all := h.Customer(c)
		for day := data.Day(-5); day < 15; day++ {
			past, rest := all.Before(day), all.Since(day)
			if past.From != int(h.Start[c]) || past.To != rest.From || rest.To != int(h.Start[c+1]) {
				t.Fatalf("customer %d at %d: lines [%d, %d) and [%d, %d)", c, day, past.From, past.To, rest.From, rest.To)
			}
			for i := past.From; i < rest.To; i++ {
				if known := data.DayOfMicros(h.Time[i]) < day; known != (i < past.To) {
					t.Errorf("customer %d at %d: line %d is known: %v", c, day, i, !known)
				}
			}
		}
	}
}

func TestHistory_PurchasesLeaveReturnsOut(t *testing.T) {
	h := threeCustomers()
	for _, c := range []struct {
		customer int
		before   data.Day
		lines    []int
		days     []data.Day
	}{
		{0, 20, []int{0, 2, 3}, []data.Day{-3, 10, 12}}, {0, 12, []int{0, 2}, []data.Day{-3, 10}}, {0, 10, []int{0}, []data.Day{-3}}, {0, -3, nil, nil},
		{1, 20, nil, nil}, {2, 11, nil, nil}, {2, 12, []int{5}, []data.Day{11}},
	} {
		past := h.Customer(c.customer).Before(c.before)
		lines, days := slices.Collect(past.Purchases()), slices.Collect(past.PurchaseDays())
		if !slices.Equal(lines, c.lines) || !slices.Equal(days, c.days) || past.HasPurchase() != (len(c.lines) > 0) {
			t.Errorf("customer %d before %d: lines %v on days %v, want %v on %v", c.customer, c.before, lines, days, c.lines, c.days)
		}
	}
}

func TestHistory_PurchaseDaysNameADayOnce(t *testing.T) {
	day := data.Day(7)
	h := &Histories{IDs: []string{"a"}, Start: []int32{0, 3}, Time: []int64{day.Micros(), (day + 1).Micros() - 1, (day + 1).Micros()},
		Flags: []LineFlags{FlagPurchase, FlagPurchase, FlagPurchase}}
	if days := slices.Collect(h.Customer(0).PurchaseDays()); !slices.Equal(days, []data.Day{7, 8}) {
		t.Errorf("days %v, want 7 and 8", days)
	}
}

func TestHistory_CutsWithoutAllocating(t *testing.T) {
	h := threeCustomers()
	sum := 0
	if n := testing.AllocsPerRun(100, func() {
		for c := range h.Customers() {
			past := h.Customer(c).Before(12)
			for i := range past.Purchases() {
				sum += i
			}
			for day := range past.PurchaseDays() {
				sum += int(day)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
