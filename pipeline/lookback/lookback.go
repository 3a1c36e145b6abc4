// Package lookback is the walk over all histories that asks what came before: who came
// back, the first look of the diagnosis, what was bought by whom and when, a sample of the
// customers, what those of campaigns did. What it finds of a partition has a wire form, so
// that it may be made elsewhere, and adds up to the same whatever the partitions are.
package lookback

import (
	"iter"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/baserate"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/hours"
	"winback/pipeline/offers"
	"winback/pipeline/sendtime"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
)

// Frame is what the walk must know of table and question.
type Frame struct {
	FirstDay    data.Day    `json:"first_day"` // of any used line
	Days        int         `json:"days"`      // from there to the last used line
	Rows        int64       `json:"rows"`      // read
	Customers   int64       `json:"customers"` // with a purchase
	Histories   int64       `json:"histories"` // customers, with purchases or without
	AsOf        data.Day    `json:"as_of"`
	Horizon     int         `json:"horizon_days"`
	LapsedAfter int         `json:"lapsed_after_days"`
	FillUpDays  int         `json:"fill_up_days"`     // of the diagnosis
	SoldWithin  int         `json:"sold_within_days"` // of products to show; 0: none are shown
	Quiet       hours.Quiet `json:"quiet_hours"`
}

// Settings are what is asked with what the walk finds. Where it is made elsewhere nobody
// asks, and those of Frame are all it needs.
type Settings struct {
	Diagnosis diagnose.Settings
	Offers    offers.Settings
	Send      sendtime.Settings
	Answered  map[string]*hours.Counts // opens and clicks, by customer
	Watched   campaign.Watched
	// Happened is told what the watched of a partition did, in order of their ids; called
	// from several goroutines.
	Happened func(seen iter.Seq2[string, []campaign.Happening])
}

// Walk is the walk.
type Walk struct {
	Returns   *baserate.Counter
	Times     *snapshots.ReturnTimes
	Shop      *shopcontext.Sampler
	Diagnosis *diagnose.Collector
	Offers    *Offers // nil: nothing is shown
	Send      [2]*sendtime.Counter
	Hours     *hours.Finder

	frame    Frame
	names    *orders.Names
	watched  campaign.Watched
	happened func(seen iter.Seq2[string, []campaign.Happening])
}

// Offers count what was bought by whom: for tonight, for the test cut, for days before it.
type Offers struct {
	Tonight, Tested *offers.Counter
	Study           *offers.Study
}

// mostCounted is about how many customers a test on a past day learns from, to
// bound its cost.
const mostCounted = 200_000

// New begins the walk over so many partitions of a table with these names.
func New(f Frame, names *orders.Names, partitions int, s Settings) (*Walk, error) {
	q := f.question()
	diagnosis, err := diagnose.NewCollector(s.Diagnosis, diagnose.NewHistory(f.FirstDay, f.Customers, f.Rows, partitions, names))
	w := &Walk{Returns: baserate.NewCounter(f.FirstDay, f.Days, f.LapsedAfter, f.Horizon), Times: snapshots.NewReturnTimes(f.FirstDay, q),
		Shop: snapshots.NewShopSampler(f.FirstDay, partitions, f.Histories), Diagnosis: diagnosis,
		Hours: hours.NewFinder(f.AsOf, f.Quiet, s.Answered, partitions), frame: f, names: names, watched: s.Watched, happened: s.Happened}
	for k, day := range []data.Day{f.AsOf, q.TestCut()} {
		w.Send[k] = sendtime.NewCounter(s.Send, len(names[data.Channel]), day)
	}
	if f.SoldWithin > 0 {
		w.Offers = f.offers(s.Offers, names[data.Product])
	}
	return w, err
}

func (f *Frame) question() snapshots.Question {
	return snapshots.Question{AsOf: f.AsOf, LapsedAfter: f.LapsedAfter, Horizon: f.Horizon}
}

func (f *Frame) offers(s offers.Settings, products []string) *Offers {
	q := f.question()
	o := &Offers{Tonight: offers.NewCounter(s, products, f.AsOf)}
	s.Share = min(1, mostCounted/float64(max(f.Customers, 1)))
	o.Tested = offers.NewCounter(s, products, q.TestCut())
	o.Study = offers.NewStudy(s, products, q.TestCut(), q.FirstUsefulDay(f.FirstDay), f.Horizon, f.Customers)
	return o
}

// Add looks at a partition; it may be called from several goroutines.
func (w *Walk) Add(part int, h *orders.Histories) {
	w.Returns.Add(h)
	w.Times.Add(h)
	w.Shop.Add(part, h)
	w.Diagnosis.Add(part, h)
	if w.Offers != nil {
		w.Offers.Tonight.Add(h)
		w.Offers.Tested.Add(h)
		w.Offers.Study.Count(h)
	}
	for _, c := range w.Send {
		c.Add(h)
	}
	w.Hours.Add(part, h)
	w.happened(w.watched.Of(h, w.frame.AsOf))
}
