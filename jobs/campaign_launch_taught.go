package jobs

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/run"
)

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

// lessons are read from what the run has measured.
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
		return each(tables.ReadResults(from, size), func(row tables.ResultRow) { rows = append(rows, row) })
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
