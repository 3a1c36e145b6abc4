package settings

import (
	"slices"
	"strconv"

	"winback/data"
)

// Launching is how a wave of a campaign is launched.
type Launching struct {
	Run             string  // run that is frozen; "" for the newest
	ArmsFile        string  // "" for one arm
	AssignmentsFile string  // a list drawn elsewhere; "" for none
	TargetExtra     float64 // extra returns; 0 for no such target
	PaceDays        int     // from group to group
	Explore         float64 // share of a group's contacts that gets the second-best arm in later waves
	AcquisitionCost float64 // of a new customer; NoCost where not known
}

func (g *Launching) rows() []Setting {
	cost := one(&g.AcquisitionCost, parseAmount, showCost)
	cost.none = NoCost
	return []Setting{
		{Name: "run", section: asking, Holder: "RUN", Help: "run whose lists are frozen", unset: "the newest", flagOnly: true, value: inStore(&g.Run)},
		{Name: "arms", section: contacting, Holder: "FILE", Help: "what contacted customers get (YAML)", unset: "one arm, contact", value: onDisk(&g.ArmsFile)},
		{Name: "assignments", section: asking, Holder: "FILE", Help: "a list drawn elsewhere: customer_id, group, arm, probability", unset: "drawn from the run", flagOnly: true, value: onDisk(&g.AssignmentsFile)},
		{Name: "target-extra", section: contacting, Holder: "N", Help: "stop when contacting has caused so many returns", unset: "no such target",
			kind: numberValue, flagOnly: true, value: one(&g.TargetExtra, positive(parseAmount, "a number of returns above 0"), showNumber)},
		{Name: "pace", section: contacting, Holder: "DAYS", Help: "days between two groups of a campaign", Preset: "7",
			kind: wholeValue, value: one(&g.PaceDays, parseDays, show)},
		{Name: "explore", section: contacting, Holder: "SHARE", Help: "of a group's contacts: get the second-best arm in later waves", Preset: "0.1",
			kind: numberValue, value: one(&g.Explore, parseHoldout, func(v float64) []string { return []string{number(v)} })},
		{Name: "acquisition-cost", section: contacting, Holder: "AMOUNT", Help: "what a new customer costs, to compare", unset: "not known", kind: numberValue, value: cost},
	}
}

// LaunchTarget is the number of returns for which a campaign is run.
type LaunchTarget struct{ TargetReturns float64 }

func (g *LaunchTarget) rows() []Setting {
	return []Setting{{Name: "target-returns", section: contacting, Holder: "N", Help: "stop when so many contacted customers have returned", unset: "no target",
		kind: numberValue, flagOnly: true, value: one(&g.TargetReturns, positive(parseAmount, "a number of returns above 0"), showNumber)}}
}

// AsOfDay is the day of a command that reads no orders by itself.
type AsOfDay struct{ AsOf data.Day }

func (g *AsOfDay) rows() []Setting {
	return []Setting{{Name: "as-of", section: days, Holder: "YYYY-MM-DD", Help: "all before it is known", unset: "that of the run", flagOnly: true, value: one(&g.AsOf, parseAsOf, showDay)}}
}

// ChosenGroups are the groups that a command is about.
type ChosenGroups struct{ Groups Groups }

func (g *ChosenGroups) rows() []Setting {
	return []Setting{{Name: "groups", section: asking, Holder: "1-3,5|all", Help: "groups of the campaign", unset: "those that fit",
		kind: listValue, flagOnly: true, value: many(&g.Groups, parseGroups, showGroups)}}
}

// Sending is what went out.
type Sending struct {
	Logs []string // contact logs
}

func (g *Sending) rows() []Setting {
	return []Setting{{Name: "log", section: asking, Holder: "FILE,...", Help: "contact logs: customer_id, sent_at, campaign, channel, status, arm, cost", unset: "none",
		kind: listValue, flagOnly: true, value: many(&g.Logs, parseTexts, shown(func(s string) string { return s }))}}
}

