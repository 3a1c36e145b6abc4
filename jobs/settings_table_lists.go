package jobs

import (
	"strconv"
	"time"

	"winback/data"
	"winback/pipeline"
)

func zoneField(s *Settings) **time.Location { return &s.Timezone }

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, wantFound("true or false", text)
}

func parseDateFormat(text string) (string, error) {
	if text == "" {
		return "", wantFound("D/M/YYYY, M/D/YYYY or YYYY-MM-DD", text)
	}
	_, err := data.ParseDateOrder(text)
	return text, err
}

func parseDecimal(text string) (data.DecimalSign, error) {
	sign, err := data.ParseDecimalSign(text)
	if err != nil || sign == data.AnyDecimal {
		return 0, wantFound("comma or point", text)
	}
	return sign, nil
}

func parseAsOf(text string) (data.Day, error) {
	day, err := data.ParseDay(text)
	if err != nil || day <= 0 {
		return 0, wantFound("a day such as 2026-06-30", text)
	}
	return day, nil
}

// positive makes a parser that refuses zero.
func positive(parse func(string) (float64, error), want string) func(string) (float64, error) {
	return func(text string) (float64, error) {
		v, err := parse(text)
		if err != nil || v == 0 {
			return 0, wantFound(want, text)
		}
		return v, nil
	}
}

func parseHoldout(text string) (float64, error) {
	v, err := parseShare(text)
	if err != nil || v == 1 {
		return 0, wantFound("a share below 1 such as 0.1 or 10%", text)
	}
	return v, nil
}

func showNumber(v float64) []string {
	if v == 0 {
		return nil
	}
	return []string{number(v)}
}

func contactSettings() []setting {
	const section = "Contacting"
	return []setting{
		{name: "campaign", section: section, holder: "NAME", help: "the same name holds the same customers out", preset: "winback",
			commands: forBatch,
			set:      one(func(s *Settings) *string { return &s.Campaign }, parseText),
			get:      func(s *Settings) []string { return showText(s.Campaign) }},
		{name: "holdout", section: section, holder: "SHARE", help: "share of the customers left alone, to measure the effect", preset: "0.1",
			commands: forBatch,
			set:      one(func(s *Settings) *float64 { return &s.Holdout }, parseHoldout),
			get:      func(s *Settings) []string { return []string{number(s.Holdout)} }},
		{name: "holdout-key", section: section, holder: "TEXT", help: "secret of the holdout's draw", preset: "winback",
			commands: forBatch, secret: true,
			set: one(func(s *Settings) *string { return &s.HoldoutKey }, parseText),
			get: func(s *Settings) []string { return showText(s.HoldoutKey) }},
		{name: "suppress", section: section, holder: "FILE", help: "customers kept off all lists: one id a line, CSV or Parquet", unset: "none",
			commands: ForRun | ForPull | ForDiagnose,
			set:      one(func(s *Settings) *string { return &s.SuppressFile }, parseText),
			get:      func(s *Settings) []string { return showText(s.SuppressFile) }},
		{name: "target-returns", section: section, holder: "N|SHARE%", help: "stop when so many returns are expected", unset: "no limit",
			commands: forBatch,
			set:      one(func(s *Settings) *ReturnTarget { return &s.TargetReturns }, parseTarget),
			get:      func(s *Settings) []string { return showText(s.TargetReturns.String()) }},
		{name: "capacity", section: section, holder: "N", help: "most customers to contact", unset: "no limit",
			kind: wholeValue, commands: forBatch,
			set: one(func(s *Settings) *int64 { return &s.Capacity }, within[int64]("a whole number", 1, 1e12)),
			get: func(s *Settings) []string { return show(s.Capacity) }},
		{name: "budget", section: section, holder: "AMOUNT", help: "most to spend on contacts", unset: "no limit",
			kind: numberValue, commands: forBatch,
			set: one(func(s *Settings) *float64 { return &s.Budget }, positive(parseAmount, "an amount above 0")),
			get: func(s *Settings) []string { return showNumber(s.Budget) }},
		{name: "margin", section: section, holder: "RATE", help: "share of the sales that is margin", unset: "not known",
			commands: forBatch | ForDiagnose,
			set:      one(func(s *Settings) *float64 { return &s.Margin }, positive(parseShare, "a share above 0 such as 0.4 or 40%")),
			get:      func(s *Settings) []string { return showNumber(s.Margin) }},
		{name: "contact-cost", section: section, holder: "AMOUNT", help: "what one contact costs", unset: "not known",
			kind: numberValue, commands: forBatch,
			set: one(func(s *Settings) *float64 { return &s.ContactCost }, parseAmount),
			get: func(s *Settings) []string {
				if s.ContactCost == NoCost {
					return nil
				}
				return []string{number(s.ContactCost)}
			}},
	}
}

