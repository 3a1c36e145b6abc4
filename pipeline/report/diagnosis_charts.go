package report

import (
	"fmt"
	"math"

	"winback/pipeline/diagnose"
	"winback/pipeline/wording"
)

const (
	// chartWidth keeps the words of a chart readable on a phone.
	chartWidth = 400
)

// intervalChart draws how many days passed until the second purchase, in the
// colours of the stages that the cut points make.
func intervalChart(p IntervalPicture) *chart {
	var most, last float64
	for _, b := range p.Bins {
		most = math.Max(most, float64(b.Customers))
		last = math.Max(last, float64(b.ToDays))
	}
	if most == 0 || len(p.Cuts) != len(p.Shares) {
		return nil
	}
	c := &chart{Label: "Days from the first to the second purchase, with the cut points", Width: chartWidth, Height: 330}
	f := frame{left: 62, top: 62, width: chartWidth - 80, height: 210, most: most * 1.05}
	c.values(f, 1, "")
	c.word(f.left-54, 20, "start", inkSoft, "customers by days until their second purchase")
	x := func(day float64) float64 { return f.left + f.width*day/last }
	for _, b := range p.Bins {
		stage := 0
		for stage < len(p.Cuts) && b.FromDays > p.Cuts[stage] {
			stage++
		}
		title := fmt.Sprintf("%d to %d days: %s", b.FromDays, b.ToDays-1, wording.Thousands(b.Customers))
		c.rect(x(float64(b.FromDays))+0.5, f.y(float64(b.Customers)), f.width*float64(b.ToDays-b.FromDays)/last-1, f.height*float64(b.Customers)/f.most, stageFills[min(stage, len(stageFills)-1)], title)
	}
	for k, cut := range p.Cuts {
		at, row := x(float64(cut)+0.5), f.top-10+15*float64(k)
		// Each label has a row of its own, above the lines to its right.
		c.line(at, row-10, at, f.top+f.height, inkText, 1.5, "")
		c.word(at+5, row, "start", inkText, fmt.Sprintf("%.0f %% back by day %d", 100*p.Shares[k], cut))
	}
	for _, cut := range p.Corrected {
		if at := x(float64(cut) + 0.5); float64(cut) < last {
			c.line(at, f.top+f.height-26, at, f.top+f.height, inkOrange, 2.2, "4 3")
		}
	}
	label := "days"
	if len(p.Corrected) > 0 {
		label += "; orange: if all had had time to come back"
	}
	c.days(f, last, label)
	return c
}

// ladderChart draws the share that goes on from each purchase to the next.
func ladderChart(rungs []Rung) *chart {
	if len(rungs) == 0 {
		return nil
	}
	c := &chart{Label: "Share of customers who go on from each order to the next", Width: chartWidth, Height: px(52 + 34*len(rungs))}
	const left, full = 62.0, 196.0
	top := 32 + c.key(6, 16, [2]string{inkBlue, "went on so far"}, [2]string{inkText, "first seen after the fill-up"}, [2]string{inkOrange, "if all had had time"})
	for i, r := range rungs {
		y := top + 34*float64(i)
		c.word(left-10, y+17, "end", inkText, fmt.Sprintf("%d → %d", r.K, r.K+1))
		c.rect(left, y, full, 24, "#eef1f4", "")
		c.rect(left, y, full*weight(r.Share), 24, inkBlue, fmt.Sprintf("%s of %s customers", percent(r.Share), wording.Thousands(r.Customers)))
		if known(r.Later) {
			at := left + full*r.Later
			c.line(at, y+2, at, y+22, inkText, 3, "")
		}
		if known(r.Corrected) {
			at := left + full*r.Corrected
			c.line(at, y-2, at, y+26, inkOrange, 3, "")
		}
		c.word(left+full+8, y+17, "start", inkText, percent(r.Share)+" % of "+wording.Thousands(r.Customers))
	}
	return c
}

