package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/offers"
	"winback/pipeline/run"
	"winback/pipeline/sendtime"
	"winback/pipeline/wording"
)

// ExplainSettings are what Explain reads.
type ExplainSettings struct{ settings.Runs }

// Settings lists them.
func (s *ExplainSettings) Settings() []settings.Setting { return settings.Rows(&s.Runs) }

// Explain prints why a customer stands where it stands in the newest run of
// s.Out: chance, group and its rule, rank, reasons, and what each model said. Of
// a customer who has not lapsed it prints since when there was no purchase, and
// from which day on that counts as lapsed. A customer whom the run does not know
// is an error with ExitUsage.
func Explain(ctx context.Context, s ExplainSettings, customer string, ui console.UI) error {
	r, err := openRun(settings.Files(), s.Out, run.ScoresFile, run.GroupsFile, run.ContactsFolder, run.HoldoutFile, run.EvaluationFile, run.CustomersFile, run.ShowsFile)
	if err != nil {
		return err
	}
	e := explanation{run: r.Manifest.RunID, asOf: r.AsOf}
	asked, err := r.Asked()
	if err != nil {
		return err
	}
	e.horizon = asked.HorizonDays
	found, err := e.findScore(ctx, r, customer)
	if err != nil {
		return err
	}
	if !found {
		active, err := e.findOther(ctx, r, customer)
		if err != nil {
			return err
		}
		if active.CustomerID != e.score.CustomerID {
			return explainActive(ctx, r, asked, active, ui)
		}
	}
	customer = e.score.CustomerID
	if e.shows, err = showsOf(ctx, r, customer); err != nil {
		return err
	}
	if err := e.find(ctx, r, customer); err != nil {
		return err
	}
	return ui.Print(e.lines()...)
}

// explanation is what a run knows of one of its lapsed customers.
type explanation struct {
	run     string
	asOf    data.Day
	horizon int // days; 0: unknown
	score   tables.ScoreRow
	models  []string
	mean    float64 // probability of all lapsed customers
	lapsed  int64
	group   *tables.GroupRow   // nil: the table lacks it
	listed  *tables.ContactRow // nil: on no list
	held    bool               // the list is the holdout
	shows   []tables.ShowRow   // products of the customer's own
}

// find reads of a customer whose score is known what the other tables say.
func (e *explanation) find(ctx context.Context, r *run.Run, customer string) error {
	groups, err := r.Groups()
	if err != nil {
		return err
	}
	for i := range groups {
		if groups[i].Group == e.score.Group {
			e.group = &groups[i]
		}
	}
	lists := []iter.Seq2[tables.ContactRow, error]{r.ContactLists([]int{int(e.score.Group)}), r.Holdout()}
	for i, rows := range lists {
		for row, err := range untilCanceled(ctx, rows) {
			if err != nil {
				return err
			}
			if row.CustomerID == customer {
				e.listed, e.held = &row, i == 1
				return nil
			}
		}
	}
	return nil
}

// findScore says whether the customer is among the lapsed; if not, the score is that of
// the last whose id is like it but for case, blanks and zeros in front.
func (e *explanation) findScore(ctx context.Context, r *run.Run, customer string) (found bool, err error) {
	if e.models, err = r.ScoreModels(); err != nil {
		return false, err
	}
	for row, err := range untilCanceled(ctx, r.Scores()) {
		if err != nil {
			return false, err
		}
		e.lapsed++
		e.mean += (row.Probability - e.mean) / float64(e.lapsed)
		if row.CustomerID == customer {
			e.score, found = row, true
		} else if !found && data.FoldID(row.CustomerID) == data.FoldID(customer) {
			e.score = row
		}
	}
	return found, nil
}

// explainLine is a name with what is said of it, wrapped.
func explainLine(name, text string) []string {
	var lines []string
	for i, part := range console.Wrap(text, console.Width-18) {
		if i > 0 {
			name = ""
		}
		lines = append(lines, fmt.Sprintf("%-17s %s", name, part))
	}
	return lines
}

