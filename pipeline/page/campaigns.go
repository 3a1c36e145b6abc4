package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/report"
	"winback/pipeline/wording"
)

// campaigns are the waves as the report shows them, in the order given.
func campaigns(seen []*campaign.Measured) (list []report.Campaign) {
	newest, taught := map[string]int{}, map[string]int{}
	for i, m := range seen {
		newest[m.Name] = i
		if m.NextWave() != "" {
			taught[m.Name] = i // what is learned sums the waves before
		}
	}
	for i, m := range seen {
		c := report.Campaign{Name: m.Name, Wave: m.Number, Newest: newest[m.Name] == i, Summary: m.Summary(), Next: wording.Sentence(m.NextStep("")), Target: m.TargetWords(), Money: m.MoneyWords()}
		for _, flag := range m.Flags {
			c.Notes = append(c.Notes, wording.Sentence(flag))
		}
		if c.Newest && m.NextWave() != "" {
			c.Next += " " + wording.Sentence("Next wave: "+m.NextWave())
		}
		c.Extra, c.Returns = progress(m)
		for j := range m.Rows {
			r := &m.Rows[j]
			switch {
			case r.Arm == campaign.AllArms && r.State != string(campaign.Waiting) && r.Returns != nil:
				c.Rows = append(c.Rows, campaignRow(r))
			case r.Group != nil && r.LearnedLift != nil && taught[m.Name] == i:
				c.Learned = append(c.Learned, learnedRow(m, r))
			}
		}
		list = append(list, c)
	}
	return list
}

// settled is what came of earlier forecasts, the newest first.
func settled(r campaign.ForecastRecord) (record report.Record) {
	inside := 0
	for _, j := range slices.Backward(r.Judged) {
		row := report.RecordRow{AsOf: j.AsOf, Of: "lapsed, not contacted", Customers: j.Customers, Low: j.Low, High: j.High, Returned: j.Returned, Inside: j.Inside, Groups: j.Groups, GroupsInside: j.GroupsInside}
		if j.HeldOutOf != "" {
			row.Of = "held out of " + j.HeldOutOf
		}
		if j.Inside {
			inside++
		}
		record.Forecasts = append(record.Forecasts, row)
	}
	if n := len(r.Judged); n > 0 && r.ObservedOverExpected.Known() {
		record.Summary = fmt.Sprintf("Of %s whose time is over, %d came out as foretold. For each 100 returns foretold %s came (%s to %s).", wording.Counted(n, "list"), inside,
			hundred(r.ObservedOverExpected), hundred(r.Low), hundred(r.High))
	}
	return record
}

func hundred(ratio campaign.Figure) string { return wording.Prose.Fixed(100*float64(ratio), 0) }

// progress are extra returns and returns by day. Only what has a target in returns
// needs their picture.
func progress(m *campaign.Measured) (extra, returns report.Progress) {
	end, any := m.LastWindow()
	if !any {
		return extra, returns
	}
	unknown := math.NaN()
	wave := m.Rows[len(m.Rows)-1]
	extra = report.Progress{End: end, Target: unknown, Low: orUnknown(wave.ForecastExtraLow), High: orUnknown(wave.ForecastExtraHigh)}
	returns = report.Progress{End: end, Target: unknown, Low: orUnknown(wave.ForecastLow), High: orUnknown(wave.ForecastHigh)}
	if m.Target.Kind == campaign.TargetExtra {
		extra.Target = float64(m.Target.Value)
	}
	towards := m.Target.Kind == campaign.TargetReturns
	if towards {
		returns.Target = float64(m.Target.Value)
	}
	for i, d := range m.Days() {
		if i == 0 {
			extra.First, returns.First = d.AsOf, d.AsOf
		}
		extra.Days = append(extra.Days, report.ProgressDay{Value: d.Extra.Value, Low: d.Extra.Low, High: d.Extra.High})
		if towards {
			returns.Days = append(returns.Days, report.ProgressDay{Value: float64(d.Returns), Low: unknown, High: unknown})
		}
	}
	return extra, returns
}

func campaignRow(r *tables.ResultRow) report.CampaignRow {
	row := report.CampaignRow{Group: "all", State: r.State, Day: -1, Contacts: *r.Customers, HeldOut: *r.HeldOut, Returns: *r.Returns, HeldOutReturns: *r.HeldOutReturns,
		Lift: orUnknown(r.Lift), LiftLow: orUnknown(r.LiftLow), LiftHigh: orUnknown(r.LiftHigh), Extra: orUnknown(r.ExtraReturns), ExtraLow: orUnknown(r.ExtraLow), ExtraHigh: orUnknown(r.ExtraHigh),
		EndLow: orUnknown(r.ForecastLow), EndHigh: orUnknown(r.ForecastHigh), Profit: orUnknown(r.ExtraProfit), ProfitLow: orUnknown(r.ProfitLow), ProfitHigh: orUnknown(r.ProfitHigh)}
	if r.Group != nil {
		row.Group, row.Sent, row.Day = strconv.Itoa(int(*r.Group)), data.Day(*r.SendDay).String(), int(*r.Day)
	}
	return row
}

func learnedRow(m *campaign.Measured, r *tables.ResultRow) report.LearnedRow {
	row := report.LearnedRow{Group: int(*r.Group), Arm: r.Arm, Lift: *r.LearnedLift, SD: orUnknown(r.LearnedSD), Profit: orUnknown(r.LearnedProfit)}
	for i := range m.Rows {
		if all := &m.Rows[i]; all.Arm == campaign.AllArms && all.Group != nil && *all.Group == *r.Group {
			row.Preferred = all.Next == r.Arm
		}
	}
	return row
}

func orUnknown(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
