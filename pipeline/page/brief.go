package page

import (
	"fmt"
	"io"
	"slices"

	"winback/pipeline/brief"
	"winback/pipeline/effect"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/wording"
)

// WriteBrief writes brief.html.
func WriteBrief(create run.Create, g *plan.Groups, learned *learn.Learned, tonight *scoring.Scored, f Facts) error {
	s := f.Settings
	d := brief.Data{AsOf: f.Question.AsOf, HorizonDays: f.Question.Horizon, Currency: wording.Clean(f.Currency), Lapsed: int64(tonight.Lapsed.Len()), Why: learned.Gate.Nothing,
		Unbounded: s.Target == nil && s.Capacity == nil && s.Budget == nil && (s.Margin == nil || s.ContactCost == nil), Warnings: len(f.Warnings)}
	if learned.Evaluation.GroupsBeyondChance {
		d.Warnings++
	}
	for i := range g.Rows {
		facts, err := g.FactsOf(i + 1)
		if err != nil {
			return err
		}
		d.Groups = append(d.Groups, briefGroup(g, i, s, facts))
	}
	d.Campaigns = running(f)
	r := f.Record
	d.Record = brief.Record{Settled: r.Settled, Ratio: float64(r.ObservedOverExpected), Low: float64(r.Low), High: float64(r.High), InsideOfGroups: float64(r.Inside)}
	return create.Write(run.BriefFile, func(w io.Writer) error { return brief.Write(w, d) })
}

func briefGroup(g *plan.Groups, i int, s plan.Settings, facts plan.Facts) brief.Group {
	r := &g.Rows[i]
	b := brief.Group{Number: int(r.Group), Name: wording.Clean(r.Name), Rule: wording.Clean(r.Rule), Facts: facts,
		Contacts: r.ContactCustomers, Take: r.RecommendedContacts, Holdout: r.HoldoutCustomers, Probability: r.Probability, Lift: r.Lift, Low: r.ProbabilityLow, High: r.ProbabilityHigh,
		Returns: r.ExpectedReturns, Spend: r.ExpectedSpend, Note: r.Note, Sending: r.Sending}
	if b.Take > 0 {
		b.Returns, b.Spend = g.Plan.Returns[i], facts.Spend
	}
	for _, product := range r.Show {
		if product != "" {
			b.Show = append(b.Show, wording.Clean(product))
		}
	}
	if s.Margin != nil && s.ContactCost != nil {
		b.MoneyKnown, b.Cost, b.BreakEven = true, *s.ContactCost, plan.Coupon{}.BreakEvenLift(b.Probability, r.ExpectedSpend, *s.Margin, *s.ContactCost)
		b.Coupon = s.Coupons.Of(b.Stage, b.MeanOrder, *s.Margin)
		b.CouponBreak = b.Coupon.BreakEvenLift(b.Probability, r.ExpectedSpend, *s.Margin, *s.ContactCost)
	}
	return b
}

// nextWords say what to do next without the commands for it.
func nextWords(d effect.Decision) string {
	switch d.Name {
	case effect.SendGroup:
		return fmt.Sprintf("send group %d", d.Group)
	case effect.DoesNotPay:
		return "stop, do not contact: " + d.Why
	}
	return d.Name + ": " + d.Why
}

// running are the newest waves whose windows are not over, the newest first.
func running(f Facts) (list []brief.Campaign) {
	named := map[string]bool{}
	for _, m := range slices.Backward(f.Campaigns) {
		end, sent := m.LastWindow()
		if named[m.Name] || m.StoppedBy != nil || sent && end <= f.Question.AsOf && len(m.Sends) == len(m.GroupNumbers()) {
			named[m.Name] = true
			continue
		}
		named[m.Name] = true
		list = append(list, brief.Campaign{Name: wording.Clean(m.Name), Wave: m.Number, Next: wording.Clean(wording.Sentence(nextWords(m.Decision))), Target: wording.Clean(m.TargetWords())})
	}
	return list
}
