package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/data/tables"
	"winback/pipeline/baserate"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// oldestRun is how many days old a run may be at launch.
const oldestRun = 7

// fromRun freezes lists of a run.
func (l *launching) fromRun(ctx context.Context) error {
	r, err := run.Open(l.files, l.s.Out, l.s.Run, run.ContactsFolder, run.HoldoutFile, run.GroupsFile, run.EvaluationFile, run.FeaturesFile, run.ModelFolder, run.CustomersFile)
	if err != nil {
		return unreadableRun(err)
	}
	if age := int(l.today() - r.AsOf); age > oldestRun && !l.s.Accept {
		return refused("run %s is %d days old; a campaign is launched from one of at most %d days (--accept goes on all the same)", r.Manifest.RunID, age, oldestRun)
	}
	groups, chosen, err := l.chooseGroups(r)
	if err != nil {
		return err
	}
	arms := l.armsOfWave()
	taught, err := l.taught(r, &chosen, arms)
	if err != nil {
		return err
	}
	if err := l.planOf(r, groups, chosen, arms, taught); err != nil {
		return err
	}
	if err := l.gather(ctx, r, chosen); err != nil {
		return err
	}
	return l.freeze(r, groups)
}

// chooseGroups are the groups of the run, and which of them are launched.
func (l *launching) chooseGroups(r *run.Run) ([]tables.GroupRow, choice, error) {
	groups, err := r.Groups()
	if err != nil {
		return nil, choice{}, err
	}
	var there []int
	for _, g := range groups {
		there = append(there, int(g.Group))
	}
	chosen := choice{groups: l.s.Groups.Named}
	switch {
	case l.s.Groups.All:
		chosen.groups = there
	case chosen.groups == nil:
		chosen = recommended(groups, l.ui)
	}
	for _, g := range chosen.groups {
		if !slices.Contains(there, g) {
			return nil, chosen, usage("--groups", fmt.Errorf("run %s has no group %d; it has %s", r.Manifest.RunID, g, groupWords(there)))
		}
	}
	if len(chosen.groups) == 0 {
		return nil, chosen, usage("--groups", fmt.Errorf("run %s recommends no group; name those to launch", r.Manifest.RunID))
	}
	return groups, chosen, nil
}

// planOf says of the run what the plan keeps.
func (l *launching) planOf(r *run.Run, groups []tables.GroupRow, chosen choice, arms []campaign.Arm, taught *campaign.Taught) error {
	asked, err := r.Asked()
	if err != nil {
		return err
	}
	p := campaign.Plan{Run: r.Manifest.RunID, ManifestSHA256: r.Manifest.SHA256, AsOf: r.Manifest.AsOf, HorizonDays: asked.HorizonDays, LapsedAfterDays: asked.LapsedAfterDays,
		Holdout: campaign.Figure(l.s.Holdout), Arms: arms, Taught: taught}
	if err := foretell(&p, r); err != nil {
		return err
	}
	for _, g := range groups {
		if !slices.Contains(chosen.groups, int(g.Group)) {
			continue
		}
		margin := math.NaN()
		if l.s.Margin > 0 {
			margin = l.s.Margin * g.ExpectedSpend
		}
		p.Groups = append(p.Groups, campaign.PlannedGroup{Group: g.Group, Rule: g.Rule, RuleJSON: g.RuleJSON, OrderMargin: campaign.Figure(margin)})
	}
	l.frame.plan = p
	return nil
}

// foretell takes over what the run knows of how the lapsed come back.
func foretell(p *campaign.Plan, r *run.Run) error {
	text, err := r.Evaluation()
	if err != nil {
		return err
	}
	e := learn.Evaluation{Natural: learn.NaturalFigures{ValueCap: campaign.Figure(math.NaN())}} // runs of an older winback do not say
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	p.NaturalCurve, p.NaturalSpread, p.ValueCap = e.Natural.Share, e.Natural.Spread, e.Natural.ValueCap
	if p.LevelSigma = e.Level.Sigma; !p.LevelSigma.Known() || p.LevelSigma <= 0 {
		p.LevelSigma = baserate.PriorLevelSigma
	}
	return nil
}

