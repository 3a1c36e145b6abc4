package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/baserate"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// LaunchSettings are what Launch reads.
type LaunchSettings struct {
	settings.Launching
	settings.LaunchTarget
	settings.ChosenGroups
	settings.AsOfDay
	settings.Question
	settings.HeldOut
	settings.Money
	settings.Cost
	settings.Suppression
	settings.Pooled
	settings.Acceptance
	settings.Runs
	settings.Modes
	settings.Trial
}

// Settings lists them.
func (s *LaunchSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Launching, &s.LaunchTarget, &s.ChosenGroups, &s.AsOfDay, &s.Question, &s.HeldOut, &s.Money, &s.Cost, &s.Suppression, &s.Pooled, &s.Acceptance, &s.Runs, &s.Modes, &s.Trial)
}

// Launch begins a campaign, or its next wave: it freezes lists of a run, or a list
// drawn elsewhere, deals the customers to holdout and arms, and writes that to the
// ledger of s.Out. With s.DryRun it only says what that could tell and would cost.
func Launch(ctx context.Context, s LaunchSettings, name string, ui console.UI) error {
	return newCampaigner(s.FS(), ui).launch(ctx, &s, name)
}

// launching is a launch on its way.
type launching struct {
	*campaigner
	*ledger.Ledger
	s     *LaunchSettings
	name  string
	arms  []campaign.Arm // nil: one arm, or those of the list
	frame frame
	wave  int              // that is dealt
	last  []*campaign.Wave // of the campaign before it, the oldest first
	again bool             // looks whether the last wave is the one that is asked for
}

// frame is what a wave is drawn from.
type frame struct {
	plan  campaign.Plan
	rows  []tables.AssignmentRow // not dealt yet, unless the list was drawn elsewhere
	files []ledger.File          // beside plan and assignments
	drawn bool                   // elsewhere
	mean  map[int32]float64      // order value by group
}

func (c *campaigner) launch(ctx context.Context, s *LaunchSettings, name string) error {
	if err := c.launchSettings(s, name); err != nil {
		return err
	}
	arms, err := c.readArms(s.ArmsFile)
	if err != nil {
		return err
	}
	l := &launching{campaigner: c, s: s, name: name, arms: arms}
	if s.DryRun {
		if l.Ledger, err = c.read(s.Out); err != nil {
			return err
		}
		return l.rehearse(ctx)
	}
	w, err := c.begin(s.Out, s.AssignmentsFile != "")
	if err != nil {
		return err
	}
	defer w.Release()
	l.Ledger = w.Ledger
	if old, err := l.already(ctx, w); old || err != nil {
		return err
	}
	if like := l.nameLike(); like != "" {
		return usage("campaign", fmt.Errorf("a campaign is called %q: write it so for its next wave, or take a name that differs in more than case and blanks", like))
	}
	if err := l.prepare(ctx, campaign.HighestWave(l.Ledger, name)+1); err != nil {
		return err
	}
	return l.write(w)
}

// nameLike is the name of a campaign that differs from the one asked for in case and
// blanks alone; "" for none.
func (l *launching) nameLike() string {
	for i := range l.Entries {
		if name := l.Entries[i].Campaign; name != l.name && data.PlainName(name) == data.PlainName(l.name) {
			return name
		}
	}
	return ""
}

// launchSettings checks what no setting can check alone.
func (c *campaigner) launchSettings(s *LaunchSettings, name string) error {
	switch {
	case campaign.CheckName(name) != nil:
		return usage("campaign", campaign.CheckName(name))
	case s.TargetReturns > 0 && s.TargetExtra > 0:
		return usage("--target-extra", errors.New("a campaign has one target: give --target-returns or --target-extra"))
	case s.AssignmentsFile != "" && s.AsOf == 0:
		return usage("--as-of", errors.New("a list drawn elsewhere needs the day as of which it was drawn"))
	case s.AssignmentsFile == "" && s.AsOf != 0:
		return usage("--as-of", errors.New("the day is that of the run; it goes with --assignments"))
	case s.AssignmentsFile != "" && (s.Run != "" || s.ArmsFile != "" || s.Groups.Named != nil):
		return usage("--assignments", errors.New("a list drawn elsewhere has its own groups and arms: leave out --run, --arms and --groups"))
	}
	return setInFuture(s.AsOf, c.now())
}

