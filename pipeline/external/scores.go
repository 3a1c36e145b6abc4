// Package external reads scores of customers that another system made, for past
// days and for tonight, and joins them to the matrices of these days, so that they
// are judged as the models are.
package external

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/columns"
	"winback/data/lists"
	"winback/internal/fsys"
)

// Scores are those of a file with a row for each customer and day: the higher, the
// likelier to return.
type Scores struct {
	Path   string
	Column string // of the score
	SHA256 string
	Size   int64 // bytes
	Rows   int64 // known once Read

	days          map[data.Day]*ofDay // those that were asked for; nil before Read
	seen          map[data.Day]int64  // rows of all days of the file
	probabilities bool                // all scores of those days lie within 0 and 1, leastMean and more on average
}

// ofDay are the scores of a day.
type ofDay struct {
	customers []uint64  // hashes of the ids, ascending; 64 bits tell 10 million ids apart but in 3 of a million files
	values    []float32 // of each, within (0, 1): the probability, or the percentile rank among those of the day, equal ones counted half
	least     float32   // of them
}

// leastProbability bounds the log-odds of a probability: lower ones keep their order
// between half of it and it, and one less it stands for all higher.
const leastProbability = 1e-6

// leastMean is the mean score of the days below which scores are no probabilities, but shares
// of a sum or the like: the log-odds of such small ones say little of their order.
const leastMean = 0.001

// bounded is a probability whose log-odds are of use.
func bounded(p float64) float64 {
	switch {
	case p <= 0:
		return leastProbability / 2
	case p < leastProbability:
		return leastProbability / 2 * (1 + 1/(1+math.Log(leastProbability/p)))
	}
	return min(p, 1-leastProbability)
}

// names of the columns beside the score.
var names = []string{"customer_id", "as_of"}

// errFirstRow ends a reading for the headings alone.
var errFirstRow = errors.New("the headings alone were read")

