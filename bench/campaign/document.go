package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"

	"winback/pipeline/effect"
	"winback/pipeline/wording"
)

// write writes the page of results.
func (t *tally) write(out io.Writer, took time.Duration) {
	p := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	p("# Campaigns: what is said against what was planted\n")
	p("Written by `make bench-campaign` on %s, %s, %d cores, in %.0f seconds: %s campaigns on synthetic shops of 60,000 customers.\n",
		time.Now().Format(time.DateOnly), runtime.GOARCH, runtime.NumCPU(), took.Seconds(), wording.Thousands(int64(t.all.campaigns)))
	p("Each campaign has its own shop or day: up to %d groups of customers silent for %d days, by recency and number of purchases, with the rates of the shop's past year as forecast; "+
		"they are sent 0, 3 or 7 days apart, 10 or 20 %% held out. What a contact does is planted: it causes purchases, brings natural ones forward, or nothing. "+
		"The level is .6 to 1.7 times the forecast, lifts differ between groups. Every night of up to %d is looked at. "+
		"Truth is what the contacts are to be expected to have caused by that night. In brackets two standard errors of the simulation.\n", groups, lapsedAfter, 7*(groups-1)+horizon)
	t.writeAsked(p)
	t.writeNights(p)
	t.writeClosed(p)
	t.writeSending(p)
	t.waves.write(p)
}

// write shows what rules of dealing later waves earn.
func (t *wavesTally) write(p func(string, ...any)) {
	p("\n## What the next wave gets\n")
	p("%s campaigns of %d waves, on numbers alone: %d groups, a letter (%.2f a contact), a voucher (%.2f, and %.0f to each who returns) and a call (%.2f), a margin of %.0f, %.0f %% held out; the level of returns is %g to %g times the forecast, drawn for each wave. "+
		"The first wave deals all arms to all groups. What the contacts of the other two are to be expected to earn, in thousands:\n", wording.Thousands(int64(t.campaigns)), wavesPlayed, waveGroups,
		contactCosts[0], contactCosts[1], offered[1].Discount, contactCosts[2], orderMargin, 100*waveHoldout, levels[0], levels[len(levels)-1])
	head, line := "| Rule |", "|---|"
	for _, w := range responses {
		head, line = head+" "+w.name+" |", line+"---:|"
	}
	p("%s all |\n%s---:|", head, line)
	for r := range rules {
		row, all := "| "+rules[r].name+" |", 0.0
		for w := range responses {
			row += " " + wording.Prose.Fixed(t.earned[w][r]/1000, 0) + " |"
			all += t.earned[w][r]
		}
		p("%s %s |", row, wording.Prose.Fixed(all/1000, 0))
	}
	p("\nLearned lifts hold the truth after the first wave in %s of %s cases; after later waves, which are summed although their arms and levels differ, in %s of %s.",
		percent(part(t.held1, t.learned1)), wording.Thousands(int64(t.learned1)), percent(part(t.held, t.learned)), wording.Thousands(int64(t.learned)))
}

// writeAsked sets what was asked for beside what was found.
func (t *tally) writeAsked(p func(string, ...any)) {
	a := &t.all
	p("| Asked for | Found | Met |\n|---|---:|---|")
	row := func(what string, found float64, n int, ok bool) {
		p("| %s | %s | %s |", what, share(found, n), yes(ok))
	}
	missed, reached := part(a.missed, a.campaigns), part(a.reached, a.campaigns)
	row("truth outside the nightly band at any look: at most 5 % of campaigns", missed, a.campaigns, missed <= .05)
	row("a target just above the truth called reached: at most 2.5 %", reached, a.campaigns, reached <= .025)
	closed := part(a.closed, a.campaigns)
	row("closed windows hold the truth, sums: 93 to 97 %", closed, a.campaigns, closed >= .93 && closed <= .97)
	single := part(a.groupsHeld, a.groups)
	row("the same, group by group", single, a.groups, single >= .93 && single <= .97)
	adjusted := part(a.adjustedHeld, a.adjusted)
	row("the same, adjusted", adjusted, a.adjusted, adjusted >= .93 && adjusted <= .97)
	learned := part(a.learnedHeld, a.learned)
	row("learned lifts hold the truth: at least 90 %", learned, a.learned, learned >= .9)
	met := part(a.decidedMet, a.feasible)
	row("targets within reach that the nightly decision met: at least 95 %", met, a.feasible, met >= .95)
	p("")
}

