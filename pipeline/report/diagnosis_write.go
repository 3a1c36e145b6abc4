package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"winback/pipeline/diagnose"
)

//go:embed diagnosis.tmpl
var diagnosisText string

// withDiagnosis adds the diagnosis to the page's templates.
func withDiagnosis(t *template.Template) *template.Template {
	template.Must(t.New("diagnosis parts").Parse(diagnosisText))
	return t
}

// diagnosisPage is what the template of the diagnosis sees.
type diagnosisPage struct {
	Diagnosis
	Style template.CSS

	IntervalChart, RecencyChart, StagesChart, LadderChart, ClassChart *chart
	BuyersChart, SalesChart, FlowChart, RFMChart                      *chart
	GoodsChart, SeasonChart                                           *chart
	ExpectedKnown                                                     bool // some customers are scored
	MarginKnown                                                       bool // levers have a margin
}

// newDiagnosisPage draws the pictures.
func newDiagnosisPage(d Diagnosis) *diagnosisPage {
	d = cleanedDiagnosis(d)
	p := &diagnosisPage{Diagnosis: d, Style: template.CSS(styleText),
		IntervalChart: intervalChart(d.Intervals), RecencyChart: recencyChart(d.Recency), StagesChart: stagesChart(d.Clocks), LadderChart: ladderChart(d.Ladder),
		ClassChart: rateRows("Share with a second order by the value of the first", d.Classes),
		BuyersChart: monthChart(d.Months, "Old and new buyers by month", "buyers",
			func(m diagnose.Month) float64 { return float64(m.OldBuyers) }, func(m diagnose.Month) float64 { return float64(m.NewBuyers) }),
		SalesChart: monthChart(d.Months, "Sales to old and new buyers by month", "sales, in the shop’s currency",
			func(m diagnose.Month) float64 { return weight(float64(m.OldSales)) }, func(m diagnose.Month) float64 { return weight(float64(m.NewSales)) }),
		FlowChart: flowChart(d.Months), RFMChart: rfmChart(d.RFM), GoodsChart: goodsChart(d.Goods), SeasonChart: seasonChart(d.Goods)}
	for _, c := range d.Clocks {
		for _, s := range c.Stages {
			p.ExpectedKnown = p.ExpectedKnown || s.ExpectedValue.Known()
		}
	}
	for _, l := range d.Levers {
		p.MarginKnown = p.MarginKnown || l.Margin.Known()
	}
	return p
}

// LastMonths are the newest months, as many as a table shows.
func (p *diagnosisPage) LastMonths() []diagnose.Month { return p.Months[max(0, len(p.Months)-13):] }

// WriteDiagnosis writes the diagnosis as a page of its own that needs nothing
// beside it. The same data gives the same bytes. Texts in d are escaped
// wherever they stand.
func WriteDiagnosis(w io.Writer, d Diagnosis) error {
	if err := emit(w, "diagnosis-page", newDiagnosisPage(d)); err != nil {
		return fmt.Errorf("diagnosis page: %w", err)
	}
	return nil
}
