// Package page gathers what the report and the page of a backtest show from the
// results of all phases, in the types of package report.
package page

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/models"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/report"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// Facts is what the report shows beside groups and learning.
type Facts struct {
	Question snapshots.Question
	Rule     survey.LapsedRule
	Rows     report.Rows
	Warnings []string
	Settings plan.Settings
	// Diagnosis says where all customers stand, not only the lapsed.
	Diagnosis report.Diagnosis
	// Campaigns are the waves that were measured tonight.
	Campaigns []*campaign.Measured
	// Record is what came of the forecasts that are settled.
	Record campaign.ForecastRecord
	// Currency is that of the amounts, such as EUR; "": not known.
	Currency string
}

// WriteReport writes report.html.
func WriteReport(create run.Create, g *plan.Groups, learned *learn.Learned, tonight *scoring.Scored, f Facts) error {
	e := &learned.Evaluation
	d := report.Data{AsOf: f.Question.AsOf, HorizonDays: f.Question.Horizon, LapsedAfterDays: f.Rule.Days, LapsedBasis: wording.Sentence(f.Rule.Basis),
		Customers: tonight.Customers, Lapsed: int64(tonight.Lapsed.Len()), Rows: f.Rows, Warnings: f.Warnings,
		Plan: wording.Sentence(strings.TrimSuffix(g.Plan.Summary, ".")), Verdict: e.Verdict, Chosen: learned.Gate.Name, Why: e.Why}
	if e.GroupRules != nil {
		d.RulesCost = e.GroupRules.Words
	}
	d.Groups, d.HoldoutNote = reportGroups(g), g.Plan.Holdout
	d.Currency = f.Currency
	d.Diagnosis, d.Campaigns, d.Record = &f.Diagnosis, campaigns(f.Campaigns), settled(f.Record)
	cut, err := data.ParseDay(e.TestCut) // on a night that keeps its models, of the night that learned them
	if err != nil {
		return err
	}
	d.Test = report.Test{Cut: cut, Rows: e.Rows, Returned: e.Returned, BaseRate: float64(e.BaseRate)}
	if learned.TestLeaves == nil {
		d.Test.Missing = e.Why
	}
	if learned.Tree != nil {
		d.Tree = reportTree(g, tonight.Tree, f.Question.Horizon)
		d.TestGroups = reportTestGroups(e)
		for _, name := range e.Evaluated() {
			d.Models = append(d.Models, reportModel(name, e.Models[name], name == learned.Gate.Name))
		}
	}
	for _, c := range learned.Gains {
		curve := report.Curve{Name: c.Name}
		for _, p := range c.Points {
			curve.Points = append(curve.Points, report.Point{X: p.Customers, Y: p.Returns})
		}
		d.Gains = append(d.Gains, curve)
	}
	for _, s := range learned.Importance[learned.Gate.Name] {
		d.Importance = append(d.Importance, report.Importance{Feature: wording.Of(s.Feature).Label, Share: float64(s.Share)})
	}
	switch {
	case e.GroupsBeyondChance:
		d.Warnings = append(slices.Clone(d.Warnings), e.GroupsOutside)
	case e.GroupsOutside != "":
		d.Notes = append(d.Notes, e.GroupsOutside)
	}
	d.Notes = append(d.Notes, learnedNotes(e)...)
	d.Notes = append(d.Notes, shownNotes(e)...)
	if d.Recency, err = recencyBins(g.Lapsed, f.Rule.Days); err != nil {
		return err
	}
	if share := e.SampleShare; share < 1 {
		d.Notes = append(d.Notes, fmt.Sprintf("The models learned from %.1f %% of the customers, drawn at random, to stay within --training-rows.", 100*share))
	}
	return create.Write(run.ReportFile, func(w io.Writer) error { return report.Write(w, d) })
}

