package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"winback/pipeline/diagnose"
)

// Diagnosis is how customers and shop are judged. Zero values stand for its
// defaults where the table names none.
type Diagnosis struct {
	Clock        diagnose.Clock // whose stages stand in lists
	FollowShare  float64        // share of customers who must have been followed for as long as corrected figures look
	FollowDays   int            // within which a first buyer's second purchase counts
	FillUpDays   int            // of the history's start, which may hold survivors only
	DeadlineDays int            // deadline lists look so far ahead
	// ReferralDays and so on are those of diagnose.ReferralRules.
	ReferralDays    int
	ReferralReturns float64
	ResellerBulk    float64
	ResellerTimes   float64
	FalseAlarms     float64      // most of the lapsed who may come back by themselves
	CyclesFile      string       // industry's norms; "": those that come with winback
	EventsFile      string       // event calendar; "": none
	RFMCuts         [3][]float64 // edges between scores of recency, frequency, monetary value; nil: found
	Levers          []diagnose.Lever
}

func (g *Diagnosis) rows() []Setting {
	return []Setting{
		{Name: "clock", section: diagnosing, Holder: "fixed|own|product", Help: "clock whose stages stand in the lists", Preset: "fixed",
			value: one(&g.Clock, oneOf("fixed, own or product", diagnose.Clocks()...), showText)},
		{Name: "deadline-days", section: diagnosing, Holder: "DAYS", Help: "deadline lists look so many days ahead", Preset: "7",
			kind: wholeValue, value: one(&g.DeadlineDays, parseDays, show)},
		{Name: "follow-days", section: diagnosing, Holder: "DAYS", Help: "days within which a first buyer's second order counts", Preset: "365",
			kind: wholeValue, value: one(&g.FollowDays, parseDays, show)},
		{Name: "follow-share", section: diagnosing, Holder: "SHARE", Help: "customers who must have been followed, for corrected figures", Preset: "0.05",
			value: one(&g.FollowShare, parseFollowShare, showNumber)},
		{Name: "fill-up-days", section: diagnosing, Holder: "DAYS", Help: "first days of the history, which may hold survivors only", Preset: "183",
			kind: wholeValue, value: one(&g.FillUpDays, within[int]("a whole number of days", 0, maxDays), func(v int) []string { return []string{strconv.Itoa(v)} })},
		{Name: "false-alarms", section: diagnosing, Holder: "SHARE", Help: "most of the lapsed who may come back by themselves", Preset: "0.05",
			value: one(&g.FalseAlarms, positive(parseShare, "a share above 0 such as 0.05 or 5%"), showNumber)},
		{Name: "referral-days", section: diagnosing, Holder: "DAYS", Help: "who is asked for a referral bought within so many days", Preset: "90",
			kind: wholeValue, value: one(&g.ReferralDays, parseDays, show)},
		{Name: "referral-returns", section: diagnosing, Holder: "SHARE", Help: "most of the lines of a year that who is asked for a referral has returned", Preset: "0.02",
			value: one(&g.ReferralReturns, parseShare, func(v float64) []string { return []string{number(v)} })},
		{Name: "reseller-bulk", section: diagnosing, Holder: "SHARE", Help: "a reseller has more than this share of the lines in bulk", Preset: "0.2",
			value: one(&g.ResellerBulk, parseShare, func(v float64) []string { return []string{number(v)} })},
		{Name: "reseller-times", section: diagnosing, Holder: "N", Help: "bulk is so many times the product's median quantity, and 5 at least", Preset: "5",
			kind: numberValue, value: one(&g.ResellerTimes, positive(parseAmount, "a number above 0"), showNumber)},
		{Name: "cycles", section: diagnosing, Holder: "FILE", Help: "how long goods last by the industry's norms (YAML)", unset: "those of winback", value: onDisk(&g.CyclesFile)},
		{Name: "events", section: diagnosing, Holder: "FILE", Help: "sales and other occasions (YAML)", unset: "none", value: onDisk(&g.EventsFile)},
		g.scoreEdges("rfm-recency", "30,90,180,365", "days", 0), g.scoreEdges("rfm-frequency", "2,3,5,10", "purchase days", 1), g.scoreEdges("rfm-monetary", "50,100,200,500", "value", 2),
		{Name: "what-if", section: diagnosing, Holder: "\"LEVER +N%, ...\"", Help: "moves of the what-if: " + strings.Join(diagnose.LeverNames(), ", "), unset: "each lever by a tenth",
			kind: listValue, value: many(&g.Levers, func(parts []string) ([]diagnose.Lever, error) { return diagnose.ParseLevers(strings.Join(parts, ",")) }, shown(diagnose.Lever.String))},
	}
}

// scoreEdges are the edges of one of the scores.
func (g *Diagnosis) scoreEdges(name, example, unit string, at int) Setting {
	return Setting{Name: name, section: diagnosing, Holder: "N,N,N,N", Help: "edges between the five scores, in " + unit + ", such as " + example, unset: "fifths of the customers",
		kind: listValue, value: many(&g.RFMCuts[at], parseScoreEdges, shown(number))}
}

func parseFollowShare(text string) (float64, error) {
	v, err := parseShare(text)
	if err != nil || v <= 0 || v >= 1 {
		return 0, wantFound("a share between 0 and 1 such as 0.05 or 5%", text)
	}
	return v, nil
}

// parseScoreEdges reads 30,90,180,365.
func parseScoreEdges(parts []string) ([]float64, error) {
	var edges []float64
	for _, part := range parts {
		v, err := parseAmount(part)
		if err != nil || len(edges) > 0 && v <= edges[len(edges)-1] {
			edges = nil
			break
		}
		edges = append(edges, v)
	}
	if len(edges) != 4 {
		return nil, wantFound("four ascending numbers such as 30,90,180,365", strings.Join(parts, ","))
	}
	return slices.Clip(edges), nil
}

// CannotDiagnose checks what no setting of the diagnosis can check alone.
func (g *Diagnosis) CannotDiagnose(margin float64) error {
	for _, l := range g.Levers {
		if l.Name == diagnose.LeverCost && margin == 0 {
			return &Error{Where: "--what-if", Text: fmt.Sprintf("%s needs to know what part of the sales is margin: set --margin too", l.Name)}
		}
	}
	return nil
}