// monthChart draws stacked bars of old and new by month.
func monthChart(months []diagnose.Month, label, unit string, old, fresh func(diagnose.Month) float64) *chart {
	const longest = 36
	if len(months) > longest {
		months = months[len(months)-longest:]
	}
	var most float64
	for _, m := range months {
		most = math.Max(most, old(m)+fresh(m))
	}
	if most == 0 {
		return nil
	}
	c := &chart{Label: label, Width: chartWidth, Height: 260}
	f := frame{left: 72, top: 48, width: chartWidth - 84, height: 170, most: most * 1.05}
	c.key(f.left, 16, [2]string{inkBlue, "old"}, [2]string{inkOrange, "new"})
	c.word(f.left+130, 16, "start", inkSoft, unit)
	c.values(f, 1, "")
	step := f.width / float64(len(months))
	for i, m := range months {
		x := f.left + step*float64(i)
		a, b := old(m), fresh(m)
		title := m.Month
		if !m.Complete {
			title += " (not complete)"
		}
		c.rect(x+step*0.12, f.y(a), step*0.76, f.height*a/f.most, inkBlue, title+", old: "+number(a, 0))
		c.rect(x+step*0.12, f.y(a+b), step*0.76, f.height*b/f.most, inkOrange, title+", new: "+number(b, 0))
	}
	c.monthNames(f, months)
	return c
}

// monthNames writes as many months below a frame as fit.
func (c *chart) monthNames(f frame, months []diagnose.Month) {
	step := f.width / float64(len(months))
	every := max(1, int(math.Ceil(64/step)))
	for i, m := range months {
		if i%every == 0 {
			x, anchor := f.left+step*(float64(i)+0.5), "middle"
			if x+30 > float64(c.Width) {
				x, anchor = float64(c.Width), "end"
			}
			c.word(x, f.top+f.height+18, anchor, inkSoft, m.Month)
		}
	}
}

// lost are the customers lost in a month; 0 while that is not known.
func lost(m diagnose.Month) int64 {
	if m.Lost == nil {
		return 0
	}
	return *m.Lost
}

// flowChart draws the regained above and the lost below a line.
func flowChart(months []diagnose.Month) *chart {
	const longest = 36
	if len(months) > longest {
		months = months[len(months)-longest:]
	}
	var up, down float64
	for _, m := range months {
		up, down = math.Max(up, float64(m.Regained)), math.Max(down, float64(lost(m)))
	}
	if up+down == 0 {
		return nil
	}
	c := &chart{Label: "Customers regained and lost by month", Width: chartWidth, Height: 260}
	f := frame{left: 72, top: 34, width: chartWidth - 84, height: 190}
	zero := f.top + f.height*up/(up+down)
	scale := f.height / (up + down)
	c.key(20, 16, [2]string{inkGreen, "regained"}, [2]string{inkGrey, "lost (no purchase for three months)"})
	step := f.width / float64(len(months))
	for _, t := range (evenTicks{scale: 1, whole: true}).Ticks(-down, up) {
		y := zero - t.Value*scale
		c.grid(f, y)
		c.word(f.left-7, y+4.5, "end", inkSoft, number(math.Abs(t.Value), 0))
	}
	for i, m := range months {
		x := f.left + step*(float64(i)+0.12)
		c.rect(x, zero-float64(m.Regained)*scale, step*0.76, float64(m.Regained)*scale, inkGreen, m.Month+", regained: "+wording.Thousands(m.Regained))
		if n := lost(m); n > 0 {
			c.rect(x, zero, step*0.76, float64(n)*scale, inkGrey, m.Month+", lost: "+wording.Thousands(n))
		}
	}
	c.line(f.left, zero, f.left+f.width, zero, inkAxis, 1, "")
	c.monthNames(f, months)
	return c
}

