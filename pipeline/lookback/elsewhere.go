package lookback

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"winback/data"
	"winback/data/guard"
	"winback/data/orders"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/hours"
	"winback/pipeline/offers"
	"winback/pipeline/run"
)

// Files of the package that the walk takes elsewhere; FORMAT.md of data/orders describes
// them.
const (
	frameFile   = "lookback.json"
	answersFile = "answers"
	watchedFile = "watched"
)

// Write is what the walk must know elsewhere, as the files of a package.
func (f Frame) Write(create run.Create, s Settings) error {
	text := func(of []byte) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := w.Write(of)
			return err
		}
	}
	return errors.Join(create.WriteJSON(frameFile, f), create.Write(answersFile, text(hours.AppendAnswers(s.Answered))), create.Write(watchedFile, text(s.Watched.Bytes())))
}

// Range is the walk over one partition, elsewhere.
type Range struct {
	walk     *Walk
	happened []byte
}

// RangeOf reads what Write wrote, with the names of the table. What comes back can walk, or
// there is an error.
func RangeOf(read func(path string) ([]byte, error), names *orders.Names) (*Range, error) {
	text, err := read(frameFile)
	if err != nil {
		return nil, err
	}
	var f Frame
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", frameFile, err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", frameFile, err)
	}
	s, err := f.settings(read)
	if err != nil {
		return nil, err
	}
	r := &Range{}
	s.Happened = func(seen iter.Seq2[string, []campaign.Happening]) { r.happened = s.Watched.Part(seen) }
	r.walk, err = New(f, names, 1, s)
	return r, err
}

// mostDays is how many days orders may span, and how far from 1970 they may lie: 2,000
// years.
const mostDays = 2000 * 366

func (f *Frame) check() error {
	known := int(f.AsOf) - int(f.FirstDay)
	for _, n := range []int{f.Days, known, max(int(f.FirstDay), -int(f.FirstDay)), f.Horizon - 1, f.LapsedAfter - 1, f.FillUpDays, f.SoldWithin} {
		if n < 0 || n > mostDays {
			return fmt.Errorf("%d days from %s, as of %s, horizon of %d days, lapsed after %d, fill-up of %d, sold within %d: want no day before the first, horizon and lapsed after above 0, nothing above %d", f.Days, f.FirstDay, f.AsOf, f.Horizon, f.LapsedAfter, f.FillUpDays, f.SoldWithin, mostDays)
		}
	}
	if f.Rows < 0 || f.Customers < 0 || f.Histories < 0 {
		return fmt.Errorf("%d rows, %d customers with purchases of %d: want no fewer than 0", f.Rows, f.Customers, f.Histories)
	}
	return nil
}

// settings are those of the walk elsewhere.
func (f *Frame) settings(read func(path string) ([]byte, error)) (s Settings, err error) {
	s.Diagnosis = diagnose.Defaults()
	s.Diagnosis.AsOf, s.Diagnosis.HorizonDays, s.Diagnosis.LapsedAfter, s.Diagnosis.FillUpDays = f.AsOf, f.Horizon, f.LapsedAfter, f.FillUpDays
	s.Offers = offers.Settings{LapsedAfter: f.LapsedAfter, SoldWithin: f.SoldWithin}
	answers, err := read(answersFile)
	if err != nil {
		return s, err
	}
	if s.Answered, err = hours.AnswersOf(answers); err != nil {
		return s, fmt.Errorf("%s: %w", answersFile, err)
	}
	watched, err := read(watchedFile)
	if err != nil {
		return s, err
	}
	if s.Watched, err = campaign.WatchedFrom(watched); err != nil {
		return s, fmt.Errorf("%s: %w", watchedFile, err)
	}
	return s, nil
}

// Add looks at the partition.
func (r *Range) Add(h *orders.Histories) { r.walk.Add(0, h) }

// Parts are what was found as byte strings, for AddParts elsewhere.
func (r *Range) Parts() ([][]byte, error) {
	w := r.walk
	diagnosis, err := w.Diagnosis.Part(0)
	parts := [][]byte{w.Returns.Part(), w.Times.Part(), w.Shop.Part(0), diagnosis, w.Send[0].Part(), w.Send[1].Part(), w.Hours.Part(0), r.happened}
	for _, c := range w.Offers.counters() {
		parts = append(parts, c.Part())
	}
	return parts, err
}

// AddParts adds what was found of a partition elsewhere. Whatever the bytes are, it adds
// what holds together, or there is an error.
func (w *Walk) AddParts(part int, parts [][]byte) error {
	counters := w.Offers.counters()
	const fixed = 8
	if want := fixed + len(counters); len(parts) != want {
		return fmt.Errorf("want %d parts of the look back, found %d", want, len(parts))
	}
	return guard.Run("the look back", func() error {
		seen, err := w.watched.Seen(parts[7])
		if err != nil {
			return err
		}
		w.happened(seen)
		err = errors.Join(w.Returns.AddPart(parts[0]), w.Times.AddPart(parts[1]), w.Shop.AddPart(part, parts[2], w.frame.Days, len(w.names[data.Product])), w.Diagnosis.AddPart(part, parts[3]),
			w.Send[0].AddPart(parts[4]), w.Send[1].AddPart(parts[5]), w.Hours.AddPart(part, parts[6], w.frame.Histories))
		for i, c := range counters {
			err = errors.Join(err, c.AddPart(parts[fixed+i], len(w.names[data.Category])))
		}
		return err
	})
}

// counters are all of them, in one order.
func (o *Offers) counters() []*offers.Counter {
	if o == nil {
		return nil
	}
	return append([]*offers.Counter{o.Tonight, o.Tested}, o.Study.Counters()...)
}