// gather takes contacts and held-out of the run who may be in the wave. Of a group
// that is recommended in part, those up to the last rank are taken on both sides.
func (l *launching) gather(ctx context.Context, r *run.Run, chosen choice) error {
	left, err := l.leftOut(ctx, r)
	if err != nil {
		return err
	}
	upTo := map[int32]int64{}
	spent, days := map[int32]float64{}, map[int32]int64{}
	take := func(row tables.ContactRow) {
		spent[row.Group], days[row.Group] = spent[row.Group]+row.Monetary.Float(), days[row.Group]+row.Orders
		if left.has(row.CustomerID) {
			return
		}
		l.frame.rows = append(l.frame.rows, tables.AssignmentRow{CustomerID: row.CustomerID, Group: row.Group, Rank: row.Rank, RankInGroup: row.RankInGroup, Probability: row.Probability,
			ExpectedSpend: row.ExpectedSpend, Stage: row.Stage, PreferredChannel: row.PreferredChannel, PreferredHour: row.PreferredHour, RecencyDays: row.RecencyDays})
	}
	seen := map[int32]int64{}
	err = each(untilCanceled(ctx, r.ContactLists(chosen.groups)), func(row tables.ContactRow) {
		if first, part := chosen.first[int(row.Group)]; part {
			if seen[row.Group]++; seen[row.Group] > first {
				return
			}
			upTo[row.Group] = row.RankInGroup
		}
		take(row)
	})
	if err != nil {
		return err
	}
	err = each(untilCanceled(ctx, r.Holdout()), func(row tables.ContactRow) {
		last, part := upTo[row.Group]
		if slices.Contains(chosen.groups, int(row.Group)) && (!part || row.RankInGroup <= last) {
			take(row)
		}
	})
	l.frame.mean = map[int32]float64{}
	for group, n := range days {
		l.frame.mean[group] = spent[group] / float64(max(1, n))
	}
	if !l.again {
		left.tell(l.campaigner)
	}
	return err
}

// leftOut are the customers who may be in no wave, known before any draw.
type leftOut struct {
	suppressed *plan.Suppressions
	optedOut   *plan.Suppressions
	busy       map[string]campaign.Kept
	counts     [3]int
}

func (l *launching) leftOut(ctx context.Context, r *run.Run) (*leftOut, error) {
	out, list := &leftOut{}, optOuts{l.s.Suppression, l.s.Acceptance, l.s.Pooled}
	var err error
	if out.suppressed, err = list.read(l.files); err != nil {
		return nil, err
	}
	if err := list.knownAsCustomers(ctx, l.files, r, out.suppressed, pulledByAddress, l.ui); err != nil {
		return nil, err
	}
	if out.suppressed, err = withForgotten(l.files, l.s.Out, l.s.HoldoutKey, out.suppressed); err != nil {
		return nil, err
	}
	if out.optedOut, err = campaign.OptedOut(l.Ledger, forever); err != nil {
		return nil, err
	}
	waves, err := campaign.Load(l.Ledger, "", forever)
	if err != nil {
		return nil, unreadableLedger(err)
	}
	if l.again {
		last := campaign.HighestWave(l.Ledger, l.name)
		waves = slices.DeleteFunc(waves, func(w *campaign.Wave) bool { return w.Name == l.name && w.Number == last })
	}
	day, err := l.frame.plan.Day()
	out.busy = campaign.Busy(waves, day)
	return out, err
}

func (o *leftOut) has(id string) bool {
	for i, out := range []bool{o.suppressed.Has(id), o.optedOut.Has(id), o.busy[id].Campaign != ""} {
		if out {
			o.counts[i]++
			return true
		}
	}
	return false
}

