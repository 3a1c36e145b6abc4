package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/plan"
	"winback/pipeline/run"
)

// moneyArms are two arms of which one costs more than anybody spends.
const moneyArms = `arms:
  - {name: mail, share: 0.5}
  - {name: gold, share: 0.5, contact-cost: 5000}
`

// taughtLoop is a shop with a first wave whose windows are closed: of its first group
// everybody who got mail came back, of the others nobody more than by himself. The
// next night has measured that.
func taughtLoop(t *testing.T) *loop {
	t.Helper()
	lines := before(plantedShop(900, 4), launchDay+200)
	l := &loop{t: t, files: inMemory(t, lines)}
	l.night(launchDay, nothing[RunSettings])
	l.write("/arms.yaml", moneyArms)
	must(t, l.fromRun("spring", func(s *LaunchSettings) { s.ArmsFile = "/arms.yaml" }))
	w := l.waves("spring")[0]
	l.today = (launchDay + 1).String()
	must(t, l.sent("spring", func(s *SentSettings) { s.Groups.All, s.On = true, launchDay+1 }))
	first := w.GroupNumbers()[0]
	for _, row := range w.Rows {
		switch {
		case row.Group == first && row.Arm == "mail":
			at := (launchDay + 9).Micros()
			lines = append(lines, orderLine{CustomerID: row.CustomerID, OrderID: "X" + row.CustomerID, OrderedAt: at, Amount: 900_000, Quantity: 1})
		case row.Group != first && row.Arm != tables.HoldoutArm:
			id := row.CustomerID
			lines = slices.DeleteFunc(lines, func(o orderLine) bool {
				return o.CustomerID == id && o.OrderedAt >= launchDay.Micros()
			})
		}
	}
	fresh := inMemory(t, lines)
	must(t, l.files.RemoveAll("/orders"))
	for i := range 2 {
		path := fmt.Sprintf("/orders/part-%d.parquet", i)
		content, err := run.ReadFile(fresh, path)
		must(t, err)
		putFile(t, l.files, path, content)
	}
	l.night(launchDay+62, func(s *RunSettings) { s.GroupsFrom = "spring" })
	return l
}

// next launches the next wave with what is given by default.
func (l *loop) next(change func(*LaunchSettings)) error {
	return l.fromRun("spring", func(s *LaunchSettings) { s.Groups.All, s.Accept = false, true; change(s) })
}

// TestLaunch_DealsTheNextWaveByWhatWasLearned launches a second wave: the arm that
// paid, and nobody of groups for which none did, until they are asked for.
func TestLaunch_DealsTheNextWaveByWhatWasLearned(t *testing.T) {
	l := taughtLoop(t)
	all := l.waves("spring")[0].GroupNumbers()
	rehearsed := with(func(s *LaunchSettings) {
		s.Out, s.Holdout, s.Margin, s.ContactCost, s.DryRun = "/out", .3, .4, .1, true
	})
	must(t, l.campaigner().launch(context.Background(), rehearsed, "spring"))
	dry := l.said.String()
	must(t, l.next(nothing[LaunchSettings]))
	for _, said := range []string{dry, l.said.String()} {
		if !strings.Contains(said, "Group 1: mail, gold to 10 % of its contacts (learned profit of a contact: mail ") || !strings.Contains(said, "Group 2: do not contact, wave 1 of 2 (") {
			t.Errorf("said\n%s", said)
		}
	}
	second := l.waves("spring")[1]
	if len(second.Plan.Groups) != 1 || second.Plan.Groups[0].Group != 1 || len(second.Plan.Taught.Groups) < 2 || len(all) < 2 {
		t.Fatalf("the second wave has groups %+v, and of waves before %+v", second.Plan.Groups, second.Plan.Taught)
	}
	explore, err := plan.NewHoldout([]byte(with(nothing[LaunchSettings]).HoldoutKey), "spring/2/explore", 0)
	must(t, err)
	counts := map[string]int{}
	for _, row := range second.Rows {
		counts[row.Arm]++
		if row.Arm != tables.HoldoutArm && (row.Arm == "gold") != (explore.Draw(row.CustomerID) < .1) {
			t.Fatalf("%s is in arm %s", row.CustomerID, row.Arm)
		}
	}
	if counts["mail"] <= counts["gold"] || counts[tables.HoldoutArm] == 0 {
		t.Errorf("dealt %v", counts)
	}
	list, _ := l.pull("spring")
	if strings.Count(list, "\n") != 1+counts["mail"]+counts["gold"] {
		t.Errorf("pulled %d lines of %v", strings.Count(list, "\n"), counts)
	}
	entries := l.entries()
	must(t, l.next(nothing[LaunchSettings]))
	if said := l.said.String(); said != fmt.Sprintf("already entry %d\n", second.Entry.Number) || l.entries() != entries {
		t.Errorf("launched again: %q", said)
	}
}