// Open finds the column of the scores in a file, Parquet or CSV: the one that is
// named; "" stands for score, or where there is none for the only one beside
// customer_id and as_of. No path gives nil. Errors are an *data.InputError.
func Open(ctx context.Context, files fsys.FS, path, column string) (*Scores, error) {
	if path == "" {
		return nil, nil
	}
	s := &Scores{Path: path}
	info, err := files.Stat(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	s.Size = info.Size()
	if s.SHA256, err = columns.Digest(files, path); err != nil {
		return nil, err
	}
	var others []string
	asked := lists.Columns{Names: names, Needed: len(names), Unread: func(headings []string) { others = headings }}
	if err := lists.Read(ctx, files, path, asked, func(lists.Row) error { return errFirstRow }); err != nil && !errors.Is(err, errFirstRow) {
		return nil, err
	}
	if s.Column, err = scoreAmong(others, column); err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	return s, nil
}

// scoreAmong is the column of the score among those of a file.
func scoreAmong(others []string, named string) (string, error) {
	found := strings.Join(others, ", ")
	switch {
	case named != "" && slices.Contains(others, named):
		return named, nil
	case named != "":
		return "", fmt.Errorf("column %q is missing, which --score-column names; found beside customer_id and as_of: %s", named, cmp.Or(found, "none"))
	case slices.Contains(others, "score"):
		return "score", nil
	case len(others) == 1:
		return others[0], nil
	case len(others) == 0:
		return "", errors.New(`column "score" is missing; found customer_id and as_of alone`)
	}
	return "", fmt.Errorf("none of the columns %s is called score; name it with --score-column", found)
}

// entry is a row of a wanted day.
type entry struct {
	customer uint64
	score    float64
	row      int
}

// Read reads the scores of some days; others are passed over.
func (s *Scores) Read(ctx context.Context, files fsys.FS, wanted []data.Day) error {
	entries, sum, scored := map[data.Day][]entry{}, 0.0, 0
	s.seen, s.Rows, s.probabilities = map[data.Day]int64{}, 0, true
	asked := lists.Columns{Names: []string{names[0], names[1], s.Column}, Needed: 3}
	err := lists.Read(ctx, files, s.Path, asked, func(r lists.Row) error {
		s.Rows++
		day, e, err := s.entry(r)
		if err != nil {
			return err
		}
		s.seen[day]++
		if slices.Contains(wanted, day) && !math.IsNaN(e.score) {
			s.probabilities = s.probabilities && e.score >= 0 && e.score <= 1
			sum, scored = sum+e.score, scored+1
			entries[day] = append(entries[day], e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.probabilities = s.probabilities && sum >= leastMean*float64(scored)
	s.days = map[data.Day]*ofDay{}
	for _, day := range wanted { // in an order that errors keep
		if all := entries[day]; len(all) > 0 && s.days[day] == nil {
			if s.days[day], err = s.ofDay(all); err != nil {
				return &data.InputError{Path: s.Path, Err: err}
			}
		}
	}
	return nil
}

// entry reads a row; an empty score is NaN.
func (s *Scores) entry(r lists.Row) (data.Day, entry, error) {
	id := r.Cells[names[0]]
	switch {
	case id == "":
		return 0, entry{}, r.Wrong(names[0], "an id")
	case columns.IsShortenedID(id):
		return 0, entry{}, r.Wrong(names[0], "an id written out, not in scientific notation")
	}
	at, err := r.Moment(names[1])
	if err == nil && at%data.MicrosPerDay != 0 || err != nil {
		return 0, entry{}, r.Wrong(names[1], "a day such as 2026-06-30")
	}
	score, err := r.Number64(s.Column)
	return data.DayOfMicros(at), entry{xxhash.Sum64String(id), score, r.Number}, err
}

// ofDay orders the rows of a day by customer.
func (s *Scores) ofDay(all []entry) (*ofDay, error) {
	if !s.probabilities {
		rank(all)
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.row, b.row)) })
	day := &ofDay{make([]uint64, len(all)), make([]float32, len(all)), 1}
	for i, e := range all {
		if i > 0 && e.customer == all[i-1].customer {
			return nil, fmt.Errorf("row %d: the same customer_id and as_of as in row %d; want one score for each customer and day", e.row, all[i-1].row)
		}
		day.customers[i], day.values[i] = e.customer, float32(bounded(e.score))
		day.least = min(day.least, day.values[i])
	}
	return day, nil
}

// rank replaces scores by their percentile ranks.
func rank(all []entry) {
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.score, b.score) })
	for from := 0; from < len(all); {
		to, score := from, all[from].score
		for to < len(all) && all[to].score == score {
			to++
		}
		for i := from; i < to; i++ {
			all[i].score = float64(from+to) / 2 / float64(len(all))
		}
		from = to
	}
}

// Need wants scores for days, of which the last is tonight; judged are all days on
// which they can be judged.
func (s *Scores) Need(needed, judged []data.Day) error {
	var missing []data.Day
	for _, day := range needed {
		if s.days[day] == nil {
			missing = append(missing, day)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	tonight := needed[len(needed)-1]
	return &data.InputError{Path: s.Path, Err: fmt.Errorf("no scores in column %q with as_of %s; want those of tonight, %s, and of the days on which models are compared and tested, %s; found %s",
		s.Column, listed(missing), tonight, listed(judged), s.found())}
}

// found says which days the file has.
func (s *Scores) found() string {
	var days []data.Day
	for day := range s.seen {
		days = append(days, day)
	}
	slices.Sort(days)
	switch n := len(days); {
	case n == 0:
		return "no rows"
	case n > 6:
		return fmt.Sprintf("%d days from %s to %s", n, days[0], days[n-1])
	}
	return listed(days)
}

func listed(days []data.Day) string {
	words := make([]string, len(days))
	for i, day := range days {
		words[i] = day.String()
	}
	return strings.Join(words, ", ")
}
