package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/internal/shop"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/effect"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// What the campaign of the demo is.
const (
	playedDays     = 182 // from its first launch to the shop's end
	playedName     = "demo"
	playedWaves    = 3
	playedGroups   = 5 // of a run
	playedPace     = 7 // days from group to group
	playedTarget   = 900
	playedHoldout  = .3
	playedMargin   = .4     // where no margin is set
	playedTraining = 10_000 // rows, to end in seconds
	playedArms     = `arms:
  - name: letter
    share: 0.5
    contact-cost: 0.5
  - name: voucher
    share: 0.5
    contact-cost: 0.5
    discount: 80
    redemption: 0.8
`
)

// plantedEffect is what a contact does to a group: the chances of shop.Contact. In
// groups that are not named it does nothing.
type plantedEffect struct{ caused, forward float64 }

var plantedEffects = map[string]map[int32]plantedEffect{
	"letter":  {1: {.08, .2}, 2: {.03, .2}, 3: {.01, .2}},
	"voucher": {1: {.16, .3}, 2: {.09, .3}, 3: {.05, .3}},
}

// playedContact is a contact of the demo with what it was of.
type playedContact struct {
	wave  int
	group int32
	arm   string
}

// play is a shop and its campaign, night after night.
type play struct {
	*campaigner
	s         *DemoSettings
	runUI     console.UI // tells of the batch's stages
	out       string     // folder of runs and ledger
	orders    string     // of the extract, which grows
	invented  *shop.DemoShop
	shop      *shop.DemoShop // as it goes on with the contacts
	contacts  []shop.Contact
	of        []playedContact // the same order
	fates     []shop.Fate
	tonight   data.Day
	delivered data.Day // orders before it are in the extract
	diary     []string
	last      string // what the diary said last
}

// demoCampaign plays half a year of a campaign on an invented shop by what is behind
// the commands, and sets what it measured beside what was planted.
func demoCampaign(ctx context.Context, s *DemoSettings, ui console.UI) error {
	p := newPlay(s, s.FS(), ui)
	if err := p.prepare(); err != nil {
		return err
	}
	var seen []*campaign.Measured
	for last := false; !last; {
		var err error
		if seen, err = p.week(ctx, seen); err != nil {
			return err
		}
		last = p.tonight == p.invented.Truth.AsOf
		p.tonight = min(p.tonight+p.pause(seen), p.invented.Truth.AsOf)
	}
	if err := p.night(ctx); err != nil {
		return err
	}
	settled, err := p.settled()
	if err != nil {
		return err
	}
	return ui.Print(p.text(seen, settled)...)
}

