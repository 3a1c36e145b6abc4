package jobs

// backtestSettings are what a backtest is asked for beside what a run is.
func backtestSettings() []setting {
	return []setting{
		{name: "cuts", section: "Asking", holder: "N", help: "past days to judge, 30 days apart, at most 60", unset: "6, or what the history allows",
			kind: wholeValue, commands: ForBacktest, flagOnly: true,
			set: one(func(s *Settings) *int { return &s.Cuts }, within[int]("a whole number", 1, 60)),
			get: func(s *Settings) []string { return show(s.Cuts) }},
	}
}