// stagesChart draws for each clock how customers and value spread over the
// stages.
func stagesChart(clocks []ClockStages) *chart {
	var rows []ClockStages
	for _, c := range clocks {
		var heads int64
		for _, s := range c.Stages {
			heads += s.Customers
		}
		if heads > 0 {
			rows = append(rows, c)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	c := &chart{Label: "Stages by clock: customers and past value", Width: chartWidth, Height: px(42 + 92*len(rows))}
	var keys [][2]string
	for k, s := range rows[0].Stages {
		keys = append(keys, [2]string{stageFills[k%len(stageFills)], s.Stage + ": " + s.Asset})
	}
	const left, full = 84.0, chartWidth - 90.0
	top := 48 + c.key(6, 16, keys...)
	for i, r := range rows {
		y := top + 92*float64(i)
		c.word(left, y-5, "start", inkText, r.Name)
		c.stackedBar(left, y, full, "customers", r.Stages, func(s diagnose.StageRow) float64 { return float64(s.Customers) })
		c.stackedBar(left, y+34, full, "past value", r.Stages, func(s diagnose.StageRow) float64 { return weight(float64(s.PastValue)) })
	}
	return c
}

func (c *chart) stackedBar(left, y, full float64, name string, stages []diagnose.StageRow, value func(diagnose.StageRow) float64) {
	var all, before float64
	for _, s := range stages {
		all += value(s)
	}
	c.word(left-10, y+18, "end", inkSoft, name)
	if all == 0 {
		return
	}
	for k, s := range stages {
		width := full * value(s) / all
		c.rect(left+full*before/all, y, width-1, 28, stageFills[k%len(stageFills)], s.Stage+": "+percent(value(s)/all)+" %")
		if width > 52 {
			c.word(left+full*before/all+width/2, y+18.5, "middle", inkText, percent(value(s)/all)+" %")
		}
		before += value(s)
	}
}

// rateRows draws rates with their intervals as lying bars.
func rateRows(label string, rows []ValueRate) *chart {
	most := 0.0
	for _, r := range rows {
		most = math.Max(most, math.Max(weight(r.Rate), weight(r.High)))
	}
	if most == 0 {
		return nil
	}
	c := &chart{Label: label, Width: chartWidth, Height: px(12 + 40*len(rows))}
	const left, full = 96.0, 166.0
	for i, r := range rows {
		y := 8 + 40*float64(i)
		c.word(left-10, y+18, "end", inkText, shorten(r.Name, 11))
		c.rect(left, y, full*weight(r.Rate)/most, 26, inkBlue, "")
		if known(r.Low) && known(r.High) {
			c.whisker(left+full*r.Low/most, y+13, left+full*r.High/most, y+13)
		}
		c.word(left+full+12, y+18, "start", inkText, percent(r.Rate)+" % of "+wording.Thousands(r.Customers))
	}
	return c
}

// recencyChart draws the rate of return by days since the last purchase.
func recencyChart(bands []ValueRate) *chart {
	most := 0.0
	for _, b := range bands {
		most = math.Max(most, math.Max(weight(b.Rate), weight(b.High)))
	}
	if most == 0 {
		return nil
	}
	c := &chart{Label: "Share that came back by days since the last purchase", Width: chartWidth, Height: 290}
	f := frame{left: 62, top: 34, width: chartWidth - 80, height: 200, most: most * 1.05}
	c.values(f, 100, "%")
	step := f.width / float64(len(bands))
	every := max(1, int(math.Ceil(64/step)))
	for i, b := range bands {
		x := f.left + step*(float64(i)+0.5)
		c.rect(x-step*0.36, f.y(weight(b.Rate)), step*0.72, f.height*weight(b.Rate)/f.most, "#8fb4cf", fmt.Sprintf("%s: %s %% of %s", b.Name, percent(b.Rate), wording.Thousands(b.Customers)))
		if known(b.Low) && known(b.High) {
			c.whisker(x, f.y(b.Low), x, f.y(b.High))
		}
		if i%every == 0 {
			c.word(x, f.top+f.height+18, "middle", inkSoft, b.Name)
		}
	}
	c.word(f.left+f.width/2, f.top+f.height+38, "middle", inkSoft, "days since the last purchase")
	return c
}