// week is one look: what was ordered comes in, a wave begins where the one before is
// over, and what the decision says is done.
func (p *play) week(ctx context.Context, seen []*campaign.Measured) ([]*campaign.Measured, error) {
	err := p.deliver()
	if err == nil && len(seen) > 0 {
		seen, err = p.measuredTonight(ctx)
	}
	if err != nil {
		return nil, err
	}
	if len(seen) == 0 || len(seen) < playedWaves && allClosed(seen[len(seen)-1]) {
		if err = p.launchWave(ctx, len(seen)+1); err == nil {
			seen, err = p.measuredTonight(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	return seen, p.act(ctx, seen[len(seen)-1])
}

// pause is how many days the next look is away: a week while there is something to
// decide, up to four where windows only run on.
func (p *play) pause(seen []*campaign.Measured) data.Day {
	m := seen[len(seen)-1]
	if d := m.Decision.Name; d != effect.Stopped && d != effect.Finished {
		return 7
	}
	end, _ := m.LastWindow()
	return min(max(end-p.tonight, 7), 28)
}

func newPlay(s *DemoSettings, files fsys.FS, ui console.UI) *play {
	if s.Margin == 0 {
		s.Margin = playedMargin
	}
	s.TrainingRows = min(s.TrainingRows, playedTraining)
	p := &play{s: s, runUI: ui, out: filepath.Join(s.Out, "campaign"), invented: shop.Demo(s.Seed)}
	p.runUI.Out = nil
	p.campaigner = &campaigner{files, console.UI{}, func() time.Time { return p.tonight.Time().Add(3 * time.Hour) }}
	p.orders, p.shop, p.tonight = filepath.Join(p.out, "orders"), p.invented, p.invented.Truth.AsOf-playedDays
	return p
}

// prepare begins anew in a folder of its own.
func (p *play) prepare() error {
	if err := p.files.RemoveAll(p.out); err != nil {
		return err
	}
	if err := p.files.MkdirAll(p.orders); err != nil {
		return err
	}
	return run.WriteFile(p.files, p.armsFile(), func(w io.Writer) error {
		_, err := io.WriteString(w, playedArms)
		return err
	})
}

func (p *play) armsFile() string { return filepath.Join(p.out, "arms.yaml") }

// deliver adds what was ordered since the last night to the extract.
func (p *play) deliver() error {
	create := intoFolder(p.files, p.orders)
	if p.delivered == 0 {
		p.delivered = p.tonight
		return p.shop.WriteBefore(p.tonight, create)
	}
	from := p.delivered
	p.delivered = p.tonight
	return p.shop.WriteDays("orders-"+p.tonight.String()+".parquet", from, p.tonight, create)
}

// night is a run: the first learns, the others rank with its models, so that groups
// stay what they are.
func (p *play) night(ctx context.Context) error {
	s := p.s.run(p.tonight)
	s.Out, s.Show, s.MaxGroups = p.out, 0, min(s.MaxGroups, playedGroups)
	if p.tonight > p.invented.Truth.AsOf-playedDays {
		s.Refit = settings.RefitNever
	}
	n := &nightly{files: p.files, s: s, ui: p.runUI, now: p.now, sources: []string{p.orders}, synthetic: true}
	_, err := n.run(ctx)
	return err
}

// launchWave launches the groups of a run as of tonight: the first wave with all arms,
// the others as winback has learned from the waves before.
func (p *play) launchWave(ctx context.Context, wave int) error {
	if err := p.night(ctx); err != nil {
		return err
	}
	var s LaunchSettings
	settings.Default(&s)
	s.Out, s.Holdout, s.Margin, s.PaceDays, s.TargetReturns = p.out, playedHoldout, p.s.Margin, playedPace, playedTarget
	if wave == 1 {
		s.ArmsFile = p.armsFile()
	}
	if err := p.launch(ctx, &s, playedName); err != nil {
		return err
	}
	l, err := p.read(p.out)
	if err != nil {
		return err
	}
	waves, err := p.waves(l, playedName, p.tonight)
	if err != nil {
		return err
	}
	launched := &waves[len(waves)-1].Plan
	p.note(fmt.Sprintf("wave %d is launched: %s", wave, wording.Counted(len(launched.Groups), "group")))
	for _, line := range launched.Taught.Lines(launched.Groups) {
		p.diary = append(p.diary, strings.Repeat(" ", 12)+line)
	}
	return nil
}

// measuredTonight measures, and settles what is settled.
func (p *play) measuredTonight(ctx context.Context) ([]*campaign.Measured, error) {
	var s MeasureSettings
	settings.Default(&s)
	s.Out, s.AsOf, s.Campaign, s.Workers = p.out, p.tonight, playedName, p.s.Workers
	m, err := p.measured(ctx, &s, []string{p.orders})
	if err != nil {
		return nil, err
	}
	defer m.close()
	return m.seen, p.settle(p.out, m.seen)
}

// act does what the night's decision says.
func (p *play) act(ctx context.Context, m *campaign.Measured) error {
	d := m.Decision
	switch d.Name {
	case effect.SendGroup:
		p.note(fmt.Sprintf("%s: group %d is sent", d.Why, d.Group))
		return p.send(ctx, m.Wave, d.Group)
	case effect.Reached, effect.DoesNotPay:
		p.note(fmt.Sprintf("%s: %s; stopped after %d of %d groups", d.Name, d.Why, len(m.Sends), len(m.Plan.Groups)))
		var s StopSettings
		settings.Default(&s)
		s.Out, s.On, s.Reason = p.out, p.tonight, d.Name
		return p.stop(&s, playedName)
	case effect.Stopped:
		return nil
	}
	p.note(d.Name + ": " + d.Why)
	return nil
}

// note writes into the diary, but for another night of waiting.
func (p *play) note(text string) {
	kind := text[:min(len(text), 5)]
	if kind == "wait:" && p.last == kind {
		return
	}
	p.last = kind
	p.diary = append(p.diary, p.tonight.String()+"  "+text)
}

// send contacts the group's customers but for those who have bought since the
// launch; the shop goes on with what that does.
func (p *play) send(ctx context.Context, w *campaign.Wave, group int32) error {
	var s SentSettings
	settings.Default(&s)
	s.Out, s.Groups.Named, s.On = p.out, []int{int(group)}, p.tonight
	if err := p.sent(ctx, &s, w.Name); err != nil {
		return err
	}
	bought := p.buyers(w.Day)
	for _, r := range w.Rows {
		if r.Group != group || r.Arm == tables.HoldoutArm || bought[r.CustomerID] {
			continue
		}
		does := plantedEffects[r.Arm][group]
		p.contacts = append(p.contacts, shop.Contact{Customer: r.CustomerID, Day: p.tonight, Caused: does.caused, Forward: does.forward})
		p.of = append(p.of, playedContact{w.Number, group, r.Arm})
	}
	var err error
	p.shop, p.fates, err = p.invented.Contacted(p.contacts)
	return err
}

// buyers bought from a day on, before tonight.
func (p *play) buyers(from data.Day) map[string]bool {
	bought := map[string]bool{}
	for i := range p.shop.Customers() {
		id, days := p.shop.Purchases(i)
		if at, _ := slices.BinarySearch(days, from); at < len(days) && days[at] < p.tonight {
			bought[id] = true
		}
	}
	return bought
}

// allClosed says whether nothing of a wave is sent any more and all windows are over.
func allClosed(m *campaign.Measured) bool {
	for number := range m.Sends {
		if state, _ := m.State(number, m.Look); state == campaign.Open {
			return false
		}
	}
	return m.StoppedBy != nil || m.Decision.Name == effect.Finished
}

// truth is how many returns the contacts of a group and arm caused within their
// windows until tonight; of all arms where arm is campaign.AllArms, of all groups
// where group is 0.
func (p *play) truth(m *campaign.Measured, group int32, arm string) (caused int) {
	for i, f := range p.fates {
		of, end := p.of[i], min(p.tonight, p.contacts[i].Day+data.Day(m.Plan.HorizonDays))
		if of.wave != m.Number || group != 0 && of.group != group || arm != campaign.AllArms && of.arm != arm {
			continue
		}
		if f.Actual != 0 && f.Actual < end {
			caused++
		}
		if f.Natural != 0 && f.Natural < end {
			caused--
		}
	}
	return caused
}

const playedRow = "%-5s  %-8s  %-7s  %8s  %6s  %8s  %-14s  %s"

// text says for a screen what happened, and what was measured of what was planted.
func (p *play) text(seen []*campaign.Measured, settled []string) []string {
	lines := append([]string{
		fmt.Sprintf("A campaign on an invented shop of %s, looked at every week,", wording.Counted(p.invented.Customers(), "customer")),
		fmt.Sprintf("%s %% held out, two arms, target %d returns in each wave:", wording.Screen.Fixed(100*playedHoldout, 0), playedTarget),
		"",
	}, p.diary...)
	within, rows := 0, 0
	for _, m := range seen {
		lines = append(lines, "", fmt.Sprintf("Wave %d of %s: extra returns, caused by the contacts%s", m.Number, m.Day, soFar(m)),
			fmt.Sprintf(playedRow, "Group", "Arm", "Window", "Contacts", "Truth", "Measured", "95 % limits", "Truth within"), strings.Repeat("-", 79))
		for i := range m.Rows {
			if r := &m.Rows[i]; r.ExtraLow != nil {
				truth := p.truth(m, groupOf(r), r.Arm)
				held := float64(truth) >= *r.ExtraLow && float64(truth) <= *r.ExtraHigh
				rows++
				if held {
					within++
				}
				lines = append(lines, playedLine(r, truth, held))
			}
		}
	}
	lines = append(lines, fmt.Sprintf("The truth lies within %d of %d limits; about one in twenty misses it by chance.", within, rows), "")
	lines = append(append(lines, settled...), "")
	return append(lines, p.sooner(), p.next(seen), "Report: "+filepath.Join(p.out, "current", run.ReportFile), "The shop's orders: "+p.orders)
}

// groupOf is the group of a row; 0 for all of a wave.
func groupOf(r *tables.ResultRow) int32 {
	if r.Group == nil {
		return 0
	}
	return *r.Group
}

func playedLine(r *tables.ResultRow, truth int, held bool) string {
	group, within := "all", "no"
	if r.Group != nil {
		group = fmt.Sprint(*r.Group)
	}
	if held {
		within = "yes"
	}
	limits := fmt.Sprintf("%s to %s", wording.Screen.Fixed(*r.ExtraLow, 0), wording.Screen.Fixed(*r.ExtraHigh, 0))
	return fmt.Sprintf(playedRow, group, r.Arm, r.State, wording.Thousands(*r.Customers), fmt.Sprint(truth), wording.Screen.Fixed(*r.ExtraReturns, 0), limits, within)
}

// sooner says what the contacts did beside causing purchases.
func (p *play) sooner() string {
	forward := 0
	for _, f := range p.fates {
		if f.Forward {
			forward++
		}
	}
	return fmt.Sprintf("%s of the %s only came sooner: they count so far, and not by the end.", wording.Counted(forward, "purchase"), wording.Counted(len(p.contacts), "contact"))
}

// next says what the closed windows have taught.
func (p *play) next(seen []*campaign.Measured) string {
	for _, m := range slices.Backward(seen) {
		if words := m.NextWave(); words != "" {
			return fmt.Sprintf("What wave %d has taught: %s.", m.Number, words)
		}
	}
	return "Nothing is known before a window is closed."
}

// soFar says of a wave with open windows that its figures are not the last.
func soFar(m *campaign.Measured) string {
	if m.Rows[len(m.Rows)-1].State == string(campaign.Open) {
		return ", so far"
	}
	return ""
}

// settled are the forecasts whose horizon is over beside what came.
func (p *play) settled() ([]string, error) {
	l, err := p.read(p.out)
	if err != nil {
		return nil, err
	}
	r, err := campaign.Record(l, p.tonight+1)
	if err != nil || r.Settled == 0 {
		return nil, err
	}
	const row = "%-10s  %6s  %9s  %8s  %6s  %s"
	lines := []string{"Forecasts that are settled, of customers who were not contacted:", fmt.Sprintf(row, "As of", "Groups", "Customers", "Foretold", "Came", "Within their range"), strings.Repeat("-", 67)}
	for from := 0; from < len(r.Rows); {
		to, expected, returned, customers, inside := from, 0.0, int64(0), int64(0), 0
		for ; to < len(r.Rows) && (to == from || r.Rows[to].AsOf == r.Rows[from].AsOf && r.Rows[to].Group > r.Rows[to-1].Group); to++ {
			g := r.Rows[to]
			expected, returned, customers = expected+g.Probability*float64(g.Customers), returned+g.Returned, customers+g.Customers
			if g.Inside {
				inside++
			}
		}
		lines = append(lines, fmt.Sprintf(row, data.Day(r.Rows[from].AsOf), fmt.Sprint(to-from), wording.Thousands(customers), wording.Screen.Percent(expected/float64(customers)),
			wording.Screen.Percent(float64(returned)/float64(customers)), fmt.Sprintf("%d of %s", inside, wording.Counted(to-from, "group"))))
		from = to
	}
	return append(lines, fmt.Sprintf("%s came for each that was foretold (%s to %s).", wording.Prose.Fixed(float64(r.ObservedOverExpected), 2), wording.Prose.Fixed(float64(r.Low), 2), wording.Prose.Fixed(float64(r.High), 2))), nil
}
