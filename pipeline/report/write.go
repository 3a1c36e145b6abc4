package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"reflect"

	"winback/data"
	"winback/pipeline/wording"
)

//go:embed page.tmpl
var pageText string

//go:embed style.css
var styleText string

// page is what the template sees.
type page struct {
	Data
	Style       template.CSS
	Tonight     headline
	MoneyKnown  bool // margin and contact cost are set
	TestKnown   bool // there are figures of a test cut
	RowsMissing int64

	GainsPicture, CalibrationPicture template.HTML
	RecencyPicture                   template.HTML
	ImportanceBars                   []importanceBar
	ImportanceHeight                 int
	Curves                           []Curve
	Reached                          []reachedRow
	TreePicture                      *treePicture
	Bars                             []groupBar
	BarsHeight                       int
	DiagnosisPage                    *diagnosisPage // nil: there is none
	CampaignParts                    []campaignPart
}

var pageTemplate = withCampaigns(withBacktest(withDiagnosis(template.Must(template.New("page").Funcs(template.FuncMap{
	"count": wording.Thousands, "share": share, "days": func(n int) string { return wording.Counted(n, "day") }, "plural": wording.Plural, "opening": opening,
	"percent": figure(percent), "ratio": figure(ratio), "score": figure(score), "money": figure(money), "total": figure(total), "points": figure(points), "known": figure(known),
	"change": figure(wording.Page.Signed), "signed": figure(signed), "between": figures(percentRange), "scores": figures(scoreRange),
	"number":      figure(func(x float64) string { return number(x, 0) }),
	"precise":     figure(func(x float64) string { return number(x, 4) }),
	"add":         func(a, b px) px { return a + b },
	"lastDay":     func(from data.Day, length int) data.Day { return from + data.Day(length) - 1 },
	"currency":    func(code string) string { return cmp.Or(code, "the shop’s currency") },
	"returnRange": returnRange,
	"next":        func(k int) int { return k + 1 },
	"len64":       func(d []BacktestDay) int64 { return int64(len(d)) },
}).Parse(pageText)))))

// figure lets a template hand over every type of floating-point number.
func figure[T any](of func(float64) T) func(reflect.Value) T {
	return func(x reflect.Value) T { return of(x.Float()) }
}

// figures does so for two.
func figures[T any](of func(a, b float64) T) func(a, b reflect.Value) T {
	return func(a, b reflect.Value) T { return of(a.Float(), b.Float()) }
}

// Write writes the report as one HTML page that needs nothing beside it:
// styles and pictures are inside, there is no script, and nothing is fetched.
// The same data gives the same bytes. Texts in d are escaped wherever they
// stand. It fails only where w fails or a picture cannot be drawn.
func Write(w io.Writer, d Data) error {
	p, err := newPage(d)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := emit(w, "page", p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// newPage draws the pictures and sums up what the text needs.
func newPage(d Data) (*page, error) {
	d = cleaned(d)
	p := &page{Data: d, Style: template.CSS(styleText), Tonight: summarise(d.Groups)}
	if p.Title == "" {
		p.Title = "Win-back report"
	}
	for _, g := range d.Groups {
		p.MoneyKnown = p.MoneyKnown || known(g.BreakEvenLift)
	}
	p.TestKnown = d.Test.Rows > 0 || len(d.Models) > 0 || len(d.Gains) > 0 || len(d.TestGroups) > 0
	p.RowsMissing = d.Rows.Read - d.Rows.Used
	for _, s := range d.Rows.SetAside {
		p.RowsMissing -= s.Rows
	}
	p.Curves = usable(d.Gains)
	p.Reached = reached(p.Curves)
	p.TreePicture = layTree(d.Tree)
	p.Bars = groupBars(d.Groups)
	p.BarsHeight = 36 + 40*len(p.Bars)
	p.ImportanceBars = importanceBars(d.Importance)
	p.ImportanceHeight = importanceStep * len(p.ImportanceBars)
	p.CampaignParts = campaignParts(d.Campaigns)
	if d.Diagnosis != nil {
		p.DiagnosisPage = newDiagnosisPage(*d.Diagnosis)
	}
	var err error
	if p.GainsPicture, err = gainsPicture(p.Curves); err != nil {
		return nil, err
	}
	if p.CalibrationPicture, err = calibrationPicture(d.TestGroups); err != nil {
		return nil, err
	}
	p.RecencyPicture, err = recencyPicture(d.Recency, d.LapsedAfterDays)
	return p, err
}
