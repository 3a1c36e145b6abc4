package jobs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"winback/pipeline/diagnose"
)

// ForDiagnose is the command diagnose; settings of the diagnosis count in a run
// too.
const ForDiagnose Command = 1 << 15

// DiagnoseSettings are those of the diagnosis. Zero values stand for its
// defaults where the table names none.
type DiagnoseSettings struct {
	Clock        diagnose.Clock // whose stages stand in lists
	FollowShare  float64        // share of customers who must have been followed for as long as corrected figures look
	FollowDays   int            // within which a first buyer's second purchase counts
	FillUpDays   int            // of the history's start, which may hold survivors only
	DeadlineDays int            // deadline lists look so far ahead
	FalseAlarms  float64        // most of the lapsed who may come back by themselves
	CyclesFile   string         // industry's norms; "": those that come with winback
	EventsFile   string         // event calendar; "": none
	RFMCuts      [3][]float64   // edges between scores of recency, frequency, monetary value; nil: found
	Levers       []diagnose.Lever
}

func diagnoseSettings() []setting {
	const section = "Diagnosis"
	const commands = forBatch | ForDiagnose
	return []setting{
		{name: "clock", section: section, holder: "fixed|own|product", help: "clock whose stages stand in the lists", preset: "fixed",
			commands: commands,
			set:      one(func(s *Settings) *diagnose.Clock { return &s.Diagnose.Clock }, oneOf("fixed, own or product", diagnose.Clocks()...)),
			get:      func(s *Settings) []string { return showText(s.Diagnose.Clock) }},
		{name: "deadline-days", section: section, holder: "DAYS", help: "deadline lists look so many days ahead", preset: "7",
			kind: wholeValue, commands: commands,
			set: one(func(s *Settings) *int { return &s.Diagnose.DeadlineDays }, parseDays),
			get: func(s *Settings) []string { return show(s.Diagnose.DeadlineDays) }},
		{name: "follow-days", section: section, holder: "DAYS", help: "days within which a first buyer's second order counts", preset: "365",
			kind: wholeValue, commands: commands,
			set: one(func(s *Settings) *int { return &s.Diagnose.FollowDays }, parseDays),
			get: func(s *Settings) []string { return show(s.Diagnose.FollowDays) }},
		{name: "follow-share", section: section, holder: "SHARE", help: "customers who must have been followed, for corrected figures", preset: "0.05",
			commands: commands,
			set:      one(func(s *Settings) *float64 { return &s.Diagnose.FollowShare }, parseFollowShare),
			get:      func(s *Settings) []string { return showNumber(s.Diagnose.FollowShare) }},
		{name: "fill-up-days", section: section, holder: "DAYS", help: "first days of the history, which may hold survivors only", preset: "183",
			kind: wholeValue, commands: commands,
			set: one(func(s *Settings) *int { return &s.Diagnose.FillUpDays }, within[int]("a whole number of days", 0, maxDays)),
			get: func(s *Settings) []string { return []string{strconv.Itoa(s.Diagnose.FillUpDays)} }},
		{name: "false-alarms", section: section, holder: "SHARE", help: "most of the lapsed who may come back by themselves", preset: "0.05",
			commands: commands,
			set:      one(func(s *Settings) *float64 { return &s.Diagnose.FalseAlarms }, positive(parseShare, "a share above 0 such as 0.05 or 5%")),
			get:      func(s *Settings) []string { return showNumber(s.Diagnose.FalseAlarms) }},
		{name: "cycles", section: section, holder: "FILE", help: "how long goods last by the industry's norms (YAML)", unset: "those of winback",
			commands: commands,
			set:      one(func(s *Settings) *string { return &s.Diagnose.CyclesFile }, parseText),
			get:      func(s *Settings) []string { return showText(s.Diagnose.CyclesFile) }},
		{name: "events", section: section, holder: "FILE", help: "sales and other occasions (YAML)", unset: "none",
			commands: commands,
			set:      one(func(s *Settings) *string { return &s.Diagnose.EventsFile }, parseText),
			get:      func(s *Settings) []string { return showText(s.Diagnose.EventsFile) }},
		rfmSetting("rfm-recency", "30,90,180,365", "days", 0), rfmSetting("rfm-frequency", "2,3,5,10", "purchase days", 1), rfmSetting("rfm-monetary", "50,100,200,500", "value", 2),
		{name: "what-if", section: section, holder: "\"LEVER +N%, ...\"", help: "moves of the what-if: " + strings.Join(diagnose.LeverNames(), ", "), unset: "each lever by a tenth",
			kind: listValue, commands: commands,
			set: many(func(s *Settings) *[]diagnose.Lever { return &s.Diagnose.Levers }, func(parts []string) ([]diagnose.Lever, error) { return diagnose.ParseLevers(strings.Join(parts, ",")) }),
			get: func(s *Settings) []string {
				var parts []string
				for _, l := range s.Diagnose.Levers {
					parts = append(parts, l.String())
				}
				return parts
			}},
	}
}

// rfmSetting are the edges of one of the scores.
func rfmSetting(name, example, unit string, at int) setting {
	return setting{name: name, section: "Diagnosis", holder: "N,N,N,N", help: "edges between the five scores, in " + unit + ", such as " + example, unset: "fifths of the customers",
		kind: listValue, commands: forBatch | ForDiagnose,
		set: many(func(s *Settings) *[]float64 { return &s.Diagnose.RFMCuts[at] }, parseScoreEdges),
		get: func(s *Settings) []string {
			var parts []string
			for _, v := range s.Diagnose.RFMCuts[at] {
				parts = append(parts, number(v))
			}
			return parts
		}}
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

// cannotDiagnose checks what no setting of the diagnosis can check alone.
func (d *DiagnoseSettings) cannotDiagnose(margin float64) error {
	for _, l := range d.Levers {
		if l.Name == diagnose.LeverCost && margin == 0 {
			return &SettingsError{Where: "--what-if", Text: fmt.Sprintf("%s needs to know what part of the sales is margin: set --margin too", l.Name)}
		}
	}
	return nil
}
