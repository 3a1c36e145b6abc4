package jobs

import (
	"slices"
	"strconv"

	"winback/data"
	"winback/pipeline"
)

// Command is a set of commands.
type Command uint16

// The commands that take settings.
const (
	ForRun Command = 1 << iota
	ForFeatures
	ForCheck
	ForImport
	ForGenerate
	ForDemo
	ForPull
	ForVerify
	ForConfig
	ForBacktest
	ForExplain
)

const (
	forReading = ForRun | ForFeatures | ForCheck | ForDiagnose | ForBacktest
	forBatch   = ForRun | ForDemo
	forAll     = forReading | ForImport | ForGenerate | ForDemo | ForPull | ForExplain | ForVerify
)

// valueKind is what a settings file may hold for a setting.
type valueKind uint8

const (
	textValue   valueKind = iota // a text; a number stands for its digits
	wholeValue                   // a whole number
	numberValue                  // a number
	boolValue                    // true or false
	listValue                    // a list of texts, or one
	mapValue                     // keys with a text or a list of texts
)

// setting is one line of the table that drives flags, settings files, defaults
// and what winback config prints.
type setting struct {
	name     string // of the flag and of the key in a settings file
	section  string // heading in winback config
	holder   string // stands for the value in help texts
	help     string
	preset   string // the default, as a flag gives it; "" for not set
	unset    string // what not set means, in words
	kind     valueKind
	commands Command
	flagOnly bool // has no place in a settings file
	secret   bool // never printed
	// set reads the parts of a value: one, or those of a list or map.
	set func(s *Settings, parts []string) error
	// get writes the value as parts; nil where nothing is set.
	get func(s *Settings) []string
}

// one makes a setter of one text.
func one[T any](field func(*Settings) *T, parse func(string) (T, error)) func(*Settings, []string) error {
	return func(s *Settings, parts []string) error {
		text := ""
		if len(parts) > 0 {
			text = parts[0]
		}
		v, err := parse(text)
		if err == nil {
			*field(s) = v
		}
		return err
	}
}

// many makes a setter of a list.
func many[T any](field func(*Settings) *T, parse func([]string) (T, error)) func(*Settings, []string) error {
	return func(s *Settings, parts []string) error {
		v, err := parse(parts)
		if err == nil {
			*field(s) = v
		}
		return err
	}
}

// within makes a parser of whole numbers.
func within[T int | int64 | uint64](what string, low, high int64) func(string) (T, error) {
	return func(text string) (T, error) {
		n, err := parseWhole(text, what, low, high)
		return T(n), err
	}
}

// orAuto makes a parser to which "auto" is zero.
func orAuto[T int | int64](parse func(string) (T, error)) func(string) (T, error) {
	return func(text string) (T, error) {
		if text == "auto" {
			return 0, nil
		}
		return parse(text)
	}
}

// parseText takes any text but an empty one or one with control characters.
func parseText(text string) (string, error) {
	if text == "" || slices.ContainsFunc([]byte(text), func(c byte) bool { return c < ' ' || c == 0x7f }) {
		return "", wantFound("a text on one line", text)
	}
	return text, nil
}

// oneOf makes a parser of a few words.
func oneOf[T ~string](want string, words ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		if slices.Contains(words, T(text)) {
			return T(text), nil
		}
		return "", wantFound(want, text)
	}
}

// show writes a number, nothing for zero.
func show[T int | int64](v T) []string {
	if v == 0 {
		return nil
	}
	return []string{strconv.FormatInt(int64(v), 10)}
}

// showText writes a text, nothing for an empty one.
func showText[T ~string](v T) []string {
	if v == "" {
		return nil
	}
	return []string{string(v)}
}

// showAuto writes a number, "auto" for zero.
func showAuto(v int) []string {
	if v == 0 {
		return []string{"auto"}
	}
	return show(v)
}

// settingsTable lists all settings, in the order in which winback config shows
// them.
func settingsTable() []setting {
	return slices.Concat(readingSettings(), daySettings(), learningSettings(), contactSettings(), diagnoseSettings(), machineSettings(), pullSettings(), backtestSettings())
}

