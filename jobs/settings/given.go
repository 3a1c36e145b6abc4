package settings

import "strings"

// Given is how a command was called, for the line that says how to go on.
type Given struct {
	flags []givenFlag // in the order of winback config
	file  string
}

type givenFlag struct {
	name, text string
	isSwitch   bool
}

func (g *Given) given() *Given { return g }

func (d *Draft) given() Given {
	g := Given{file: d.file}
	for i := range d.table {
		if row := &d.table[i]; d.flags[row.Name] && !row.secret {
			g.flags = append(g.flags, givenFlag{row.Name, strings.Join(d.parts[row.Name], ","), row.Switch()})
		}
	}
	return g
}

// For lists the words that give another command the same flags, as far as it
// takes them, and the same settings file. Those that the line sets itself are
// left out.
func (g *Given) For(next Command, without ...string) []string {
	takes := map[string]bool{}
	for _, row := range Flags(next) {
		takes[row.Name] = true
	}
	for _, name := range without {
		takes[name] = false
	}
	var words []string
	for _, f := range g.flags {
		switch {
		case !takes[f.name] || f.isSwitch && f.text == "false":
		case f.isSwitch:
			words = append(words, "--"+f.name)
		default:
			words = append(words, "--"+f.name, f.text)
		}
	}
	if g.file != "" {
		words = append(words, "--config", g.file)
	}
	return words
}
