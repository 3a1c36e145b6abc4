// Command calibration settles a run whose horizon is over: did the probabilities
// come true, by tenths of the list and by group?
//
//	go run ./notebooks/calibration RUN OUTCOME.parquet
//
// It writes result.md, tenths.svg and groups.svg next to itself; make notebooks
// does it all on the demo shop.
package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"winback/data/tables"
	"winback/notebooks/picture"
	"winback/notebooks/settled"
)

const folder = "notebooks/calibration"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "calibration:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want a run folder and the feature table of its outcome")
	}
	past, err := settled.Read(args[0], args[1])
	if err != nil {
		return err
	}
	tenths, groups := byTenth(past.Customers), byGroup(past)
	if err := drawTenths(tenths); err != nil {
		return err
	}
	if err := drawGroups(past.Groups, groups); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "result.md"), []byte(page(past, tenths, groups)), 0o644)
}

// byTenth cuts the customers by probability into ten parts of equal size, the
// likeliest first.
func byTenth(customers []settled.Customer) []settled.Rate {
	sorted := slices.Clone(customers) // by id: ties stay in that order
	slices.SortStableFunc(sorted, func(a, b settled.Customer) int { return cmp.Compare(b.Probability, a.Probability) })
	rates := make([]settled.Rate, 10)
	for i, c := range sorted {
		rates[i*len(rates)/len(sorted)].Add(c)
	}
	return rates
}

func byGroup(past *settled.Run) []settled.Rate {
	rates := make([]settled.Rate, len(past.Groups))
	for _, c := range past.Customers {
		rates[c.Group-1].Add(c)
	}
	return rates
}

func drawTenths(tenths []settled.Rate) error {
	p := picture.New("Tenths of the list: what was foretold and what came", "mean published probability, %", "returned within the horizon, %")
	var seen []picture.Point
	for _, r := range tenths {
		low, high := r.Interval()
		seen = append(seen, picture.Point{X: 100 * r.Foretold(), Y: 100 * r.Observed(), Low: 100 * low, High: 100 * high})
	}
	if err := picture.Observed(p, "observed, with 95 % interval", picture.Colours[0], seen); err != nil {
		return err
	}
	if err := picture.Line(p, "as foretold", picture.Colours[1], []picture.Point{{}, {X: seen[0].X, Y: seen[0].X}}); err != nil {
		return err
	}
	p.Legend.XOffs = 20 // the points run to the upper right
	return picture.Save(p, filepath.Join(folder, "tenths.svg"))
}

func drawGroups(groups []tables.GroupRow, came []settled.Rate) error {
	p := picture.New("Groups: the forecast and what came", "group, in order of priority", "return rate, %")
	var forecast, seen []picture.Point
	for i, g := range groups {
		forecast = append(forecast, picture.Point{X: float64(i) + 0.9, Y: 100 * g.Probability, Low: 100 * g.ProbabilityLow, High: 100 * g.ProbabilityHigh})
		rate := 100 * came[i].Observed()
		seen = append(seen, picture.Point{X: float64(i) + 1.1, Y: rate, Low: rate, High: rate})
	}
	if err := picture.Observed(p, "forecast, with 95 % interval", picture.Colours[0], forecast); err != nil {
		return err
	}
	if err := picture.Observed(p, "observed", picture.Colours[1], seen); err != nil {
		return err
	}
	var ticks []plot.Tick
	for i := range groups {
		ticks = append(ticks, plot.Tick{Value: float64(i + 1), Label: fmt.Sprint(i + 1)})
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	return picture.Save(p, filepath.Join(folder, "groups.svg"))
}

func page(past *settled.Run, tenths, groups []settled.Rate) string {
	e := &past.Evaluation
	var b strings.Builder
	var all settled.Rate
	for _, c := range past.Customers {
		all.Add(c)
	}
	fmt.Fprintf(&b, "# Did the probabilities come true?\n\n")
	fmt.Fprintf(&b, "Made by `make notebooks` from a run as of %s (ranked by `%s`), settled with the purchases of the %d days from then on, which the run could not know.\n\n", e.AsOf, e.Chosen, e.Horizon)
	fmt.Fprintf(&b, "Of %d lapsed customers %.0f were expected to return (%s), and %d did (%s).\n\n", all.Customers, all.Expected, picture.Percent(all.Foretold()), all.Returned, picture.Percent(all.Observed()))
	fmt.Fprintf(&b, "## By tenths of the list\n\n![Tenths of the list](tenths.svg)\n\n| Tenth | Customers | Foretold | Returned | 95 %% interval |\n|---:|---:|---:|---:|---|\n")
	for i, r := range tenths {
		low, high := r.Interval()
		fmt.Fprintf(&b, "| %d | %d | %s | %s | %s to %s |\n", i+1, r.Customers, picture.Percent(r.Foretold()), picture.Percent(r.Observed()), picture.Percent(low), picture.Percent(high))
	}
	fmt.Fprintf(&b, "\n## By group\n\n![Groups](groups.svg)\n\n| Group | Rule | Customers | Forecast | May be observed | Returned | |\n|---:|---|---:|---:|---|---:|---|\n")
	inside, ordered := 0, 0
	for i, g := range past.Groups {
		verdict, rate := "outside", groups[i].Observed()
		if rate >= g.ProbabilityLow && rate <= g.ProbabilityHigh {
			verdict = "inside"
			inside++
		}
		if i > 0 && rate <= groups[i-1].Observed() {
			ordered++
		}
		fmt.Fprintf(&b, "| %d | %s | %d | %s | %s to %s | %s | %s |\n", g.Group, g.Rule, g.Customers, picture.Percent(g.Probability),
			picture.Percent(g.ProbabilityLow), picture.Percent(g.ProbabilityHigh), picture.Percent(rate), verdict)
	}
	fmt.Fprintf(&b, "\n- %d of %d groups came inside the interval that was published for them; 95 of 100 should.\n", inside, len(groups))
	fmt.Fprintf(&b, "- %d of %d groups returned at most as often as the group before them, as their order says.\n", ordered, max(len(groups)-1, 0))
	return b.String()
}