func (o *leftOut) tell(c *campaigner) {
	for i, why := range [][2]string{{"customer is on the suppression list or was forgotten", "customers are on the suppression list or were forgotten"}, {"customer opted out of an earlier contact", "customers opted out of an earlier contact"},
		{"customer is in a campaign that is open or waits", "customers are in a campaign that is open or waits"}} {
		if n := o.counts[i]; n > 0 {
			c.ui.Note(wording.Plural(int64(n), why[0], why[1]) + ": in no arm, and not held out")
		}
	}
}

// freeze takes over the groups, the features of the wave's customers and the tree
// behind the groups.
func (l *launching) freeze(r *run.Run, groups []tables.GroupRow) error {
	groups = slices.DeleteFunc(slices.Clone(groups), func(g tables.GroupRow) bool {
		return !slices.ContainsFunc(l.frame.plan.Groups, func(p campaign.PlannedGroup) bool { return p.Group == g.Group })
	})
	file, err := entryTable(run.GroupsFile, groups, tables.WriteGroups)
	if err != nil {
		return err
	}
	ids := map[string]bool{}
	for i := range l.frame.rows {
		ids[l.frame.rows[i].CustomerID] = true
	}
	var features bytes.Buffer
	if err := r.Read(run.FeaturesFile, func(from io.ReaderAt, size int64) error {
		return tables.CopyRows(&features, from, size, "customer_id", func(id string) bool { return ids[id] })
	}); err != nil {
		return err
	}
	l.frame.files = []ledger.File{file, {Path: run.FeaturesFile, Content: features.Bytes()}}
	rules, err := freezeRules(r)
	l.frame.files = append(l.frame.files, rules...)
	return err
}

// freezeRules are the files of the tree behind the groups; none where there was too
// little history for a tree.
func freezeRules(r *run.Run) ([]ledger.File, error) {
	frozen, err := learn.FreezeGroups(r.Content)
	if errors.Is(err, learn.ErrNotKept) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.Manifest.RunID, err)
	}
	tree, numbers, err := frozen.Write()
	return []ledger.File{{Path: campaign.RulesFile, Content: tree}, {Path: campaign.NumbersFile, Content: numbers}}, err
}

// sameRules wants the groups of the campaign's waves before: results are summed by
// group.
func (l *launching) sameRules() error {
	for _, w := range l.last {
		what, err := l.otherRules(w)
		if err != nil {
			return err
		}
		if what != "" {
			return usage("--run", fmt.Errorf("%s of the run has another rule than in wave %d of campaign %s; winback run --groups-from %s keeps the campaign's groups", what, w.Number, l.name, l.name))
		}
	}
	return nil
}

// otherRules names what has another rule than in a wave; "" for nothing.
func (l *launching) otherRules(w *campaign.Wave) (string, error) {
	for _, g := range w.Plan.Groups {
		for _, now := range l.frame.plan.Groups {
			if now.Group == g.Group && now.RuleJSON != g.RuleJSON {
				return fmt.Sprintf("group %d", g.Group), nil
			}
		}
	}
	at := slices.IndexFunc(l.frame.files, func(f ledger.File) bool { return f.Path == campaign.RulesFile })
	if at < 0 || !w.Entry.Has(campaign.RulesFile) {
		return "", nil
	}
	tree, err := w.Entry.Content(campaign.RulesFile)
	if err != nil || bytes.Equal(tree, l.frame.files[at].Content) {
		return "", err
	}
	return "the tree of the groups", nil
}

// each hands rows on; the first error ends it.
func each[R any](rows iter.Seq2[R, error], take func(R)) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		take(row)
	}
	return nil
}

func ascending(numbers map[int32]bool) []int32 { return slices.Sorted(maps.Keys(numbers)) }

// armsOfWave are those of --arms, else those of the wave before, else one.
func (l *launching) armsOfWave() []campaign.Arm {
	switch {
	case l.arms != nil:
		return l.arms
	case len(l.last) > 0:
		return l.last[len(l.last)-1].Plan.Arms
	}
	return campaign.OneArm()
}

