// Package diagnose answers what a marketer asks before any model: where do the
// customers stand, when do they come back, what brings them from the first
// order to the third, and is the shop healthy.
//
// It takes two walks over the customer histories. The first, a Collector,
// gathers counts and a few numbers per customer; from these the Diagnosis is
// made. The second, People, goes back to each customer with what was learned:
// which product runs out, which stage by which clock, which type. All counts
// are whole numbers or taken in order of the customer ids, so that neither the
// workers nor the order of files and rows leave a trace. Nothing of the as-of
// day or later is looked at.
package diagnose

import (
	"fmt"
	"slices"

	"winback/data"
	"winback/data/spill"
	"winback/data/tables"
	"winback/features"
)

// Clock names one of the three ways to tell a customer's stage.
type Clock string

// The clocks.
const (
	ClockFixed   Clock = "fixed"   // days since the last purchase against set edges
	ClockOwn     Clock = "own"     // against the shop's own intervals from first to second purchase
	ClockProduct Clock = "product" // against the repurchase cycle of what was bought
)

// Clocks lists the clocks in the order in which they are shown.
func Clocks() []Clock { return []Clock{ClockFixed, ClockOwn, ClockProduct} }

// assetOf is what a stage is in the books, if customers were claims.
func assetOf(s features.Stage) string {
	return [features.StageCount]string{"current", "non-current", "doubtful", "bad debt"}[s]
}

// Settings are what a diagnosis is asked.
type Settings struct {
	AsOf        data.Day // everything before it is known
	HorizonDays int      // within which a purchase counts as a return
	LapsedAfter int      // days since the last purchase from which a customer counts as lapsed
	Workers     int      // 0 is one per processor; changes no result
	Seed        uint64   // of what is drawn

	FixedEdges   features.StageEdges // of the fixed clock
	Clock        Clock               // in force: its stages go into lists
	FollowShare  float64             // share of the customers who must have been followed for as long as corrected figures look
	FollowDays   int                 // within which a first buyer's second purchase counts
	FillUpDays   int                 // of the history's start, in which it may hold survivors only
	WaitDue      bool                // deadline lists say until when bought goods last
	DeadlineDays int                 // deadline lists look so far ahead
	FalseAlarms  float64             // most of those declared lapsed who may come back by themselves
	RFMCuts      [3][]float64        // own cut points of recency (days), frequency (purchase days) and monetary value; nil: found from the shop
	Norms        []data.CycleNorm    // what the industry knows of repurchase cycles
	Events       []data.Event        // sales and other occasions
	Levers       []Lever             // what-if; nil for none
	Referrals    ReferralRules
	// KeepOff says who is on no list of deadlines or referrals; called from one goroutine; nil for nobody.
	KeepOff func(id string) bool
	// Held says who of those on the list of deadlines may not be contacted; as KeepOff.
	Held func(d tables.Deadline) bool
	// Disk takes the customers of which memory has more than so many bytes; nil: memory
	// has room for all.
	Disk        *spill.File
	MemoryBytes int64
	// PreferredHour is the hour of the day of a customer of a partition, by place there, 0
	// to 23, and -1 where it is not known; called from several goroutines; nil for nobody.
	PreferredHour func(part, customer int) int8
	Margin        float64 // share of the sales that is margin; 0 when not known
}

// Defaults are the settings where nobody sets any.
func Defaults() Settings {
	return Settings{HorizonDays: 60, LapsedAfter: 90, Seed: 1, FixedEdges: features.DefaultStageEdges(), Clock: ClockFixed, FollowShare: 0.05,
		FollowDays: 365, FillUpDays: 183, DeadlineDays: 7, Referrals: ReferralRules{90, 0.02, 0.2, 5}, FalseAlarms: 0.05, Norms: data.StandardNorms()}
}

// check reports the first setting that cannot be used.
func (s *Settings) check() error {
	edges := s.FixedEdges.Validate()
	switch {
	case s.HorizonDays < 1 || s.LapsedAfter < 1 || s.FollowDays < 1 || s.DeadlineDays < 1 || s.FillUpDays < 0:
		return fmt.Errorf("diagnosis: horizon %d, lapsed after %d, follow-up %d, deadline %d days: want 1 or more", s.HorizonDays, s.LapsedAfter, s.FollowDays, s.DeadlineDays)
	case edges != nil:
		return fmt.Errorf("diagnosis: %w", edges)
	case !(s.FollowShare > 0 && s.FollowShare < 1):
		return fmt.Errorf("diagnosis: follow-up share %v, want more than 0 and less than 1", s.FollowShare)
	case !slices.Contains(Clocks(), s.Clock):
		return fmt.Errorf("diagnosis: clock %q, want one of %v", s.Clock, Clocks())
	}
	for _, cuts := range s.RFMCuts {
		if cuts == nil {
			continue
		}
		if err := checkRFMCuts(cuts); err != nil {
			return fmt.Errorf("diagnosis: scores: %w", err)
		}
	}
	return nil
}

// testCut is the newest day whose horizon is over.
func (s *Settings) testCut() data.Day { return s.AsOf - data.Day(s.HorizonDays) }
