package brief

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"winback/data"
	"winback/pipeline/wording"
)

//go:embed brief.tmpl
var pageText string

// Style is the one stylesheet of the pages for people without a command line.
//
//go:embed style.css
var Style string

// row is a group as the table shows it.
type row struct {
	*Group
	Chance, Come, Between string // of those listed
	Part                  string // who is listed where it is not all; else ""
	Shown                 []string
	Doing, Tag, Class     string
	Say, Offer            string
	Lines                 []Line
}

type page struct {
	Data
	Style     template.CSS
	Lead, Why string
	Figures   []Figure
	Rows      []row
	Offers    bool // nothing is said of offers where money is not known
	Track     string
	More      int // campaigns beyond those shown
}

var pageTemplate = template.Must(template.New("brief").Funcs(template.FuncMap{
	"count":   wording.Thousands,
	"lastDay": func(from data.Day, length int) data.Day { return from + data.Day(length) - 1 },
	"plural":  func(n int, noun string) string { return wording.Counted(n, noun) },
}).Parse(pageText))

// mostCampaigns is how many campaigns fit on the screen.
const mostCampaigns = 2

// Write writes the page. The same data gives the same bytes; texts in d are escaped
// wherever they stand. It fails only where w fails.
func Write(w io.Writer, d Data) error {
	t := d.sum()
	p := page{Data: d, Style: template.CSS(Style), Lead: d.lead(t), Why: d.why(t), Figures: d.figures(t), Track: d.Record.words()}
	for i := range d.Groups {
		p.Rows = append(p.Rows, d.row(i))
		p.Offers = p.Offers || d.Groups[i].MoneyKnown
	}
	if p.More = len(d.Campaigns) - mostCampaigns; p.More > 0 {
		p.Campaigns = d.Campaigns[:mostCampaigns]
	}
	b := bufio.NewWriter(w)
	if err := pageTemplate.Execute(b, p); err != nil {
		return fmt.Errorf("brief: %w", err)
	}
	return b.Flush()
}

func (d *Data) row(i int) row {
	g := &d.Groups[i]
	r := row{Group: g, Come: "–", Doing: wording.Capital(d.doing(i)), Lines: d.lines(i)}
	switch {
	case g.Take == 0:
		r.Tag, r.Class = "leave", "off" // and nothing to say, show or offer
	case r.Doing == "Contact all":
		r.Tag = "yes"
	default:
		r.Tag = "last"
	}
	if g.Take > 0 {
		r.Say, r.Shown, r.Offer = g.say(), g.Show, g.offer(d)
	}
	if g.isPart() {
		r.Part = "first " + wording.Thousands(g.Take)
	}
	if wording.Known(g.Probability) && g.Contacts > 0 {
		r.Chance, r.Come, r.Between = chanceWords(g.chance()), g.returns(), g.between()
	}
	return r
}