// taught is what earlier waves have taught, as the run has measured them; groups for
// which no arm pays are taken out of the chosen, unless they were named. It is nil for
// a first wave, where nothing was learned, and where --arms says what everybody gets.
func (l *launching) taught(r *run.Run, chosen *choice, arms []campaign.Arm) (*campaign.Taught, error) {
	if len(l.last) == 0 {
		return nil, nil
	}
	lessons, err := l.lessons(r)
	if err != nil {
		return nil, err
	}
	named := l.s.Groups.Named != nil || l.s.Groups.All
	teaching := campaign.Teaching{Lessons: lessons, Before: l.last, Arms: arms, Holdout: l.s.Holdout, Explore: l.s.Explore}
	var numbers []int32
	for _, g := range chosen.groups {
		numbers = append(numbers, int32(g))
	}
	learned := teaching.Of(numbers)
	if teaching.Asked = named; named {
		l.tellOverruled("--groups", learned.Resting())
		learned = teaching.Of(numbers)
	}
	switch {
	case l.arms != nil:
		if len(lessons) > 0 {
			l.note("the arms are those of --arms, in its shares: what earlier waves have taught of groups and arms is set aside")
		}
		return nil, nil
	case len(learned.Groups) == 0:
		l.note(fmt.Sprintf("nothing is learned yet of the groups of campaign %s: run %s knows no closed window", l.name, r.Manifest.RunID))
		return nil, nil
	}
	chosen.groups = slices.DeleteFunc(slices.Clone(chosen.groups), func(g int) bool { return learned.Rests(int32(g)) })
	if len(chosen.groups) == 0 {
		return nil, usage("--groups", fmt.Errorf("no arm pays for any group that run %s recommends, as far as campaign %s has taught: %s; name groups to contact them all the same",
			r.Manifest.RunID, l.name, strings.Join(learned.Lines(nil), "; ")))
	}
	return learned, nil
}

// lessons are read from what the run has measured, of waves that are still in force.
func (l *launching) lessons(r *run.Run) (map[int32]campaign.TaughtGroup, error) {
	if !r.Manifest.Has(run.CampaignsFile) {
		return nil, nil
	}
	r, err := run.Open(l.files, l.s.Out, r.Manifest.RunID, run.CampaignsFile)
	if err != nil {
		return nil, unreadableRun(err)
	}
	var rows []tables.ResultRow
	err = r.Read(run.CampaignsFile, func(from io.ReaderAt, size int64) error {
		return each(tables.ReadResults(from, size), func(row tables.ResultRow) {
			if slices.ContainsFunc(l.last, func(w *campaign.Wave) bool { return w.Number == int(row.Wave) }) {
				rows = append(rows, row)
			}
		})
	})
	return campaign.Lessons(rows, l.name, l.wave), err
}

// tellOverruled says which groups are contacted although no arm pays for them.
func (l *launching) tellOverruled(by string, resting []int) {
	if len(resting) > 0 {
		l.note(fmt.Sprintf("%s overrules what earlier waves have taught: do not contact %s", by, groupWords(resting)))
	}
}

// tellOtherMoney warns where profits were learned at another margin or contact cost
// than those of the wave.
func (l *launching) tellOtherMoney() {
	p := &l.frame.plan
	for _, w := range l.last {
		if p.Taught.By(w.Number) && !l.again && (amountOf(w.Plan.Margin) != amountOf(p.Margin) || amountOf(w.Plan.ContactCost) != amountOf(p.ContactCost)) {
			l.ui.Warn(fmt.Sprintf("what wave %d has taught was learned at a margin of %s and a contact cost of %s; this wave has %s and %s", w.Number,
				amountOf(w.Plan.Margin), amountOf(w.Plan.ContactCost), amountOf(p.Margin), amountOf(p.ContactCost)))
		}
	}
}

func amountOf(f campaign.Figure) string {
	if !f.Known() {
		return "unknown size"
	}
	return strconv.FormatFloat(float64(f), 'g', 8, 64)
}

// note tells what the launch makes of things, once.
func (l *launching) note(text string) {
	if !l.again {
		l.ui.Note(text)
	}
}
