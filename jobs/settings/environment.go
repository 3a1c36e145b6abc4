package settings

import (
	"slices"
	"strings"
)

// prefix of the environment variables that are settings.
const prefix = "WINBACK_"

// ConfigVariable names the settings file where --config does not.
const ConfigVariable = prefix + "CONFIG"

// Environment takes the settings among environment variables, written as
// NAME=VALUE: WINBACK_AS_OF is what the flag --as-of is. An empty one counts as
// not set; one that names no setting is an *Error.
func (d *Draft) Environment(variables []string) error {
	for _, variable := range slices.Sorted(slices.Values(variables)) {
		name, text, _ := strings.Cut(variable, "=")
		key, ours := strings.CutPrefix(name, prefix)
		if !ours || text == "" || name == ConfigVariable {
			continue
		}
		if err := d.variable(name, strings.ToLower(strings.ReplaceAll(key, "_", "-")), text); err != nil {
			return err
		}
	}
	return nil
}

func (d *Draft) variable(name, key, text string) error {
	i := d.find(key)
	if i < 0 || d.table[i].flagOnly {
		return &Error{Where: name, Text: unknownKey(d.table, key)}
	}
	if err := d.take(i, d.table[i].parts([]string{text}), name); err != nil {
		return &Error{Where: name, Text: err.Error()}
	}
	return nil
}