func (e *explanation) lines() []string {
	line := explainLine
	all := line("Customer", e.score.CustomerID)
	all = append(all, line("Run", fmt.Sprintf("%s, as of %s", e.run, e.asOf))...)
	all = append(all, line("Chance to buy", e.chance())...)
	if e.group != nil {
		all = append(all, line("Group", fmt.Sprintf("%d: %s", e.group.Group, named(e.group)))...)
		all = append(all, line("", groupFigures(e.group))...)
	}
	all = append(all, line("List", e.list())...)
	if r := e.listed; r != nil {
		if r.Reason != "" {
			all = append(all, line("Why", r.Reason)...)
		}
		all = append(all, line("So far", fmt.Sprintf("%s worth %s, the last one on %s, %s before the as-of day", wording.Counted(r.Orders, "order"),
			wording.Screen.Fixed(float64(r.Monetary)/data.MoneyScale, 2), r.LastPurchaseDay, wording.Counted(r.RecencyDays, "day")))...)
		if !math.IsNaN(r.ExpectedSpend) {
			all = append(all, line("On return", "spends "+wording.Screen.Fixed(r.ExpectedSpend, 2)+" on average")...)
		}
	}
	all = append(all, e.toShow()...)
	if text := e.whenToSend(); text != "" {
		all = append(all, line("Send", text)...)
	}
	all = append(all, line("Stage", e.score.Stage)...)
	return append(all, line("By model", e.byModel())...)
}

// whenToSend says when to contact the customer; "" where nothing is known.
func (e *explanation) whenToSend() string {
	if e.group == nil || e.listed == nil {
		return ""
	}
	sending := e.group.Sending
	if e.listed.Weekday != "" {
		sending.Weekday = e.listed.Weekday
	}
	text := sendtime.SendingWords(sending)
	if e.listed.WaitUntil != 0 {
		text += fmt.Sprintf("; wait until %s: %s", e.listed.WaitUntil, e.listed.WaitReason)
	}
	return text
}

// chance compares the customer with all who have lapsed.
func (e *explanation) chance() string {
	text := wording.Screen.Percent(e.score.Probability)
	if e.horizon > 0 {
		text += fmt.Sprintf(" from %s to %s", e.asOf, e.asOf+data.Day(e.horizon)-1)
	}
	if e.mean > 0 {
		text += fmt.Sprintf(", %s the mean of all %s lapsed customers (%s)", wording.Screen.Times(e.score.Probability/e.mean), wording.Thousands(e.lapsed), wording.Screen.Percent(e.mean))
	}
	return text
}

func groupFigures(g *tables.GroupRow) string {
	text := fmt.Sprintf("%s on average, %s to be expected", wording.Screen.Percent(g.Probability), wording.Screen.PercentRange(g.ProbabilityLow, g.ProbabilityHigh))
	if g.TestCustomers != tables.Unknown && !math.IsNaN(g.TestRate) {
		text += fmt.Sprintf("; at the test cut %s of %s came back", wording.Screen.Percent(g.TestRate), wording.Counted(g.TestCustomers, "customer"))
	}
	return text
}

// list says on which list the customer stands, and what the plan makes of it.
func (e *explanation) list() string {
	r := e.listed
	switch {
	case r == nil && e.score.Suppressed:
		return "none: suppressed. The opt-out list of that run names this customer, who is scored and counted and in no list"
	case r == nil:
		return "none"
	}
	place := fmt.Sprintf("rank %s, number %s of its group", wording.Thousands(r.Rank), wording.Thousands(r.RankInGroup))
	switch g := e.group; {
	case e.held:
		return "holdout, to measure what contacts achieve; " + place
	case g == nil:
		return "contacts; " + place
	case !g.Recommended:
		return fmt.Sprintf("contacts, in a group that the plan does not recommend (%s); %s", strings.TrimSuffix(g.Note, "."), place)
	}
	return "contacts, in a group that the plan recommends; " + place
}

// byModel lists the scores; a model without one is left out.
func (e *explanation) byModel() string {
	var parts []string
	for i, score := range e.score.Scores {
		if !math.IsNaN(score) {
			parts = append(parts, e.models[i]+" "+wording.Screen.Percent(score))
		}
	}
	return strings.Join(parts, ", ")
}

