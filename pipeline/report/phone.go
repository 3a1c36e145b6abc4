package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"io"
	"strings"
)

// emit writes a page of a template. The same data gives the same bytes.
func emit(w io.Writer, name string, data any) error {
	var b bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	_, err := io.WriteString(w, labelled(b.String()))
	return err
}

// labelled makes the tables of a page, which the templates write with one line of
// headings and without spans, fit for screen readers and phones: a caption that
// only readers of a screen hear, the scope of each heading, and on each cell the heading of its
// column, so that the stylesheet can show a row as a card.
func labelled(page string) string {
	head, body, found := strings.Cut(page, "</head>")
	if !found {
		return page
	}
	var b strings.Builder
	b.WriteString(head + "</head>")
	var title string
	var t tableLabels
	for body != "" {
		before, rest, found := strings.Cut(body, "<")
		b.WriteString(before)
		if !found {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		name, _, _ := strings.Cut(tag, " ")
		switch name {
		case "h2", "h3":
			text, _, _ := strings.Cut(after, "</"+name)
			title = plainText(text)
		case "table":
			t = tableLabels{}
			after = `<caption class="heard">` + title + "</caption>" + after
		case "th":
			text, _, _ := strings.Cut(after, "</th>")
			t.headings = append(t.headings, plainText(text))
			tag += ` scope="col"`
		case "tr":
			t.column = 0
		case "td":
			tag += t.label()
		}
		b.WriteString("<" + tag + ">")
		body = after
	}
	return b.String()
}

// tableLabels are the headings of a table and the column that is next.
type tableLabels struct {
	headings []string
	column   int
}

func (t *tableLabels) label() string {
	t.column++
	if t.column > len(t.headings) {
		return ""
	}
	return fmt.Sprintf(` data-label="%s"`, t.headings[t.column-1])
}

// plainText is what an element of ours says, without its tags, escaped for an attribute.
func plainText(inner string) string {
	var words strings.Builder
	for part := range strings.SplitSeq("> "+inner, "<") {
		_, text, _ := strings.Cut(part, ">")
		words.WriteString(text + " ")
	}
	return template.HTMLEscapeString(strings.Join(strings.Fields(html.UnescapeString(words.String())), " "))
}