// TestLaunch_OverrulesWhatWasLearnedAndSaysSo names groups, and arms.
func TestLaunch_OverrulesWhatWasLearnedAndSaysSo(t *testing.T) {
	l := taughtLoop(t)
	must(t, l.next(func(s *LaunchSettings) { s.ArmsFile, s.DryRun = "/arms.yaml", true }))
	if said, noted := l.said.String(), l.noted.String(); strings.Contains(said, "Group ") || !strings.Contains(noted, "set aside") {
		t.Errorf("with arms: %q\n%s", noted, said)
	}
	must(t, l.next(func(s *LaunchSettings) { s.Groups.All, s.ContactCost = true, .2 }))
	noted := l.noted.String()
	if !strings.Contains(noted, "--groups overrules what earlier waves have taught: do not contact group") || !strings.Contains(noted, "contact cost of 0.1; this wave has 0.4 and 0.2") {
		t.Errorf("noted %q", noted)
	}
	second := l.waves("spring")[1]
	if len(second.Plan.Groups) != len(l.waves("spring")[0].Plan.Groups) || second.Plan.Taught.Resting() != nil {
		t.Errorf("groups that were named: %+v", second.Plan.Taught)
	}
	for _, g := range second.Plan.Taught.Groups {
		if g.Next != g.Arms[0].Arm || g.Next == campaign.DoNotContact {
			t.Errorf("group %d gets %q of %v", g.Group, g.Next, g.Arms)
		}
	}
}

// TestLaunch_LearnsNothingFromAWaveThatWasTakenBack voids the first wave after it was
// measured.
func TestLaunch_LearnsNothingFromAWaveThatWasTakenBack(t *testing.T) {
	l := taughtLoop(t)
	for _, entry := range []string{"2", "1"} { // what was sent, then the launch
		must(t, l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/out" }), entry))
	}
	must(t, l.next(nothing[LaunchSettings]))
	waves := l.waves("spring")
	if len(waves) != 1 || waves[0].Number != 2 || waves[0].Plan.Taught != nil || len(waves[0].Plan.Arms) != 1 {
		t.Errorf("%d waves, the first of them %d with %+v", len(waves), waves[0].Number, waves[0].Plan.Taught)
	}
}

// TestNight_AfterATaughtWaveIsTheSameTwice runs a night over two waves twice, and
// verifies both.
func TestNight_AfterATaughtWaveIsTheSameTwice(t *testing.T) {
	l := taughtLoop(t)
	must(t, l.next(nothing[LaunchSettings]))
	night := func() map[string]string {
		l.night(launchDay+64, func(s *RunSettings) { s.GroupsFrom = "spring" })
		_, content := memContent(t, l.files)
		return content
	}
	entries := l.entries()
	first := night()
	for name, content := range night() {
		if content != first[name] {
			t.Errorf("%s differs", name)
		}
	}
	if l.entries() > entries+1 { // a forecast of the month
		t.Errorf("%d entries, %d before", l.entries(), entries)
	}
}

// TestStop_HoldsForItsWave launches a second wave after a stop, and a third after
// that without one.
func TestStop_HoldsForItsWave(t *testing.T) {
	l := newLoop(t)
	wave := func(asOf string) {
		path := "/list-" + asOf + ".csv"
		l.write(path, "customer_id,group,arm,probability\na,1,mail,0.1\nb,1,holdout,0.1\nc,2,mail,0.1\nd,2,holdout,0.1\n")
		must(t, l.launch("spring", func(s *LaunchSettings) { s.AssignmentsFile, s.AsOf = path, day(asOf) }))
	}
	wave("2025-07-01")
	must(t, l.campaigner().stop(with(func(s *StopSettings) { s.Out, s.On = "/out", day("2025-07-02") }), "spring"))
	wave("2025-08-01")
	must(t, l.sent("spring", inGroups("2025-08-02", 1)))
	wave("2025-09-01")
	waves := l.waves("spring")
	if waves[0].StoppedBy == nil || waves[1].StoppedBy != nil || waves[2].StoppedBy != nil {
		t.Errorf("stopped by %v, %v, %v", waves[0].StoppedBy, waves[1].StoppedBy, waves[2].StoppedBy)
	}
	l.orders("customer_id,ordered_at,amount\na,2025-01-01,9\nb,2025-01-01,9\nc,2025-01-01,9\nd,2025-01-01,9\ne,2025-09-02,9\n")
	must(t, l.measure("2025-09-03", func(s *MeasureSettings) { s.Form = "json" }))
	said := l.said.String()
	if strings.Count(said, `"decision": "stopped"`) != 1 || strings.Count(said, `"decision": "send group"`) != 1 || strings.Count(said, `"decision": "wait"`) != 1 {
		t.Errorf("decisions in\n%s", said)
	}
}
