package jobs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/pipeline/baserate"
	"winback/pipeline/diagnose"
	"winback/pipeline/lookback"
	"winback/pipeline/offers"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// showing is what the night finds out about what to show; nil where nothing is
// shown. Its walks are those of other stages.
type showing struct {
	study     *offers.Study // of days before the test cut; nil once the order is settled
	choice    *offers.Choice
	goods     *offers.Goods
	judge     *offers.Judge
	fees      *offers.Fees
	lists     *offers.Lists
	deadlines int // rows of that list, which come before the referrals
}

// notes say what is shown and what the test says of it.
func (s *showing) notes(r *offers.Record) []string {
	if s == nil {
		return nil
	}
	return []string{wording.Sentence(s.goods.Note()), wording.Sentence("Shown products at the test cut: " + r.Test), wording.Sentence(r.ChosenWords())}
}

// toShow says whether products are shown.
func (n *nightly) toShow(a asked) bool {
	if n.s.Show == 0 {
		return false
	}
	if len(a.orders.Names[data.Product]) == 0 {
		n.ui.Note(wording.Sentence("Nothing to show: the orders name no products"))
		return false
	}
	return true
}

// newShowing ends the first walk, nil where nothing is shown; about so many customers came
// back after the test cut.
func newShowing(o *lookback.Offers, q snapshots.Question, returned int64) *showing {
	if o == nil {
		return nil
	}
	s := &showing{study: o.Study, goods: o.Tonight.Learn(q.Workers)}
	s.fees = s.goods.NewFees()
	s.judge = offers.NewJudge(o.Tested.Learn(q.Workers), q.Horizon, returned)
	return s
}

// look readies the walk that looks at past days, for an order to show products in.
func (s *showing) look(a asked, rates *baserate.Rates) func(*orders.Histories) {
	if s == nil {
		return func(*orders.Histories) {}
	}
	s.study.Learn(a.Workers, rates.At)
	return s.study.Gather
}

// choose ends that walk; nil where nothing is shown.
func (s *showing) choose(workers int) (*offers.Choice, error) {
	if s == nil {
		return nil, nil
	}
	return s.study.Choose(workers)
}

// use takes the order that was chosen, tonight or on the night that learned.
func (s *showing) use(choice *offers.Choice) {
	if s == nil {
		return
	}
	if choice == nil {
		choice = offers.Unchosen()
	}
	s.choice, s.study = choice, nil
	s.goods.Use(choice)
	s.judge.Use(choice)
}

// warnings name shown products that look like none.
func (s *showing) warnings() []string {
	if s == nil {
		return nil
	}
	return s.fees.Warnings()
}

// test judges, on a walk, what would have been shown at the test cut.
func (s *showing) test(h *orders.Histories) {
	if s != nil {
		s.judge.Add(h)
		s.fees.Add(h)
	}
}

// record ends that walk; nil where nothing is shown.
func (s *showing) record(workers int) *offers.Record {
	if s == nil {
		return nil
	}
	return offers.NewRecord([]*offers.Judge{s.judge}, []*offers.Choice{s.choice}, workers)
}

// list readies the walk that finds what the customers of the lists are shown: the
// first by rank, and a fifth as many of the lists of deadlines, and then of referrals.
func (s *showing) list(groups *plan.Groups, d *diagnose.Diagnosis, slots, most int) error {
	if s == nil {
		return nil
	}
	ranked, err := firstListed(groups, most)
	if err != nil {
		return err
	}
	var also []string
	for i := range d.Deadlines {
		also = append(also, d.Deadlines[i].CustomerID)
	}
	for i := range d.Referrals.Len() {
		also = append(also, d.Referrals.CustomerID(i))
	}
	s.deadlines = len(d.Deadlines)
	s.lists = offers.NewLists(s.goods, slots, offers.NewListing(ranked, also, most+most/5), groups.Ranking.Groups())
	return nil
}

// firstListed are the first customers by rank.
func firstListed(groups *plan.Groups, most int) ([]offers.Listed, error) {
	first := make([]offers.Listed, 0, min(most, groups.Ranking.Len()))
	for g := 1; g <= groups.Ranking.Groups() && len(first) < cap(first); g++ {
		for c, err := range groups.Ranking.Group(g) {
			if err != nil {
				return nil, err
			}
			listed := offers.Listed{ID: c.IDs[c.Row], Group: g}
			if c.IsHeldOut() {
				listed.Group = 0
			}
			if first = append(first, listed); len(first) == cap(first) {
				break
			}
		}
	}
	return first, nil
}

// find is that walk; nil where nobody needs it.
func (s *showing) find() func(int, *orders.Histories) error {
	if s == nil {
		return nil
	}
	return func(_ int, h *orders.Histories) error {
		s.lists.Add(h)
		return nil
	}
}

// fill puts what was found into lists and groups.
func (s *showing) fill(groups *plan.Groups, d *diagnose.Diagnosis) {
	if s == nil {
		return
	}
	groups.Shows = s.lists
	for i := range groups.Rows {
		groups.Rows[i].Show = s.lists.OfGroup(i + 1)
	}
	for i := range d.Deadlines {
		d.Deadlines[i].Shown = s.lists.OfAlso(i)
	}
}

// ofReferral is what the customer of a row of the referrals is shown.
func (s *showing) ofReferral(i int) (shown tables.Shown) {
	if s == nil {
		return shown
	}
	return s.lists.OfAlso(s.deadlines + i)
}

// write writes the tables of what is shown.
func (s *showing) write(create run.Create, names *orders.Names) error {
	if s == nil {
		return nil
	}
	err := create.Write(run.ShowsFile, func(w io.Writer) error {
		table := tables.NewShowsWriter(w)
		if err := writeEach(s.lists.Rows(), table.Write); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return err
	}
	err = create.Write(run.ProductPairsFile, func(w io.Writer) error {
		table := tables.NewPairsWriter(w)
		if err := writeEach(s.goods.PairRows(), table.Write); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return err
	}
	return create.Write(run.HotProductsFile, func(w io.Writer) error {
		return tables.WriteHotProducts(w, s.goods.HotRows(names[data.Category]))
	})
}

// writeEach hands rows to a writer one by one.
func writeEach[R any](rows iter.Seq[R], write func([]R) error) error {
	one := make([]R, 1)
	for row := range rows {
		one[0] = row
		if err := write(one); err != nil {
			return err
		}
	}
	return nil
}

// readNeverShown reads products that are not to be shown, a code or a pattern a
// line; nil where no file is named. A file that is missing or empty is ExitGate.
func readNeverShown(files fsys.FS, path string) (func(product string) bool, error) {
	if path == "" {
		return nil, nil
	}
	content, err := readSmall(files, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &ExitError{ExitGate, err}
	}
	if err != nil {
		return nil, err
	}
	codes := map[string]bool{}
	var patterns orders.ProductFilter
	for line := range strings.Lines(strings.TrimPrefix(string(content), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		codes[line] = true
		if strings.ContainsAny(line, `*?[\`) {
			patterns = append(patterns, line)
		}
	}
	if len(codes) == 0 {
		return nil, &ExitError{ExitGate, fmt.Errorf("products not to show, %s: want a code or pattern a line, found none", path)}
	}
	return func(product string) bool { return codes[product] || patterns.Matches(product) }, nil
}
