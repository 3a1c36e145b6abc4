package settings

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"winback/jobs/console"
	"winback/pipeline/wording"
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

func (d *Draft) printEntry(text *strings.Builder, e *Setting) {
	remark := d.remark(e)
	parts := e.value.get()
	switch {
	case e.secret:
		printLine(text, "# "+e.Name+":", "not shown, "+remark)
	case len(parts) == 0:
		printLine(text, "# "+e.Name+":", remark)
	case e.kind == mapValue:
		printLine(text, e.Name+":", remark)
		printMap(text, parts)
	case e.kind == listValue && e.Preset == "":
		printLine(text, e.Name+":", remark)
		for _, part := range parts {
			fmt.Fprintf(text, "  - %s\n", yamlText(part))
		}
	case e.kind == listValue:
		var quoted []string
		for _, part := range parts {
			quoted = append(quoted, yamlText(part))
		}
		printLine(text, e.Name+": ["+strings.Join(quoted, ", ")+"]", remark)
	case e.kind == textValue:
		printLine(text, e.Name+": "+yamlText(parts[0]), remark)
	default:
		printLine(text, e.Name+": "+parts[0], remark)
	}
}

// remark says where the value comes from, and the default or what it is for.
func (d *Draft) remark(e *Setting) string {
	preset := e.unset
	if e.Preset != "" {
		preset = e.Preset
	}
	if from, set := d.from[e.Name]; set {
		if e.secret {
			return "from " + from
		}
		return fmt.Sprintf("from %s; default: %s", from, preset)
	}
	if e.Preset == "" {
		return fmt.Sprintf("default: %s. %s", preset, wording.Capital(e.Help))
	}
	return "default. " + wording.Capital(e.Help)
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
	for _, line := range console.Wrap(remark, configWidth-commentColumn-2) {
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