func (c *campaigner) readArms(path string) ([]campaign.Arm, error) {
	if path == "" {
		return nil, nil
	}
	text, err := run.ReadFile(c.files, path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	arms, err := campaign.ParseArms(path, text)
	if err != nil {
		return nil, usage("--arms", err)
	}
	discounts := false
	for _, a := range arms {
		discounts = discounts || a.Discount == 0
	}
	if !discounts {
		c.ui.Warn("every arm gives a discount: what a contact alone does cannot be told from this campaign")
	}
	if mixed := campaign.MixedStages(arms); mixed != "" {
		c.ui.Warn(fmt.Sprintf("the arms %s share some stages and not all: inside a group they reach customers of different stages, and what each of them does cannot be told apart from that", mixed))
	}
	return arms, nil
}

// prepare reads what a wave is drawn from.
func (l *launching) prepare(ctx context.Context, wave int) (err error) {
	l.wave = wave
	if l.last, err = campaign.Load(l.Ledger, l.name, forever); err != nil {
		return unreadableLedger(err)
	}
	l.last = slices.DeleteFunc(l.last, func(w *campaign.Wave) bool { return w.Number >= wave })
	if l.s.AssignmentsFile != "" {
		err = l.listed(ctx)
	} else {
		err = l.fromRun(ctx)
	}
	if err != nil {
		return err
	}
	p := &l.frame.plan
	p.PaceDays, p.AcquisitionCost, p.ContactCost, p.Margin = l.s.PaceDays, campaign.Figure(math.NaN()), campaign.Figure(math.NaN()), campaign.Figure(math.NaN())
	if l.s.AcquisitionCost != settings.NoCost {
		p.AcquisitionCost = campaign.Figure(l.s.AcquisitionCost)
	}
	if l.s.ContactCost != settings.NoCost {
		p.ContactCost = campaign.Figure(l.s.ContactCost)
	}
	if l.s.Margin > 0 {
		p.Margin = campaign.Figure(l.s.Margin)
	}
	l.tellOtherMoney()
	switch {
	case l.s.TargetReturns > 0:
		p.Target = &campaign.Target{Kind: campaign.TargetReturns, Value: l.s.TargetReturns}
	case l.s.TargetExtra > 0:
		p.Target = &campaign.Target{Kind: campaign.TargetExtra, Value: l.s.TargetExtra}
	}
	for _, g := range p.Groups {
		for i := range p.Arms {
			if err := p.Arms[i].ThresholdTooLow(g.Group, l.frame.mean[g.Group]); err != nil {
				return usage("--arms", err)
			}
		}
	}
	day, err := p.Day()
	if err != nil {
		return err
	}
	record, err := campaign.Record(l.Ledger, day)
	if err != nil {
		return unreadableLedger(err)
	}
	p.Tau = record.Tau
	return l.response()
}

// response takes over what settled waves have shown of how fast extra returns come.
func (l *launching) response() error {
	var curves [][]campaign.CurvePoint
	for _, e := range l.InForce(l.frame.plan.AsOf, ledger.Result) {
		if !e.Has(campaign.CurveFile) {
			continue
		}
		var curve []campaign.CurvePoint
		if err := e.ReadJSON(campaign.CurveFile, &curve); err != nil {
			return err
		}
		curves = append(curves, curve)
	}
	p := &l.frame.plan
	p.ResponseCurve, p.ResponseVariance = campaign.ResponseOf(curves, p.HorizonDays)
	return nil
}

// listed takes a list drawn elsewhere.
func (l *launching) listed(ctx context.Context) error {
	rows, arms, err := campaign.ReadAssignmentList(ctx, l.files, l.s.AssignmentsFile)
	if err != nil {
		return err
	}
	suppressed, err := (optOuts{l.s.Suppression, l.s.Acceptance, l.s.Pooled}).read(l.files)
	if err != nil {
		return err
	}
	if suppressed, err = withForgotten(l.files, l.s.Out, l.s.HoldoutKey, suppressed); err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r tables.AssignmentRow) bool { return suppressed.Has(r.CustomerID) })
	l.frame.rows, l.frame.drawn = rows, true
	l.frame.plan = campaign.Plan{AsOf: l.s.AsOf.String(), HorizonDays: l.s.HorizonDays, LapsedAfterDays: l.s.LapsedAfterDays, Holdout: campaign.Figure(math.NaN()), Arms: arms,
		LevelSigma: baserate.PriorLevelSigma, ValueCap: campaign.Figure(math.NaN())}
	seen := map[int32]bool{}
	for i := range rows {
		seen[rows[i].Group] = true
	}
	for _, number := range ascending(seen) {
		l.frame.plan.Groups = append(l.frame.plan.Groups, campaign.PlannedGroup{Group: number, OrderMargin: campaign.Figure(math.NaN())})
	}
	return nil
}

// deal makes the wave.
func (l *launching) deal() (plan campaign.Plan, rows []tables.AssignmentRow, err error) {
	plan, rows = l.frame.plan, l.frame.rows
	if !l.frame.drawn {
		draw := campaign.Draw{Key: []byte(l.s.HoldoutKey), Name: l.name, Wave: l.wave, Plan: &plan}
		if rows, err = draw.Deal(rows); err != nil {
			return plan, nil, err
		}
	}
	there := map[int32]bool{}
	for i := range rows {
		there[rows[i].Group] = true
	}
	plan.Groups = slices.DeleteFunc(slices.Clone(plan.Groups), func(g campaign.PlannedGroup) bool { return !there[g.Group] })
	plan.Fill(rows)
	return plan, rows, nil
}

