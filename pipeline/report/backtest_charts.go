package report

import (
	"html/template"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	unknown   = math.NaN()
	faintBlue = color.RGBA{R: 0xb5, G: 0xcc, B: 0xdc, A: 0xff}
)

// dayTicks marks past days, as many as have room.
type dayTicks []BacktestDay

// Ticks returns one mark per day; every second or third has a label where they
// stand close.
func (d dayTicks) Ticks(_, _ float64) []plot.Tick {
	const mostLabels = 6
	every := (len(d) + mostLabels - 1) / mostLabels
	ticks := make([]plot.Tick, len(d))
	for i := range d {
		ticks[i] = plot.Tick{Value: float64(i)}
		if (len(d)-1-i)%every == 0 { // the newest has one
			ticks[i].Label = d[i].Day.String()
		}
	}
	return ticks
}

// dayPlot is an empty plot over past days.
func dayPlot(days []BacktestDay, yLabel string) *plot.Plot {
	p := newPlot("", yLabel)
	p.X.Min, p.X.Max = -0.4, float64(len(days))-0.6
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Tick.Marker = dayTicks(days)
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, -4, -2
	return p
}

// series are figures over past days, with intervals where they are known.
type series struct {
	name  string
	color color.Color
	value func(d *BacktestDay) Range
}

// add draws the series into a plot; days without a figure are left out.
func (s series) add(p *plot.Plot, days []BacktestDay, shift float64) error {
	var drawn observedRates
	for i := range days {
		r := s.value(&days[i])
		if !known(r.Value) {
			continue
		}
		drawn.XYs = append(drawn.XYs, plotter.XY{X: float64(i) + shift, Y: r.Value})
		drawn.YErrors = append(drawn.YErrors, struct{ Low, High float64 }{below(r.Value, r.Low), below(r.High, r.Value)})
	}
	if len(drawn.XYs) == 0 {
		return nil
	}
	line, points, err := plotter.NewLinePoints(drawn.XYs)
	if err != nil {
		return err
	}
	line.Color, line.Width = s.color, 1.8
	points.GlyphStyle = draw.GlyphStyle{Color: s.color, Radius: 3.2, Shape: draw.CircleGlyph{}}
	bars, err := plotter.NewYErrorBars(drawn)
	if err != nil {
		return err
	}
	bars.Color, bars.Width, bars.CapWidth = s.color, 1.1, 5
	p.Add(bars, line, points)
	p.Legend.Add(s.name, line, points)
	return nil
}

// rankPicture draws the AUC of the chosen model, the groups and recency over
// the past days.
func rankPicture(days []BacktestDay) (template.HTML, error) {
	if len(days) == 0 {
		return "", nil
	}
	p := dayPlot(days, "AUC")
	auc := func(m Model) Range { return Range{m.AUC, m.Low, m.High} }
	for i, s := range []series{
		{"ranking", blueColor, func(d *BacktestDay) Range { return auc(d.model(d.Ranker)) }},
		{"groups", greenColor, func(d *BacktestDay) Range { return auc(d.model("tree10")) }},
		{"recency", orangeColor, func(d *BacktestDay) Range { return auc(d.model("recency")) }},
	} {
		if err := s.add(p, days, 0.06*float64(i-1)); err != nil {
			return "", err
		}
	}
	p.Y.Tick.Marker = evenTicks{scale: 1}
	p.Y.Min = math.Min(p.Y.Min, 0.5)
	p.Y.Max += (p.Y.Max - p.Y.Min) * 0.28 // room for the legend
	return render(p, 400, 300, "AUC of the ranking, the groups and recency on each past day")
}

// levelPicture draws the share that came back and the one foretold over the
// past days.
func levelPicture(days []BacktestDay) (template.HTML, error) {
	if len(days) == 0 {
		return "", nil
	}
	p := dayPlot(days, "came back within the horizon (%)")
	for _, s := range []series{
		{"came true", blueColor, func(d *BacktestDay) Range { return Range{d.Rate, unknown, unknown} }},
		{"forecast", orangeColor, func(d *BacktestDay) Range { return Range{d.Forecast, unknown, unknown} }},
	} {
		if err := s.add(p, days, 0); err != nil {
			return "", err
		}
	}
	p.Y.Tick.Marker = evenTicks{scale: 100}
	p.Y.Min, p.Y.Max = 0, math.Max(p.Y.Max, 0.005)*1.3 // room for the legend
	return render(p, 400, 300, "Forecast and observed share of customers who came back on each past day")
}

// tenthsPicture draws the share that came back against the probability, by
// tenths of the customers: of all days, and faintly of each.
func tenthsPicture(all []Tenth, days []BacktestDay) (template.HTML, error) {
	if len(all) == 0 {
		return "", nil
	}
	p := newPlot("predicted (%)", "came back (%)")
	p.X.Padding, p.Y.Padding = 0, 0
	most := 0.005
	for _, d := range days {
		line, err := plotter.NewLine(tenthPoints(d.Tenths, &most))
		if err != nil {
			return "", err
		}
		line.Color, line.Width = faintBlue, 1.1
		p.Add(line)
		if d.Day == days[0].Day {
			p.Legend.Add("each day", line)
		}
	}
	line, points, err := plotter.NewLinePoints(tenthPoints(all, &most))
	if err != nil {
		return "", err
	}
	line.Color, line.Width = blueColor, 2.2
	points.GlyphStyle = draw.GlyphStyle{Color: blueColor, Radius: 3.4, Shape: draw.CircleGlyph{}}
	most *= 1.04
	right, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: most, Y: most}})
	if err != nil {
		return "", err
	}
	right.Color, right.Width, right.Dashes = greyColor, 1.4, []vg.Length{5, 4}
	p.Add(right, line, points)
	p.Legend.Add("all days, tenths of the customers", line, points)
	p.Legend.Add("exactly as predicted", right)
	p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, true, 10, -2
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, most, 0, most
	p.X.Tick.Marker, p.Y.Tick.Marker = evenTicks{scale: 100}, evenTicks{scale: 100}
	return render(p, 400, 330, "Predicted and observed return rate by tenths of the customers")
}

// tenthPoints turns tenths into points and raises most to the largest figure.
func tenthPoints(tenths []Tenth, most *float64) plotter.XYs {
	var points plotter.XYs
	for _, t := range tenths {
		if known(t.Predicted) && known(t.Observed) {
			points = append(points, plotter.XY{X: t.Predicted, Y: t.Observed})
			*most = max(*most, t.Predicted, t.Observed)
		}
	}
	return points
}
