package settings

import (
	"fmt"
	"slices"
	"strings"

	"winback/data"
	"winback/jobs/console"
)

// Draft collects settings from a settings file, the environment and the flags
// of a command, and knows of each where it comes from. Take them in that order:
// what is taken later wins.
type Draft struct {
	all   All
	table []Setting           // of all
	parts map[string][]string // what was given, by name
	from  map[string]string   // name to origin; not there: the default
	flags map[string]bool     // whose origin is a flag
	file  string              // the settings file; "" for none
}

// NewDraft starts from the defaults.
func NewDraft() *Draft {
	d := &Draft{parts: map[string][]string{}, from: map[string]string{}, flags: map[string]bool{}}
	Default(&d.all)
	d.table = d.all.Settings()
	return d
}

// Of makes the flags that are asked of a command alone those of this one: another
// command may take other words under the name.
func (d *Draft) Of(c Command) *Draft {
	for _, row := range c.Settings() {
		if i := d.find(row.Name); i >= 0 && row.flagOnly && d.table[i].flagOnly {
			d.table[i] = row
		}
	}
	return d
}

// Into checks what was collected as a whole and gives a command its part of it.
func (d *Draft) Into(c Command) error {
	if err := d.Check(); err != nil {
		return err
	}
	for _, row := range c.Settings() {
		row.toPreset()
		parts, given := d.parts[row.Name]
		if !given || row.flagOnly && !d.flags[row.Name] {
			continue
		}
		if err := row.value.set(parts); err != nil {
			return &Error{Where: "--" + row.Name, Text: err.Error()}
		}
	}
	if g, ok := c.(interface{ given() *Given }); ok {
		*g.given() = d.given()
	}
	return nil
}

// Check checks what no setting can check alone.
func (d *Draft) Check() error { return d.all.Plan.validate() }

// LogFormat is the form of progress and errors.
func (d *Draft) LogFormat() console.Format { return d.all.LogFormat }

// Flag takes the texts that a flag was given with; more than one where a list
// is given in pieces.
func (d *Draft) Flag(name string, texts []string) error {
	i := d.find(name)
	if i < 0 {
		return &Error{Where: "--" + name, Text: "there is no such setting"}
	}
	if err := d.take(i, d.table[i].parts(texts), "flag --"+name); err != nil {
		return &Error{Where: "--" + name, Text: err.Error()}
	}
	d.flags[name] = true
	return nil
}

func (d *Draft) find(name string) int {
	return slices.IndexFunc(d.table, func(s Setting) bool { return s.Name == name })
}

func (d *Draft) take(i int, parts []string, from string) error {
	row := &d.table[i]
	if err := row.value.set(parts); err != nil {
		return err
	}
	d.parts[row.Name], d.from[row.Name] = parts, from
	return nil
}

// parts cuts texts at commas where the setting is a list, but for those between double
// quotes around a part or what is behind its =, doubled where they are meant; of other
// settings the last text counts.
func (s *Setting) parts(texts []string) []string {
	if s.kind != listValue && s.kind != mapValue {
		return texts[max(0, len(texts)-1):]
	}
	var parts []string
	for _, text := range texts {
		for _, part := range cutAtCommas(text) {
			parts = append(parts, strings.TrimSpace(part))
		}
	}
	return parts
}

func cutAtCommas(text string) []string {
	var parts []string
	var part strings.Builder
	quoted, begins := false, true // begins: a quote here opens
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && strings.HasPrefix(text[i:], `""`):
			part.WriteByte(c)
			i++
		case c == '"' && (quoted || begins):
			quoted = !quoted
		case c == ',' && !quoted:
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
		begins = !quoted && (c == ',' || c == '=' || begins && c == ' ')
	}
	if quoted {
		return strings.Split(text, ",")
	}
	return append(parts, part.String())
}

// unknownKey says that a settings file or the environment names something that
// is no setting there, and what may have been meant.
func unknownKey(table []Setting, key string) string {
	var names []string
	for i := range table {
		if table[i].Name == key {
			return fmt.Sprintf("%s is no setting of a file, only a flag", key)
		}
		if !table[i].flagOnly {
			names = append(names, table[i].Name)
		}
	}
	if best := Nearest(key, names); best != "" {
		return fmt.Sprintf("unknown key %q; did you mean %s?", key, best)
	}
	return fmt.Sprintf("unknown key %q; winback config lists all settings", key)
}

// Nearest is the first of the names that a mistyped one is most like; "" where
// none is near.
func Nearest(mistyped string, names []string) string {
	// Of a short word nearly every other is near.
	best, bestSteps := "", min(3, len(mistyped)/2)
	for _, name := range names {
		if steps := data.EditDistance(mistyped, name); steps < bestSteps {
			best, bestSteps = name, steps
		}
	}
	return best
}