func readingSettings() []setting {
	const section = "Reading"
	return []setting{
		{name: "map", section: section, holder: "ROLE=COLUMN,...", help: "which column is what", unset: "found by common names",
			kind: mapValue, commands: forReading,
			set: many(func(s *Settings) *data.Mapping { return &s.Map }, parseMapping),
			get: func(s *Settings) []string { return mappingParts(s.Map) }},
		{name: "returns", section: section, holder: "KEY=VALUE,...", help: "what else marks a return: order-prefix=C, status=A,B", unset: "a negative quantity or amount",
			kind: mapValue, commands: forReading,
			set: many(func(s *Settings) *data.ReturnRules { return &s.Returns }, parseReturns),
			get: func(s *Settings) []string { return returnsParts(s.Returns) }},
		{name: "duplicates", section: section, holder: "auto|drop|keep", help: "lines equal in all columns; auto drops them if orders have ids", preset: "auto",
			commands: forReading,
			set:      one(func(s *Settings) *data.DuplicatePolicy { return &s.Duplicates }, parseDuplicates),
			get:      func(s *Settings) []string { return []string{duplicateNames[s.Duplicates]} }},
		{name: "exclude-products", section: section, holder: "CODE,...", help: "products left out, by code or a pattern such as BANK*", unset: "none",
			kind: listValue, commands: forReading,
			set: many(func(s *Settings) *data.ProductFilter { return &s.ExcludeProducts }, parseProducts),
			get: func(s *Settings) []string { return s.ExcludeProducts }},
		{name: "timezone", section: section, holder: "ZONE", help: "clock of timestamps that name a zone, such as Europe/Berlin", preset: "UTC",
			commands: forReading,
			set:      one(zoneField, parseZone),
			get:      func(s *Settings) []string { return []string{s.Timezone.String()} }},
		{name: "date-format", section: section, holder: "D/M/YYYY", help: "order of day, month and year in text dates; or what whole numbers count, such as unix or excel", unset: "found",
			commands: forReading | ForImport,
			set:      one(func(s *Settings) *string { return &s.DateFormat }, parseDateFormat),
			get:      func(s *Settings) []string { return showText(s.DateFormat) }},
		{name: "decimal", section: section, holder: "comma|point", help: "decimal sign of numbers in texts that can be read both ways", unset: "found",
			commands: forReading | ForImport,
			set:      one(func(s *Settings) *data.DecimalSign { return &s.Decimal }, parseDecimal),
			get:      func(s *Settings) []string { return showText(s.Decimal.String()) }},
		{name: "digests", section: section, holder: "FILE", help: "SHA-256 of the order files, as sha256sum writes it", unset: "not checked",
			commands: forReading,
			set:      one(func(s *Settings) *string { return &s.DigestsFile }, parseText),
			get:      func(s *Settings) []string { return showText(s.DigestsFile) }},
		{name: "rejects", section: section, holder: "FILE", help: "file for the rows set aside, with the reason", unset: "not written",
			commands: forReading,
			set:      one(func(s *Settings) *string { return &s.RejectsFile }, parseText),
			get:      func(s *Settings) []string { return showText(s.RejectsFile) }},
		{name: "max-age", section: section, holder: "DAYS", help: "stop when the newest purchase is older", unset: "no limit",
			kind: wholeValue, commands: forReading,
			set: one(func(s *Settings) *int { return &s.MaxAgeDays }, parseDays),
			get: func(s *Settings) []string { return show(s.MaxAgeDays) }},
		{name: "accept", section: section, help: "go on although the data fails the quality gate", preset: "false",
			kind: boolValue, commands: forReading | ForPull,
			set: one(func(s *Settings) *bool { return &s.Accept }, parseBool),
			get: func(s *Settings) []string { return []string{strconv.FormatBool(s.Accept)} }},
	}
}

// usualHorizonDays is the horizon where none is set.
const usualHorizonDays = 60

func daySettings() []setting {
	const section = "Days"
	return []setting{
		{name: "as-of", section: section, holder: "YYYY-MM-DD", help: "all before it is known", unset: "the day after the newest purchase",
			commands: forReading,
			set:      one(func(s *Settings) *data.Day { return &s.AsOf }, parseAsOf),
			get: func(s *Settings) []string {
				if s.AsOf == 0 {
					return nil
				}
				return []string{s.AsOf.String()}
			}},
		{name: "lapsed-after", section: section, holder: "auto|DAYS", help: "days without a purchase; auto: when 60 % of repurchases came", preset: "auto",
			commands: forBatch | ForDiagnose | ForBacktest | ForCheck,
			set:      one(func(s *Settings) *int { return &s.LapsedAfterDays }, orAuto(parseDays)),
			get:      func(s *Settings) []string { return showAuto(s.LapsedAfterDays) }},
		{name: "horizon", section: section, holder: "DAYS", help: "days within which a purchase counts as a return", preset: strconv.Itoa(usualHorizonDays),
			kind: wholeValue, commands: forBatch | ForFeatures | ForDiagnose | ForBacktest | ForCheck,
			set: one(func(s *Settings) *int { return &s.HorizonDays }, parseDays),
			get: func(s *Settings) []string { return show(s.HorizonDays) }},
		{name: "stages", section: section, holder: "DAYS,DAYS,DAYS", help: "last day of the stages active, silent and sleeping", preset: "45,90,180",
			kind: listValue, commands: forBatch | ForDiagnose,
			set: many(func(s *Settings) *pipeline.StageEdges { return &s.StageEdges }, parseEdges),
			get: func(s *Settings) []string {
				return slices.Concat(show(s.StageEdges.ActiveDays), show(s.StageEdges.SilentDays), show(s.StageEdges.SleepingDays))
			}},
	}
}

func learningSettings() []setting {
	const section = "Learning"
	return []setting{
		{name: "max-groups", section: section, holder: "N", help: "most contact groups", preset: "10",
			kind: wholeValue, commands: forBatch | ForBacktest,
			set: one(func(s *Settings) *int { return &s.MaxGroups }, within[int]("a whole number", 1, 10)),
			get: func(s *Settings) []string { return show(s.MaxGroups) }},
		{name: "training-rows", section: section, holder: "N", help: "most rows to train on; a sample is drawn above", preset: "1000000",
			kind: wholeValue, commands: forBatch | ForBacktest,
			set: one(func(s *Settings) *int { return &s.TrainingRows }, within[int]("a whole number", 1000, 1_000_000_000)),
			get: func(s *Settings) []string { return show(s.TrainingRows) }},
		{name: "seed", section: section, holder: "N", help: "of all that is drawn; the same seed gives the same bytes", preset: "1",
			kind: wholeValue, commands: forBatch | ForGenerate | ForDiagnose | ForBacktest,
			set: one(func(s *Settings) *uint64 { return &s.Seed }, within[uint64]("a whole number", 0, 1<<62)),
			get: func(s *Settings) []string { return []string{strconv.FormatUint(s.Seed, 10)} }},
	}
}
