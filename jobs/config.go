package jobs

import (
	"fmt"
	"slices"
	"strings"
)

// Draft collects settings from their defaults, a settings file and the flags of
// a command, and knows of each where it comes from.
type Draft struct {
	s     Settings
	table []setting
	from  map[string]string // name to origin; not there: the default
}

// NewDraft starts from the defaults.
func NewDraft() *Draft {
	d := &Draft{table: settingsTable(), from: map[string]string{}}
	d.s.ContactCost = NoCost
	for _, entry := range d.table {
		if entry.preset == "" {
			continue
		}
		if err := entry.set(&d.s, entry.parts([]string{entry.preset})); err != nil {
			panic("default of " + entry.name + ": " + err.Error()) // a test reads every default
		}
	}
	return d
}

// Defaults are the settings where nobody sets any.
func Defaults() Settings { return NewDraft().s }

// Settings checks what was collected as a whole.
func (d *Draft) Settings() (Settings, error) { return d.s, d.s.validate() }

// Flag takes the texts that a flag was given with; more than one where a list
// is given in pieces. It replaces what a settings file says. Take the file
// first.
func (d *Draft) Flag(name string, texts []string) error {
	i := slices.IndexFunc(d.table, func(e setting) bool { return e.name == name })
	if i < 0 {
		return &SettingsError{Where: "--" + name, Text: "there is no such setting"}
	}
	entry := &d.table[i]
	if err := entry.set(&d.s, entry.parts(texts)); err != nil {
		return &SettingsError{Where: "--" + name, Text: err.Error()}
	}
	d.from[name] = "flag --" + name
	return nil
}

// parts cuts texts at commas where the setting is a list; of other settings the
// last text counts.
func (e *setting) parts(texts []string) []string {
	if e.kind != listValue && e.kind != mapValue {
		return texts[max(0, len(texts)-1):]
	}
	var parts []string
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			parts = append(parts, strings.TrimSpace(part))
		}
	}
	return parts
}

// Flag is a setting as a command takes it.
type Flag struct {
	Name   string
	Holder string // stands for the value; "" for a switch
	Help   string
	Preset string // the default; "" for none
	List   bool   // may be given more than once
}

// Flags lists the settings that the commands take, in the order of the table.
func Flags(commands Command) []Flag {
	var flags []Flag
	for _, e := range settingsTable() {
		// winback config shows what a settings file may hold.
		if e.commands&commands == 0 && (commands != ForConfig || e.flagOnly) {
			continue
		}
		f := Flag{Name: e.name, Holder: e.holder, Help: e.help, Preset: e.preset, List: e.kind == listValue || e.kind == mapValue}
		if e.kind == boolValue {
			f.Preset = ""
		}
		flags = append(flags, f)
	}
	return flags
}

// SettingValue is a setting as a manifest records it.
type SettingValue struct {
	Name  string
	Parts []string // one, or those of a list; nil where nothing is set
}

// Values lists the settings that may stand in a settings file and that decide
// what a run's files hold: not where, how fast and how loud it ran, and no
// secret.
func (s *Settings) Values() []SettingValue {
	var values []SettingValue
	for _, e := range settingsTable() {
		if e.flagOnly || e.secret || slices.Contains([]string{"out", "keep", "memory", "store", "workers", "log-format", "rejects"}, e.name) {
			continue
		}
		values = append(values, SettingValue{e.name, e.get(s)})
	}
	return values
}

// unknownKey says that a settings file names something that is no setting, and
// what may have been meant.
func unknownKey(table []setting, key string) string {
	// Of a short key nearly every other is near.
	best, bestSteps := "", min(3, len(key)/2)
	for _, e := range table {
		if e.name == key && e.flagOnly {
			return fmt.Sprintf("%s is no setting of a file, only a flag", key)
		}
		if steps := editSteps(key, e.name); steps < bestSteps && !e.flagOnly {
			best, bestSteps = e.name, steps
		}
	}
	if best != "" {
		return fmt.Sprintf("unknown key %q; did you mean %s?", key, best)
	}
	return fmt.Sprintf("unknown key %q; winback config lists all settings", key)
}

// editSteps counts the letters to add, drop or change to turn a into b
// (Levenshtein 1966).
func editSteps(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