// writeNights shows the nightly looks by world, level and pace, with a fixed
// 95 % interval beside.
func (t *tally) writeNights(p func(string, ...any)) {
	p("## Looking every night\n")
	p("A fixed interval is the estimate ± 1.96 standard errors of that night.\n")
	p("| Campaigns | of them | Truth outside at any look | fixed interval | False \"reached\" | fixed interval | Effect seen |\n|---|---:|---:|---:|---:|---:|---:|")
	row := func(name string, c *counts) {
		if c.campaigns > 0 {
			n := c.campaigns
			p("| %s | %d | %s | %s | %s | %s | %s |", name, n, share(part(c.missed, n), n), percent(part(c.missedFixed, n)),
				share(part(c.reached, n), n), percent(part(c.reachedFixed, n)), percent(part(c.seen, n)))
		}
	}
	row("all", &t.all)
	for i := range worlds {
		row(worlds[i].name, &t.worlds[i])
	}
	for i, l := range levels {
		row(fmt.Sprintf("level %g times the forecast", l), &t.levels[i])
	}
	order := slices.Sorted(slices.Values(paces))
	for _, pace := range order {
		if c := t.paces[pace]; c != nil {
			row(fmt.Sprintf("groups %s apart", wording.Counted(pace, "day")), c)
		}
	}
	p("\n\"Seen\" is a low limit above 0 on some night. Where nothing is done that is an error; purchases brought forward are an effect until the day on which they would have come.\n")
	a, strong := &t.all, &t.worlds[3]
	caused := a.campaigns - t.worlds[0].campaigns - t.worlds[4].campaigns
	p("Of the %d campaigns that cause purchases, were they to bring twice what they must, %s are ever told \"does not pay\" (%s, were the limit of tonight set against what must be there by the end, "+
		"without asking which part of it should have come). Were they to bring half of what they must, %s are told in time (%s of those with three fifths more).\n",
		caused, percent(part(a.notPaying, caused)), percent(part(a.notYet, caused)), percent(part(a.told, caused)), percent(part(strong.told, strong.campaigns)))
	p("Forecasts of the final returns of the contacts, on every tenth night, with no earlier wave to learn from: %s of %s hold what came (95 %% asked for).\n",
		percent(part(a.inside, a.foretold)), wording.Thousands(int64(a.foretold)))
}

func (t *tally) writeClosed(p func(string, ...any)) {
	p("## Closed windows\n")
	p("| Campaigns | Sums hold the truth | Groups | Adjusted | narrower by | Learned lifts | error of the raw ones |\n|---|---:|---:|---:|---:|---:|---:|")
	row := func(name string, c *counts) {
		if c.campaigns > 0 {
			p("| %s | %s | %s | %s | %s | %s | %.2f |", name, share(part(c.closed, c.campaigns), c.campaigns), percent(part(c.groupsHeld, c.groups)),
				percent(part(c.adjustedHeld, c.adjusted)), percent(c.narrower/float64(max(1, c.adjusted))), percent(part(c.learnedHeld, c.learned)), math.Sqrt(c.learnedError/c.rawError))
		}
	}
	row("all", &t.all)
	for i := range worlds {
		row(worlds[i].name, &t.worlds[i])
	}
	for i, l := range levels {
		row(fmt.Sprintf("level %g times the forecast", l), &t.levels[i])
	}
	p("\nThe last column is the root mean square error of the learned lifts, as shares of the forecast, over that of the plain differences. τ is %g, as before any forecast is settled. The score for the adjustment tells little inside a group, so that it narrows little.\n", effect.UntestedTau)
}

func (t *tally) writeSending(p func(string, ...any)) {
	a := &t.all
	p("## Sending until a target is reached\n")
	p("The target is what the forecast promised of the first half of the groups. Of %d campaigns %d could reach it at all; contacts are means over these.\n", a.targets, a.feasible)
	p("| Rule | Contacts | of the best in hindsight | Target met |\n|---|---:|---:|---:|")
	row := func(name string, contacts int64, met int) {
		mean := float64(contacts) / float64(max(1, a.feasible))
		p("| %s | %s | %.2f | %s |", name, wording.Prose.Fixed(mean, 0), float64(contacts)/float64(a.best), percent(part(met, a.feasible)))
	}
	row("best in hindsight: the fewest groups that do", a.best, a.feasible)
	row("the plan alone: as many as the forecast called for", a.plan, a.planMet)
	row("the decision of every night", a.decided, a.decidedMet)
	row("stop only when the target is counted", a.counted, a.countedMet)
}

func part(n, of int) float64 { return float64(n) / float64(max(1, of)) }

func percent(x float64) string { return wording.Prose.Percent(x) }

// share is a share with two standard errors of a simulation of n.
func share(x float64, n int) string {
	return fmt.Sprintf("%s (± %.1f)", percent(x), 200*math.Sqrt(x*(1-x)/float64(max(1, n))))
}

func yes(ok bool) string {
	if ok {
		return "yes"
	}
	return "no"
}
