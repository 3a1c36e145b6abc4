package settings

import (
	"slices"

	"winback/jobs/console"
)

// Group is a struct of settings that belong together.
type Group interface{ rows() []Setting }

// Rows lists the settings of groups.
func Rows(groups ...Group) []Setting {
	var rows []Setting
	for _, g := range groups {
		rows = append(rows, g.rows()...)
	}
	return rows
}

// Command is the settings of a command: a struct with a row for each field.
type Command interface{ Settings() []Setting }

// Log is how a command tells what it does; every command takes it.
type Log struct {
	LogFormat console.Format
}

func (g *Log) rows() []Setting {
	return []Setting{
		{Name: "log-format", section: running, Holder: "text|json", Help: "form of progress and errors", Preset: "text", apart: true,
			value: one(&g.LogFormat, oneOf("text or json", console.Text, console.JSON), showText)},
	}
}

// All are the settings of all commands: what a settings file may hold.
type All struct {
	Reading
	Gate
	Question
	Stages
	Learning
	Refitting
	Scores
	Random
	Draw
	HeldOut
	Suppression
	Plan
	Showing
	Resting
	Diagnosis
	Runs
	Kept
	KeptHistory
	Trial
	TableForm
	Log
	File
	Invented
	Handout
	Stored
	Past
	Launching
	Sending
	Telling
	ChosenArm
	Measuring
	Forgotten
	Serving
	ContactData
	Dialling
	Pooling
	Sampled
	Gathered
	Packaged
	Packages
}

// The headings of winback config, in their order.
const (
	reading    = "Reading"
	days       = "Days"
	learning   = "Learning"
	contacting = "Contacting"
	diagnosing = "Diagnosis"
	running    = "Running"
	asking     = "Asking"
)

var sections = []string{reading, days, learning, contacting, diagnosing, running, asking}

// Settings lists all settings, in the order in which winback config shows them.
func (a *All) Settings() []Setting {
	rows := Rows(&a.Runs, &a.Kept, &a.Reading, &a.Gate, &a.Question, &a.Stages, &a.Learning, &a.Refitting, &a.Scores, &a.Random, &a.Draw, &a.HeldOut, &a.Suppression, &a.Plan, &a.Showing, &a.Resting, &a.Diagnosis,
		&a.KeptHistory, &a.Trial, &a.TableForm, &a.Log, &a.File, &a.Invented, &a.Handout, &a.Stored, &a.Past, &a.Launching, &a.Sending, &a.Telling, &a.ChosenArm, &a.Measuring, &a.Forgotten, &a.Serving, &a.ContactData, &a.Dialling, &a.Pooling, &a.Sampled, &a.Gathered, &a.Packaged, &a.Packages)
	slices.SortStableFunc(rows, func(x, y Setting) int {
		return slices.Index(sections, x.section) - slices.Index(sections, y.section)
	})
	return rows
}

// arranged puts rows into the order of winback config.
func arranged(rows []Setting) []Setting {
	all := new(All).Settings()
	place := func(name string) int { return slices.IndexFunc(all, func(s Setting) bool { return s.Name == name }) }
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y Setting) int { return place(x.Name) - place(y.Name) })
	return rows
}

// Flags lists the settings that a command takes as flags. winback config, which
// takes All, shows what a settings file may hold.
func Flags(of Command) []Setting {
	rows := of.Settings()
	if _, all := of.(*All); all {
		rows = slices.DeleteFunc(rows, func(s Setting) bool { return s.flagOnly })
	} else {
		rows = append(rows, new(Log).rows()...)
	}
	return arranged(slices.DeleteFunc(rows, func(s Setting) bool { return s.fileOnly }))
}

// Default gives a command the settings that hold where nobody sets any.
func Default(c Command) {
	for _, row := range c.Settings() {
		row.toPreset()
	}
}

func (s *Setting) toPreset() {
	s.value.clear()
	if s.Preset == "" {
		return
	}
	if err := s.value.set(s.parts([]string{s.Preset})); err != nil {
		panic("default of " + s.Name + ": " + err.Error()) // a test reads every default
	}
}

// Value is a setting as a manifest records it.
type Value struct {
	Name  string
	Parts []string // one, or those of a list; nil where nothing is set
}

// Values lists the settings of a command that decide what a run's files hold:
// not where, how fast and how loud it ran, and no secret.
func Values(c Command) []Value {
	var values []Value
	for _, row := range arranged(c.Settings()) {
		if !row.flagOnly && !row.secret && !row.apart {
			values = append(values, Value{row.Name, row.value.get()})
		}
	}
	return values
}