// entry is the wave as an entry with its files.
func (l *launching) entry() (ledger.Entry, []ledger.File, campaign.Plan, error) {
	plan, rows, err := l.deal()
	e := ledger.Entry{Kind: ledger.Launch, Day: plan.AsOf, Campaign: l.name, Wave: l.wave}
	if err != nil {
		return e, nil, plan, err
	}
	planFile, err := jsonFile(campaign.PlanFile, plan)
	if err != nil {
		return e, nil, plan, err
	}
	assignments, err := entryTable(campaign.AssignmentsFile, rows, tables.WriteAssignments)
	return e, append([]ledger.File{planFile, assignments}, l.frame.files...), plan, err
}

// already says whether the wave that was launched last is the one asked for.
func (l *launching) already(ctx context.Context, w *ledger.Writer) (bool, error) {
	last := campaign.HighestWave(l.Ledger, l.name)
	if last == 0 {
		return false, nil
	}
	l.again = true
	if err := l.prepare(ctx, last); err != nil {
		return false, err
	}
	e, files, _, err := l.entry()
	if err != nil {
		return false, err
	}
	same, err := l.Same(e, files)
	if same != nil {
		_, _, err = l.add(w, e, files)
		return true, err
	}
	l.again, l.frame = false, frame{}
	return false, err
}

// write writes the next wave.
func (l *launching) write(w *ledger.Writer) error {
	if err := l.sameRules(); err != nil {
		return err
	}
	e, files, plan, err := l.entry()
	if err != nil {
		return err
	}
	if err := l.worthLaunching(&plan); err != nil {
		return err
	}
	added, _, err := l.add(w, e, files)
	if added == nil {
		return err
	}
	return errors.Join(err, l.ui.Print(l.words(added, &plan)...))
}

// worthLaunching refuses a wave of nobody and warns of one that cannot be measured.
func (l *launching) worthLaunching(plan *campaign.Plan) error {
	if plan.All.Customers == 0 {
		return usage("--groups", errors.New("nobody is left to contact in these groups"))
	}
	for _, g := range plan.Groups {
		if !g.Measurable() {
			l.ui.Warn(fmt.Sprintf("group %d is not measurable: nobody of it is held out", g.Group))
		}
	}
	return nil
}

func (l *launching) words(e *ledger.Entry, plan *campaign.Plan) []string {
	name, out := shellWord(l.name), where(l.s.Out)
	lines := []string{
		fmt.Sprintf("Launched %s, wave %d, as of %s: entry %d", l.name, e.Wave, e.Day, e.Number),
		fmt.Sprintf("%s in %s: %s to contact, %s held out", wording.Counted(plan.All.Customers+plan.All.HeldOut, "customer"), wording.Counted(len(plan.Groups), "group"),
			wording.Thousands(plan.All.Customers), wording.Thousands(plan.All.HeldOut)),
	}
	return append(append(lines, plan.Taught.Lines(plan.Groups)...),
		fmt.Sprintf("Next: winback pull --campaign %s%s, then winback campaign sent %s --groups %d --on DAY%s", name, out, name, plan.Groups[0].Group, out))
}

// rehearse says what the wave could tell and would cost.
func (l *launching) rehearse(ctx context.Context) error {
	if err := l.prepare(ctx, campaign.HighestWave(l.Ledger, l.name)+1); err != nil {
		return err
	}
	if err := l.sameRules(); err != nil {
		return err
	}
	plan, rows, err := l.deal()
	if err != nil {
		return err
	}
	if err := l.worthLaunching(&plan); err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("Would launch %s, wave %d, as of %s: %s to contact, %s held out, in %s", l.name, l.wave, plan.AsOf,
		wording.Counted(plan.All.Customers, "customer"), wording.Thousands(plan.All.HeldOut), wording.Counted(len(plan.Groups), "group"))}
	lines = append(lines, plan.Taught.Lines(plan.Groups)...)
	if cost := costOf(&plan, rows); wording.Known(cost) {
		lines = append(lines, "Contacts cost "+wording.Prose.Fixed(cost, 2)+".")
	}
	if plan.All.PlannedVariance.Known() {
		lines = append(append(lines, plan.PowerTable(rows)...), plan.PowerWords(rows))
	} else {
		lines = append(lines, "What it could tell is not known: the list has no probabilities.")
	}
	return l.ui.Print(append(lines, "Nothing was written.")...)
}

// costOf is what contacts cost; NaN where that is not set.
func costOf(plan *campaign.Plan, rows []tables.AssignmentRow) (cost float64) {
	for i := range rows {
		if a, err := plan.Arm(rows[i].Arm); err == nil {
			cost += a.Offer(plan).ContactCost
		}
	}
	return cost
}