func machineSettings() []setting {
	const section = "Running"
	return []setting{
		{name: "out", section: section, holder: "DIR", help: "folder of the published runs", preset: "out",
			commands: forBatch | ForDiagnose | ForBacktest | ForPull | ForExplain | ForVerify | ForImport | ForGenerate,
			set:      one(func(s *Settings) *string { return &s.Out }, parseText),
			get:      func(s *Settings) []string { return showText(s.Out) }},
		{name: "keep", section: section, holder: "N", help: "runs to keep; older ones are removed", preset: "30",
			kind: wholeValue, commands: forBatch,
			set: one(func(s *Settings) *int { return &s.Keep }, within[int]("a whole number", 1, 100_000)),
			get: func(s *Settings) []string { return show(s.Keep) }},
		{name: "memory", section: section, holder: "SIZE", help: "most memory to use, such as 4GiB; auto: half the machine's", preset: "auto",
			commands: forReading | ForDemo,
			set:      one(func(s *Settings) *int64 { return &s.MemoryBytes }, orAuto(parseMemory)),
			get: func(s *Settings) []string {
				if s.MemoryBytes == 0 {
					return []string{"auto"}
				}
				return []string{memorySize(s.MemoryBytes)}
			}},
		{name: "store", section: section, holder: "DIR", help: "keeps the history, so that only new or changed files are read", unset: "all files are read",
			commands: ForRun | ForFeatures | ForDiagnose | ForBacktest,
			set:      one(func(s *Settings) *string { return &s.Store }, parseText),
			get:      func(s *Settings) []string { return showText(s.Store) }},
		{name: "workers", section: section, holder: "N", help: "what runs at a time; auto: one per processor", preset: "auto",
			commands: forReading | ForDemo | ForGenerate,
			set:      one(func(s *Settings) *int { return &s.Workers }, orAuto(within[int]("a whole number", 1, 1024))),
			get:      func(s *Settings) []string { return showAuto(s.Workers) }},
		{name: "log-format", section: section, holder: "text|json", help: "form of progress and errors", preset: "text",
			commands: forAll,
			set:      one(func(s *Settings) *LogFormat { return &s.LogFormat }, oneOf("text or json", LogText, LogJSON)),
			get:      func(s *Settings) []string { return showText(s.LogFormat) }},
	}
}

func pullSettings() []setting {
	const section = "Asking"
	return []setting{
		{name: "output", section: section, holder: "FILE", help: "file to write; its ending says the format", unset: "standard output",
			commands: ForPull | ForFeatures, flagOnly: true,
			set: one(func(s *Settings) *string { return &s.Output }, parseText),
			get: func(s *Settings) []string { return showText(s.Output) }},
		{name: "customers", section: section, holder: "N", help: "customers of the synthetic shop", preset: "10000",
			kind: wholeValue, commands: ForGenerate, flagOnly: true,
			set: one(func(s *Settings) *int { return &s.Customers }, within[int]("a whole number", 1, 100_000_000)),
			get: func(s *Settings) []string { return show(s.Customers) }},
		{name: "files", section: section, holder: "N", help: "files of the synthetic shop, in order of time", preset: "8",
			kind: wholeValue, commands: ForGenerate, flagOnly: true,
			set: one(func(s *Settings) *int { return &s.Files }, within[int]("a whole number", 1, 10_000)),
			get: func(s *Settings) []string { return show(s.Files) }},
		{name: "whale", section: section, holder: "N", help: "orders that one customer of the synthetic shop makes alone, taken from the others", unset: "none",
			kind: wholeValue, commands: ForGenerate, flagOnly: true,
			set: one(func(s *Settings) *int { return &s.Whale }, within[int]("a whole number", 1, 100_000_000)),
			get: func(s *Settings) []string { return show(s.Whale) }},
		{name: "groups", section: section, holder: "1-3,5", help: "groups to take", unset: "all",
			kind: listValue, commands: ForPull, flagOnly: true,
			set: many(func(s *Settings) *[]int { return &s.Groups }, parseGroups),
			get: func(s *Settings) []string {
				var parts []string
				for _, g := range s.Groups {
					parts = append(parts, strconv.Itoa(g))
				}
				return parts
			}},
		{name: "top", section: section, holder: "N", help: "most customers to take, by rank", unset: "all",
			kind: wholeValue, commands: ForPull, flagOnly: true,
			set: one(func(s *Settings) *int64 { return &s.Top }, within[int64]("a whole number", 1, 1e12)),
			get: func(s *Settings) []string { return show(s.Top) }},
		{name: "channel", section: section, holder: "NAME", help: "take customers who prefer this channel", unset: "all",
			commands: ForPull, flagOnly: true,
			set: one(func(s *Settings) *string { return &s.Channel }, parseText),
			get: func(s *Settings) []string { return showText(s.Channel) }},
		{name: "list", section: section, holder: "contacts|holdout|deadlines", help: "list to take from", preset: "contacts",
			commands: ForPull, flagOnly: true,
			set: one(func(s *Settings) *ContactList { return &s.List }, oneOf("contacts, holdout or deadlines", ListContacts, ListHoldout, ListDeadlines)),
			get: func(s *Settings) []string { return showText(s.List) }},
		{name: "format", section: section, holder: "csv|xlsx|parquet|json", help: "form of the list", unset: "by the ending of the file, else csv",
			commands: ForPull, flagOnly: true,
			set: one(func(s *Settings) *pipeline.ExportFormat { return &s.Format }, oneOf("csv, xlsx, parquet or json", pipeline.ExportFormats()...)),
			get: func(s *Settings) []string { return showText(s.Format) }},
	}
}