func reportGroups(g *plan.Groups) []report.Group {
	var groups []report.Group
	for i, r := range g.Rows {
		groups = append(groups, report.Group{Group: int(r.Group), Name: r.Name, Rule: r.Rule, Customers: r.Customers, Contacts: r.ContactCustomers, Holdout: r.HoldoutCustomers,
			Suppressed: r.SuppressedCustomers, Probability: r.Probability, Low: r.ProbabilityLow, High: r.ProbabilityHigh, TestRate: r.TestRate, Lift: r.Lift,
			ExpectedReturns: r.ExpectedReturns, CumulativeContact: r.CumulativeContacts, CumulativeReturns: r.CumulativeExpectedReturns,
			ExpectedSpend: r.ExpectedSpend, ExpectedMargin: r.ExpectedMargin / float64(max(r.ContactCustomers, 1)), ContactCost: r.ContactCost,
			BreakEvenLift: r.BreakEvenLift, DetectableLift: r.DetectableLift, Recommended: r.Recommended, Take: r.RecommendedContacts, TakeReturns: g.Plan.Returns[i], Note: r.Note})
	}
	return groups
}

func reportModel(name string, p learn.ModelProof, chosen bool) report.Model {
	return report.Model{Name: name, AUC: float64(p.AUC), Low: float64(p.AUCLow), High: float64(p.AUCHigh), AveragePrecision: float64(p.AveragePrecision),
		LogLoss: float64(p.LogLoss), Brier: float64(p.Brier), ECE: float64(p.ECE), Slope: float64(p.CalibrationSlope), LiftTop10: float64(p.LiftTop10),
		CaptureTop10: float64(p.CaptureTop10), CaptureTop20: float64(p.CaptureTop20), MeanProbability: float64(p.MeanProbability), Chosen: chosen}
}

func reportTestGroups(e *learn.Evaluation) []report.TestGroup {
	var groups []report.TestGroup
	for i, g := range e.Groups {
		low, high := models.WilsonInterval(g.Returned, g.Customers)
		groups = append(groups, report.TestGroup{Group: g.Group, Customers: g.Customers, Predicted: float64(g.Predicted), Observed: float64(g.Rate),
			Low: low, High: high, Captured: float64(e.Captured[i])})
	}
	return groups
}

// reportTree draws the tree with tonight's customers and probabilities.
func reportTree(g *plan.Groups, tree *learn.SurrogateTree, horizonDays int) *report.Node {
	customers, sums := make([]int64, tree.Leaves()), make([]float64, tree.Leaves())
	for leaf := range customers {
		customers[leaf], sums[leaf] = g.LeafTotals(leaf)
	}
	var draw func(at int32) (*report.Node, float64)
	draw = func(at int32) (*report.Node, float64) {
		n := &tree.Nodes[at]
		if n.Feature < 0 {
			node := &report.Node{Customers: customers[n.Leaf], Group: int(g.Ranking.GroupOfLeaf(n.Leaf)), Probability: math.NaN()}
			if node.Customers > 0 {
				node.Probability = sums[n.Leaf] / float64(node.Customers)
			}
			return node, sums[n.Leaf]
		}
		left, leftSum := draw(n.Left)
		right, rightSum := draw(n.Right)
		left.Condition, right.Condition = branchWords(tree, n, horizonDays)
		node := &report.Node{Customers: left.Customers + right.Customers, Probability: math.NaN(), Children: []*report.Node{left, right}}
		if node.Customers > 0 {
			node.Probability = (leftSum + rightSum) / float64(node.Customers)
		}
		return node, leftSum + rightSum
	}
	root, _ := draw(0)
	return root
}

// branchWords says what leads to the left and to the right of a node.
func branchWords(tree *learn.SurrogateTree, n *models.Node, horizonDays int) (left, right string) {
	words := func(left bool) string { return tree.Rule([]models.Condition{tree.Branch(n, left)}).Words(horizonDays) }
	return words(true), words(false)
}

// recencyBins counts the lapsed by days since their last purchase, in about
// thirty bins that begin where customers lapse.
func recencyBins(lapsed *scoring.Store, lapsedAfter int) ([]report.Bin, error) {
	customers := map[int32]int64{}
	longest := int32(lapsedAfter)
	err := lapsed.Each(func(l *scoring.Lapsed) error {
		for _, days := range l.RecencyDays {
			longest = max(longest, days)
			customers[days]++
		}
		return nil
	})
	width := max((int(longest)-lapsedAfter)/30+1, 1)
	bins := make([]report.Bin, (int(longest)-lapsedAfter)/width+1)
	for i := range bins {
		bins[i] = report.Bin{FromDays: lapsedAfter + i*width, ToDays: lapsedAfter + (i+1)*width}
	}
	for days, n := range customers {
		bins[(int(days)-lapsedAfter)/width].Customers += n
	}
	return bins, err
}