// findOther finds a customer of this id who has not lapsed, else the only one whose id is
// like it but for case, blanks and zeros in front, lapsed or not.
func (e *explanation) findOther(ctx context.Context, r *run.Run, customer string) (tables.CustomerRow, error) {
	customers := int64(0)
	var like []tables.CustomerRow
	for row, err := range untilCanceled(ctx, r.Customers()) {
		if errors.Is(err, fs.ErrNotExist) {
			break // published without a diagnosis
		}
		switch {
		case err != nil:
			return row, err
		case row.CustomerID == customer:
			return row, nil
		case data.FoldID(row.CustomerID) == data.FoldID(customer):
			like = append(like, row)
		}
		customers++
	}
	switch len(like) {
	case 0:
		return tables.CustomerRow{}, &ExitError{ExitUsage, fmt.Errorf("this customer is not among the %s lapsed customers of run %s, nor among its other %s: no purchase before %s in its orders, or another kind of id",
			wording.Thousands(e.lapsed), r.Manifest.RunID, wording.Thousands(max(0, customers-e.lapsed)), r.AsOf)}
	case 1:
		return like[0], nil
	}
	return tables.CustomerRow{}, &ExitError{ExitUsage, fmt.Errorf("%d customers have an id like this one but for case, blanks and zeros in front; give it as the lists write it", len(like))}
}

// explainActive prints when a customer who has not lapsed bought last, and from
// which day on that would count as lapsed.
func explainActive(ctx context.Context, r *run.Run, asked run.Asked, row tables.CustomerRow, ui console.UI) error {
	shows, err := showsOf(ctx, r, row.CustomerID)
	if err != nil {
		return err
	}
	return ui.Print(append(activeLines(r, asked, row), showLines(shows)...)...)
}

func activeLines(r *run.Run, asked run.Asked, row tables.CustomerRow) []string {
	last := r.AsOf - data.Day(row.RecencyDays)
	soFar := fmt.Sprintf("bought on %s for %s, the last time on %s, %s before the as-of day", wording.Counted(row.PurchaseDays, "day"),
		wording.Screen.Fixed(row.Value.Float(), 2), last, wording.Counted(row.RecencyDays, "day"))
	lapses := "in no list: not lapsed"
	if asked.LapsedAfterDays > 0 {
		lapses += fmt.Sprintf("; counts as lapsed from %s on, %s after the last purchase, without a purchase until then", last+data.Day(asked.LapsedAfterDays), wording.Counted(asked.LapsedAfterDays, "day"))
	}
	return slices.Concat(explainLine("Customer", row.CustomerID), explainLine("Run", fmt.Sprintf("%s, as of %s", r.Manifest.RunID, r.AsOf)),
		explainLine("List", lapses), explainLine("So far", soFar), explainLine("Stage", row.Stage))
}

// showsOf are the products that a run shows a customer; none where it has no table
// of them.
func showsOf(ctx context.Context, r *run.Run, customer string) (shows []tables.ShowRow, err error) {
	for row, err := range untilCanceled(ctx, r.Shows()) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if row.CustomerID == customer {
			shows = append(shows, row)
		}
	}
	return shows, nil
}

// showLines are the products of a customer with their reasons.
func showLines(shows []tables.ShowRow) (lines []string) {
	for _, row := range shows {
		name := ""
		if row.Slot == 1 {
			name = "Show"
		}
		lines = append(lines, explainLine(name, fmt.Sprintf("%s (%s): %s", row.Product, row.Kind, row.Reason))...)
	}
	if len(lines) > 0 {
		lines = append(lines, explainLine("", offers.Caution)...)
	}
	return lines
}

// toShow are the products of the customer's own, or else what the list has.
func (e *explanation) toShow() []string {
	if len(e.shows) > 0 || e.listed == nil {
		return showLines(e.shows)
	}
	var shows []tables.ShowRow
	for i, product := range e.listed.Products {
		if product != "" {
			row := tables.ShowRow{Slot: int32(i + 1), Product: product, Kind: e.listed.Kinds[i], Reason: "as the first"}
			if i == 0 {
				row.Reason = e.listed.Shown.Reason
			}
			shows = append(shows, row)
		}
	}
	return showLines(shows)
}
