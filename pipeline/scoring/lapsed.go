package scoring

import (
	"errors"
	"fmt"
	"math"

	"winback/data"
	"winback/features"
)

// Lapsed holds lapsed customers as columns: in strictly ascending byte order of their
// ids where it is a part of a Store, in rank order where a ranking hands it out.
// Columns that may be nil say so; all others have one entry per customer.
type Lapsed struct {
	IDs         []string
	Probability []float64 // calibrated, of the ranker; within [0, 1]
	// Score orders the lists where probability does not, higher first; nil:
	// the probability does. Finite.
	Score []float64
	// Inside orders the customers of a group among each other where Score and
	// probability do not, higher first; nil: they do. Finite.
	Inside           []float64
	Others           [][]float32      // calibrated, of the models of Scored beside the ranker and the tree
	Leaf             []int32          // ordinal of the customer's leaf
	ExpectedSpend    []float64        // currency, within the horizon, if the customer returns; NaN: unknown; nil: all unknown
	RecencyDays      []int32          // as-of day minus the last purchase day
	Orders           []int32          //
	IntervalMeanDays []float32        // between purchase days; NaN: one purchase day; nil: all unknown
	Monetary         []data.Money     //
	LastPurchaseDay  []data.Day       //
	Stage            []features.Stage // by the clock in force; nil: not known
	PreferredChannel []uint32         // index into Channels plus one; 0: none; nil: all none
	PreferredHour    []int8           // of the day, 0 to 23; -1: too little is known; nil: of all
	Weekday          []int8           // of most purchases, 0 is Sunday; -1: none; nil: of nobody
	WaitDays         []int16          // from tonight until the customer is contacted; 0: none; nil: nobody waits
	Suppressed       []bool           // in no list; nil: nobody
	Hold             []string         // why in no list tonight, "" for who may be contacted; nil: all may
	HoldUntil        []data.Day       // first day on which that holds no more; 0: not known
	HeldOut          []bool           // in the holdout, unless suppressed; nil: nobody

	Channels []string // names; not one per customer
}

// Validate wants columns of one length, ids in ascending order, probabilities
// within 0 and 1, finite scores, and leaves below so many.
func (l *Lapsed) Validate(leaves int) error {
	n := len(l.IDs)
	lengths := []struct {
		name     string
		have     int
		optional bool
	}{
		{"probability", len(l.Probability), false}, {"score", len(l.Score), true}, {"inside", len(l.Inside), true}, {"leaf", len(l.Leaf), false},
		{"expected spend", len(l.ExpectedSpend), true}, {"recency", len(l.RecencyDays), false}, {"orders", len(l.Orders), false},
		{"interval", len(l.IntervalMeanDays), true}, {"monetary", len(l.Monetary), false},
		{"last purchase day", len(l.LastPurchaseDay), false}, {"stage", len(l.Stage), true},
		{"preferred channel", len(l.PreferredChannel), true}, {"preferred hour", len(l.PreferredHour), true}, {"weekday", len(l.Weekday), true}, {"wait", len(l.WaitDays), true}, {"suppressed", len(l.Suppressed), true}, {"held out", len(l.HeldOut), true}, {"hold", len(l.Hold), true}, {"hold until", len(l.HoldUntil), true},
	}
	for _, c := range lengths {
		if c.have != n && (c.have != 0 || !c.optional) {
			return fmt.Errorf("lapsed customers: %s has %d entries, want %d", c.name, c.have, n)
		}
	}
	for i := range n {
		switch {
		case i > 0 && l.IDs[i-1] >= l.IDs[i]:
			return fmt.Errorf("lapsed customers: row %d is not in ascending order of ids", i)
		case !(l.Probability[i] >= 0 && l.Probability[i] <= 1):
			return fmt.Errorf("lapsed customers: row %d has probability %v, want one within 0 and 1", i, l.Probability[i])
		case len(l.Score) > 0 && (math.IsNaN(l.Score[i]) || math.IsInf(l.Score[i], 0)):
			return fmt.Errorf("lapsed customers: row %d has score %v, want a finite number", i, l.Score[i])
		case len(l.Inside) > 0 && (math.IsNaN(l.Inside[i]) || math.IsInf(l.Inside[i], 0)):
			return fmt.Errorf("lapsed customers: row %d is ranked inside its group by %v, want a finite number", i, l.Inside[i])
		case l.Leaf[i] < 0 || int(l.Leaf[i]) >= leaves:
			return fmt.Errorf("lapsed customers: row %d is in leaf %d of %d", i, l.Leaf[i], leaves)
		case len(l.PreferredChannel) > 0 && int(l.PreferredChannel[i]) > len(l.Channels):
			return errors.New("lapsed customers: a preferred channel has no name")
		}
	}
	return nil
}

// IsSuppressed says whether the customer of a row must be in no list.
func (l *Lapsed) IsSuppressed(i int32) bool { return len(l.Suppressed) > 0 && l.Suppressed[i] }

// IsHeldOut says whether the holdout has the customer of a row, unless suppressed.
func (l *Lapsed) IsHeldOut(i int32) bool { return len(l.HeldOut) > 0 && l.HeldOut[i] }

// SpendOf is what the customer of a row is expected to spend in the horizon after a
// return, in currency; NaN where nothing is known.
func (l *Lapsed) SpendOf(i int32) float64 {
	if len(l.ExpectedSpend) == 0 {
		return math.NaN()
	}
	return l.ExpectedSpend[i]
}

// InsideKey is what the customers of a group are ordered by, higher first.
func (l *Lapsed) InsideKey(i int32) float64 {
	if len(l.Inside) > 0 {
		return l.Inside[i]
	}
	return l.Key(i)
}

// Key is what groups are ordered by, higher first.
func (l *Lapsed) Key(i int32) float64 {
	if len(l.Score) > 0 {
		return l.Score[i]
	}
	return l.Probability[i]
}

// IsOut says whether the customer of a row is in no list, suppressed or held.
func (l *Lapsed) IsOut(i int32) bool { return l.IsSuppressed(i) || l.IsHeld(i) }

// HoldOf is why the customer of a row is held, and until when.
func (l *Lapsed) HoldOf(i int) (why string, until data.Day) {
	if len(l.Hold) == 0 {
		return "", 0
	}
	return l.Hold[i], l.HoldUntil[i]
}

// IsHeld says whether the customer of a row may not be contacted tonight.
func (l *Lapsed) IsHeld(i int32) bool { return len(l.Hold) > 0 && l.Hold[i] != "" }

// hours are those of the day, to point at.
var hours = func() (all [24]int32) {
	for h := range all {
		all[h] = int32(h)
	}
	return all
}()

// HourOf is the preferred hour of the customer of a row; nil where too little is known.
func (l *Lapsed) HourOf(i int32) *int32 {
	if len(l.PreferredHour) == 0 || l.PreferredHour[i] < 0 {
		return nil
	}
	return &hours[l.PreferredHour[i]]
}

// WeekdayOf is the weekday on which the customer of a row buys most, 0 is Sunday; -1
// where there is none.
func (l *Lapsed) WeekdayOf(i int32) int8 {
	if len(l.Weekday) == 0 {
		return -1
	}
	return l.Weekday[i]
}

// WaitOf is in how many days the customer of a row is contacted; 0: tonight.
func (l *Lapsed) WaitOf(i int32) int16 {
	if len(l.WaitDays) == 0 {
		return 0
	}
	return l.WaitDays[i]
}
