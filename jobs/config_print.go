package jobs

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// configWidth is the most columns of what winback config prints, where the
// values themselves allow it.
const configWidth = 100

// Print writes the settings in force, where each comes from and its default.
// The text is itself a settings file: given back, it means the same.
func (d *Draft) Print(w io.Writer) error {
	var text strings.Builder
	text.WriteString("# Settings in force. As a file for --config this means the same.\n")
	section := ""
	for i := range d.table {
		entry := &d.table[i]
		if entry.flagOnly {
			continue
		}
		if entry.section != section {
			section = entry.section
			fmt.Fprintf(&text, "\n# %s\n", section)
		}
		d.printEntry(&text, entry)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// commentColumn is where the remarks begin.
const commentColumn = 24

func (d *Draft) printEntry(text *strings.Builder, e *setting) {
	remark := d.remark(e)
	parts := e.get(&d.s)
	switch {
	case e.secret:
		printLine(text, "# "+e.name+":", "not shown, "+remark)
	case len(parts) == 0:
		printLine(text, "# "+e.name+":", remark)
	case e.kind == mapValue:
		printLine(text, e.name+":", remark)
		printMap(text, parts)
	case e.kind == listValue && e.preset == "":
		printLine(text, e.name+":", remark)
		for _, part := range parts {
			fmt.Fprintf(text, "  - %s\n", yamlText(part))
		}
	case e.kind == listValue:
		printLine(text, e.name+": ["+strings.Join(parts, ", ")+"]", remark)
	case e.kind == textValue:
		printLine(text, e.name+": "+yamlText(parts[0]), remark)
	default:
		printLine(text, e.name+": "+parts[0], remark)
	}
}

// remark says where the value comes from, and the default or what it is for.
func (d *Draft) remark(e *setting) string {
	preset := e.unset
	if e.preset != "" {
		preset = e.preset
	}
	if from, set := d.from[e.name]; set {
		if e.secret {
			return "from " + from
		}
		return fmt.Sprintf("from %s; default: %s", from, preset)
	}
	if e.preset == "" {
		return fmt.Sprintf("default: %s. %s", preset, sentence(e.help))
	}
	return "default. " + sentence(e.help)
}

func sentence(help string) string {
	first, size := utf8.DecodeRuneInString(help)
	return strings.ToUpper(string(first)) + help[size:]
}

// printLine writes an entry and its remark, the remark on lines of its own
// where both do not fit into one.
func printLine(text *strings.Builder, entry, remark string) {
	length := utf8.RuneCountInString(entry)
	if length < commentColumn && commentColumn+2+utf8.RuneCountInString(remark) <= configWidth {
		fmt.Fprintf(text, "%s%s# %s\n", entry, strings.Repeat(" ", commentColumn-length), remark)
		return
	}
	fmt.Fprintf(text, "%s\n", entry)
	for _, line := range wrapWords(remark, configWidth-commentColumn-2) {
		fmt.Fprintf(text, "%s# %s\n", strings.Repeat(" ", commentColumn), line)
	}
}

// printMap writes key=value parts; a key that comes more than once as a list.
func printMap(text *strings.Builder, parts []string) {
	for i := 0; i < len(parts); {
		key, _, _ := strings.Cut(parts[i], "=")
		var values []string
		for ; i < len(parts) && strings.HasPrefix(parts[i], key+"="); i++ {
			values = append(values, yamlText(parts[i][len(key)+1:]))
		}
		if len(values) == 1 {
			fmt.Fprintf(text, "  %s: %s\n", key, values[0])
		} else {
			fmt.Fprintf(text, "  %s: [%s]\n", key, strings.Join(values, ", "))
		}
	}
}

var plainYAML = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9_./%-]*$`)

// yamlText writes a text as YAML reads it back; what could be taken for
// something else is quoted.
func yamlText(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
	default:
		if plainYAML.MatchString(text) {
			return text
		}
	}
	quoted, err := json.Marshal(text) // double-quoted YAML takes every JSON string
	if err != nil {
		return `""`
	}
	return string(quoted)
}

// wrapWords cuts a text into lines of at most width characters, at blanks; a
// longer word has a line of its own.
func wrapWords(text string, width int) []string {
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
