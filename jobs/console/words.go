package console

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Width is the most columns that a text on the screen takes.
const Width = 100

// Short writes a quantity with two or three digits: 950, 1.2 k, 35 M.
func Short(v float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if v >= unit.size {
			v /= unit.size
			if v < 10 {
				return fmt.Sprintf("%.1f%s", v, unit.name)
			}
			return fmt.Sprintf("%.0f%s", v, unit.name)
		}
	}
	return fmt.Sprintf("%.0f", v)
}

// Wrap cuts a text into lines of at most width characters, at blanks; a
// longer word has a line of its own.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