// Telling is the day and the reason of what people tell a campaign.
type Telling struct {
	Dated
	Reasoned
}

func (g *Telling) rows() []Setting { return slices.Concat(g.Dated.rows(), g.Reasoned.rows()) }

// Dated is the day of what people tell.
type Dated struct{ On data.Day } // 0: not said

func (g *Dated) rows() []Setting {
	return []Setting{{Name: "on", section: asking, Holder: "YYYY-MM-DD", Help: "the day on which it went out or holds", unset: "today", flagOnly: true, value: one(&g.On, parseAsOf, showDay)}}
}

// Reasoned is why they tell it.
type Reasoned struct{ Reason string }

func (g *Reasoned) rows() []Setting {
	return []Setting{{Name: "reason", section: asking, Holder: "TEXT", Help: "why, in words", unset: "none", flagOnly: true, value: text(&g.Reason)}}
}

// OneCampaign is the campaign that a command is about.
type OneCampaign struct{ Campaign string } // "" for none, or for all

func (g *OneCampaign) rows() []Setting {
	return []Setting{{Name: "campaign", section: asking, Holder: "NAME", Help: "the campaign", unset: "none in particular", flagOnly: true, value: text(&g.Campaign)}}
}

// ChosenArm is the arm of a campaign whose customers are handed out.
type ChosenArm struct{ Arm string } // "" for all

func (g *ChosenArm) rows() []Setting {
	return []Setting{{Name: "arm", section: asking, Holder: "NAME", Help: "take customers of this arm of a campaign", unset: "all", flagOnly: true, value: text(&g.Arm)}}
}

// Measuring is where returns come from, if not from orders.
type Measuring struct {
	ResponsesFile   string // "" for orders
	RedemptionsFile string // "" where offers paid are assumed
}

func (g *Measuring) rows() []Setting {
	return []Setting{
		{Name: "responses", section: asking, Holder: "FILE", Help: "who answered, instead of orders: customer_id, responded_at, amount", unset: "orders are read", flagOnly: true, value: onDisk(&g.ResponsesFile)},
		{Name: "redemptions", section: asking, Holder: "FILE", Help: "offers paid: customer_id, redeemed_at, amount", unset: "assumed from the arms", flagOnly: true, value: onDisk(&g.RedemptionsFile)},
	}
}

// ReportForm is how a result is shown.
type ReportForm string

// The forms of status and measure.
const (
	FormText    ReportForm = "text"
	FormJSON    ReportForm = "json"
	FormCSV     ReportForm = "csv"
	FormParquet ReportForm = "parquet"
)

// MeasureForm is the form of results.
type MeasureForm struct{ Form ReportForm }

func (g *MeasureForm) rows() []Setting {
	return formOf(&g.Form, "text|json|csv|parquet", "text, json, csv or parquet", FormText, FormJSON, FormCSV, FormParquet)
}

// StatusForm is the form of where campaigns stand.
type StatusForm struct{ Form ReportForm }

func (g *StatusForm) rows() []Setting {
	return formOf(&g.Form, "text|json", "text or json", FormText, FormJSON)
}

func formOf(at *ReportForm, holder, want string, forms ...ReportForm) []Setting {
	return []Setting{{Name: "format", section: asking, Holder: holder, Help: "form of the result", Preset: "text", flagOnly: true, value: one(at, oneOf(want, forms...), showText)}}
}

// Played is whether the demo plays a campaign.
type Played struct{ PlayCampaign bool }

func (g *Played) rows() []Setting {
	return []Setting{{Name: "campaign", section: asking, Help: "play half a year of a campaign whose effects are known", Preset: "false",
		kind: boolValue, flagOnly: true, value: one(&g.PlayCampaign, parseBool, func(v bool) []string { return []string{strconv.FormatBool(v)} })}}
}
