package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// importanceMost is how many features are shown at most.
const importanceMost = 15

// importanceStep is the height of a feature's label and bar.
const importanceStep = 36

// importanceBar is one feature in the picture of what the model looks at.
type importanceBar struct {
	Feature  string
	Share    float64 // of the model
	Y, Width px
}

// importanceBars lays out the most important features, the largest on top, each label
// above its bar, so that long ones leave the bars their width; empty if none is known.
func importanceBars(all []Importance) []importanceBar {
	var shown []Importance
	for _, f := range all {
		if known(f.Share) && f.Share > 0 {
			shown = append(shown, f)
		}
	}
	slices.SortFunc(shown, func(a, b Importance) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return strings.Compare(a.Feature, b.Feature)
	})
	bars := make([]importanceBar, min(len(shown), importanceMost))
	for i := range bars {
		f := shown[i]
		bars[i] = importanceBar{Feature: shorten(f.Feature, 27), Share: f.Share, Y: px(importanceStep * i), Width: px(330 * f.Share / shown[0].Share)}
	}
	return bars
}

// recencyPicture draws how many customers bought how long ago, with the day
// from which they count as lapsed; nothing if there is nobody.
func recencyPicture(bins []Bin, lapsedAfterDays int) (template.HTML, error) {
	h := &plotter.Histogram{FillColor: greyColor}
	lapsed := &plotter.Histogram{FillColor: blueColor}
	for _, b := range bins {
		bin := plotter.HistogramBin{Min: float64(b.FromDays), Max: float64(b.ToDays), Weight: float64(b.Customers)}
		if b.ToDays <= b.FromDays || b.Customers < 0 {
			continue
		}
		if b.FromDays >= lapsedAfterDays {
			lapsed.Bins = append(lapsed.Bins, bin)
		} else {
			h.Bins = append(h.Bins, bin)
		}
	}
	if len(h.Bins)+len(lapsed.Bins) == 0 {
		return "", nil
	}
	p := newPlot("days since the last purchase", "customers")
	for _, part := range []*plotter.Histogram{h, lapsed} {
		if len(part.Bins) > 0 {
			part.LineStyle.Color, part.LineStyle.Width = gridColor, 0.6
			p.Add(part)
		}
	}
	p.Y.Min, p.Y.Max = 0, math.Max(p.Y.Max, 1)*1.12
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Tick.Marker, p.Y.Tick.Marker = evenTicks{scale: 1, whole: true}, evenTicks{scale: 1, whole: true}
	edge := float64(lapsedAfterDays)
	if edge > p.X.Min && edge < p.X.Max {
		line, err := plotter.NewLine(plotter.XYs{{X: edge, Y: 0}, {X: edge, Y: p.Y.Max}})
		if err != nil {
			return "", err
		}
		line.Color, line.Width, line.Dashes = orangeColor, 1.4, []vg.Length{4, 3}
		p.Add(line)
		p.Legend.Add(fmt.Sprintf("lapsed from day %d", lapsedAfterDays), line)
		p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, -4, -2
	}
	return render(p, 400, 270, "Customers by days since the last purchase")
}

// groupBar is one group in the picture that sets contacts against returns.
type groupBar struct {
	Group                       int
	Contacts, Returns           float64 // shares of the sums of all groups
	Y                           px
	ContactsWidth, ReturnsWidth px
}

// groupBars lays out the picture of effort and yield by group; nil if there
// are no contacts or no expected returns to share out.
func groupBars(groups []Group) []groupBar {
	var contacts, returns float64
	for _, g := range groups {
		if !known(g.ExpectedReturns) {
			return nil
		}
		contacts += float64(g.Contacts)
		returns += g.ExpectedReturns
	}
	if contacts <= 0 || returns <= 0 {
		return nil
	}
	bars := make([]groupBar, len(groups))
	var longest float64
	for i, g := range groups {
		bars[i] = groupBar{Group: g.Group, Y: px(30 + 40*i),
			Contacts: float64(g.Contacts) / contacts, Returns: g.ExpectedReturns / returns}
		longest = math.Max(longest, math.Max(bars[i].Contacts, bars[i].Returns))
	}
	for i := range bars {
		bars[i].ContactsWidth = px(250 * bars[i].Contacts / longest)
		bars[i].ReturnsWidth = px(250 * bars[i].Returns / longest)
	}
	return bars
}
