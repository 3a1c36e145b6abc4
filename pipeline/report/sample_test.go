package report

import (
	"fmt"
	"math"

	"winback/data"
)

// sample is a report with every part filled.
func sample() Data {
	d := Data{
		Title: "Win-back report", AsOf: 13832, HorizonDays: 60, LapsedAfterDays: 90,
		LapsedBasis: "Set by hand; 60 % of 42,477 first-to-second intervals had come back by day 98.",
		Customers:   112_345, Lapsed: 80_114,
		Rows: Rows{Read: 289_713, Used: 289_680, SetAside: []SetAside{
			{"duplicate", 21}, {"no customer", 12}}},
		Warnings: []string{"The first months hold survivors only: 83 % of the customers of 2005-09 bought again, later ones 38 %."},
		Plan:     "Contact groups 1 to 6: they bring 60 % of all expected returns, the target that was set; the other four groups are not needed.",
		Verdict:  "The ranking beats sorting by recency: AUC 0.742 against 0.701, and the difference is beyond noise (0.031 to 0.050).",
		Chosen:   "boost", Why: "It was the best on four earlier cuts, and no simpler model was within noise of it.",
		Test:       Test{Cut: 13772, Rows: 78_012, Returned: 5_921, BaseRate: 0.0759},
		Tree:       sampleTree(),
		Importance: sampleImportance(),
		Notes:      []string{"Training used 12 snapshots, 30 days apart."},
	}
	rates := []float64{0.212, 0.164, 0.131, 0.104, 0.086, 0.071, 0.055, 0.041, 0.028, 0.014}
	sizes := []int64{2210, 4120, 5630, 7180, 8440, 9020, 9930, 10_560, 11_204, 11_820}
	rules := []string{
		"last purchase 90 to 128 days ago, 5 or more orders",
		"last purchase 90 to 128 days ago, 3 or 4 orders, last channel web1 or web2",
		"last purchase 129 to 210 days ago, 5 or more orders",
		"last purchase 90 to 128 days ago, 3 or 4 orders, last channel phone1",
		"last purchase 90 to 128 days ago, 1 or 2 orders, spent 149.00 or more in the first order",
		"last purchase 129 to 210 days ago, 2 to 4 orders",
		"last purchase 90 to 128 days ago, 1 or 2 orders, spent less than 149.00 in the first order",
		"last purchase 129 to 210 days ago, 1 order",
		"last purchase more than 210 days ago, 2 or more orders",
		"last purchase more than 210 days ago, 1 order, first bought in November or December",
	}
	var contacts int64
	var returns, captured float64
	for i, r := range rates {
		out := sizes[i] / 10
		g := Group{Group: i + 1, Rule: rules[i], Customers: sizes[i], Holdout: out, Suppressed: int64(i), Contacts: sizes[i] - out - int64(i),
			Probability: r, Low: r * 0.86, High: r * 1.15, TestRate: r * (0.94 + 0.02*float64(i)), Lift: r / 0.0733,
			ExpectedSpend: 96.4 - 4*float64(i), ContactCost: 0.05 * float64(sizes[i]-out-int64(i)), Recommended: i < 6}
		g.ExpectedReturns = float64(g.Contacts) * r
		contacts, returns = contacts+g.Contacts, returns+g.ExpectedReturns
		g.CumulativeContact, g.CumulativeReturns = contacts, returns
		g.ExpectedMargin = r * g.ExpectedSpend * 0.3
		g.BreakEvenLift = 0.05 / (0.3 * g.ExpectedSpend)
		g.DetectableLift = 2.8 * math.Sqrt(r*(1-r)*(1/float64(g.Contacts)+1/float64(g.Holdout)))
		g.Note = "not needed: the target is met before it"
		if g.Recommended {
			g.Note, g.Take, g.TakeReturns = "needed for the target", g.Contacts, g.ExpectedReturns
		}
		d.Groups = append(d.Groups, g)
		captured += float64(sizes[i]) * r / 5300
		d.TestGroups = append(d.TestGroups, TestGroup{Group: i + 1, Customers: sizes[i] - 50, Predicted: r,
			Observed: g.TestRate, Low: g.TestRate * 0.85, High: g.TestRate * 1.16, Captured: math.Min(1, captured)})
	}
	for i, name := range []string{"boost", "tree10", "logistic", "rfm", "recency"} {
		auc := 0.742 - 0.0102*float64(i)
		d.Models = append(d.Models, Model{Name: name, AUC: auc, Low: auc - 0.007, High: auc + 0.007, AveragePrecision: 0.21 - 0.02*float64(i),
			LogLoss: 0.241 + 0.003*float64(i), Brier: 0.066, ECE: 0.004 * float64(i+1), Slope: 0.98, LiftTop10: 2.9 - 0.2*float64(i),
			CaptureTop10: 0.29 - 0.02*float64(i), CaptureTop20: 0.47 - 0.02*float64(i), MeanProbability: 0.074, Chosen: i == 0})
	}
	d.Models[4].LogLoss, d.Models[4].ECE = math.NaN(), math.NaN()
	for i, name := range []string{"boost", "groups", "recency", "random"} {
		c := Curve{Name: name}
		power := []float64{0.42, 0.48, 0.58, 1}[i]
		for k := range 41 {
			x := float64(k) / 40
			c.Points = append(c.Points, Point{x, math.Pow(x, power)})
		}
		d.Gains = append(d.Gains, c)
	}
	for i := range 14 {
		d.Recency = append(d.Recency, Bin{30 * i, 30 * (i + 1), int64(12_000 - 700*i + 900*(i%3))})
	}
	return d
}

// sampleTree is a tree with ten leaves and five levels of branches.
func sampleTree() *Node {
	leaf := func(condition string, group int, customers int64, p float64) *Node {
		return &Node{Condition: condition, Group: group, Customers: customers, Probability: p}
	}
	branch := func(condition string, children ...*Node) *Node {
		n := &Node{Condition: condition, Children: children}
		for _, c := range children {
			n.Probability += c.Probability * float64(c.Customers)
			n.Customers += c.Customers
		}
		n.Probability /= float64(n.Customers)
		return n
	}
	return branch("",
		branch("last purchase 90 to 128 days ago",
			leaf("5 or more orders", 1, 2210, 0.212),
			branch("fewer than 5 orders",
				branch("3 or 4 orders",
					leaf("last channel web1 or web2", 2, 4120, 0.164),
					leaf("last channel phone1, phone2 or not known", 4, 7180, 0.104)),
				branch("1 or 2 orders",
					leaf("spent 149.00 or more in the first order", 5, 8440, 0.086),
					leaf("spent less than 149.00 in the first order", 7, 9930, 0.055)))),
		branch("last purchase 129 days ago or longer",
			branch("last purchase 129 to 210 days ago",
				leaf("5 or more orders", 3, 5630, 0.131),
				branch("fewer than 5 orders",
					leaf("2 to 4 orders", 6, 9020, 0.071), leaf("1 order", 8, 10_560, 0.041))),
			branch("last purchase more than 210 days ago",
				leaf("2 or more orders", 9, 11_204, 0.028), leaf("1 order", 10, 11_820, 0.014))))
}

func sampleImportance() []Importance {
	names := []string{"days since last purchase", "purchase days", "spend in the last 365 days", "overdue ratio", "mean interval",
		"share bought in the peak", "last channel", "first order value", "categories bought", "tenure"}
	var all []Importance
	for i, n := range names {
		all = append(all, Importance{n, 0.31 * math.Pow(0.72, float64(i))})
	}
	return all
}

// small is the least of everything: a golden that a person can read.
func small() Data {
	return Data{
		AsOf: 13832, HorizonDays: 60, LapsedAfterDays: 90, LapsedBasis: "Set by hand.", Customers: 40, Lapsed: 12,
		Rows: Rows{Read: 100, Used: 97, SetAside: []SetAside{{"duplicate", 3}}},
		Plan: "Contact the only group.", Chosen: "recency", Why: "There is too little history for a model.",
		Groups: []Group{{Group: 1, Name: "All lapsed customers", Rule: "all lapsed customers", Customers: 12, Contacts: 11, Holdout: 1, Probability: 0.25, Low: 0.05, High: 0.5,
			TestRate: math.NaN(), Lift: 1, ExpectedReturns: 2.75, CumulativeContact: 11, CumulativeReturns: 2.75, ExpectedSpend: math.NaN(),
			ExpectedMargin: math.NaN(), ContactCost: math.NaN(), BreakEvenLift: math.NaN(), DetectableLift: math.Inf(1), Recommended: true, Take: 11, TakeReturns: 2.75}},
		Tree: &Node{Customers: 12, Probability: 0.25, Group: 1},
	}
}

// hostileText tries to break out of every place that text can stand in.
const hostileText = `</title></style><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>" onload="alert(3) '` + "\x00\n\u202e{{.}}"

// hostile is the sample with foreign text wherever text can be.
func hostile() Data {
	d := sample()
	for _, s := range []*string{&d.Title, &d.LapsedBasis, &d.Plan, &d.Verdict, &d.Chosen, &d.Why, &d.Test.Missing,
		&d.Warnings[0], &d.Notes[0], &d.Rows.SetAside[0].Reason, &d.Groups[0].Rule, &d.Groups[0].Note, &d.Models[0].Name,
		&d.Gains[0].Name, &d.Importance[0].Feature} {
		*s = hostileText
	}
	var spoil func(n *Node)
	spoil = func(n *Node) {
		n.Condition = hostileText
		for _, c := range n.Children {
			spoil(c)
		}
	}
	spoil(d.Tree)
	return d
}

// crowded has ten groups with very long rules and a tree as deep as ten leaves allow.
func crowded() Data {
	d := sample()
	long := ""
	for i := range 12 {
		long += fmt.Sprintf("category of the last purchase is Garden & Outdoor Furniture %d or ", i)
	}
	for i := range d.Groups {
		d.Groups[i].Rule = long + "Sonnenschirmständer-Zubehörersatzteilaufbewahrungsboxen-Sondergrößenkollektion"
		d.Groups[i].Customers *= 1000
		d.Groups[i].Contacts *= 1000
		d.Groups[i].CumulativeContact *= 1000
		d.Groups[i].ExpectedReturns *= 1000
		d.Groups[i].CumulativeReturns *= 1000
	}
	d.Tree = &Node{Condition: long, Customers: 12_345_678, Probability: 0.0301, Group: 10}
	for g := 9; g >= 1; g-- {
		d.Tree = &Node{Condition: long, Customers: 12_345_678 + d.Tree.Customers, Probability: 0.1, Children: []*Node{
			{Condition: "Sonnenschirmständer-Zubehörersatzteilaufbewahrungsboxen or 园艺和户外家具用品", Customers: 4_321_000, Probability: 0.3 - 0.025*float64(g), Group: g}, d.Tree}}
	}
	d.Importance[0].Feature = "share of 园艺和户外家具用品 among all purchases"
	d.Importance[1].Feature = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
	d.Test.Cut = data.Day(13772)
	return d
}

// hopeless is a night on which nothing returned and nothing is known.
func hopeless() Data {
	d := sample()
	nan := math.NaN()
	d.Plan, d.Verdict = "Nothing is recommended: no order beats chance beyond noise.", "No model beats recency, and recency does not beat chance beyond noise."
	d.Chosen, d.Importance, d.Tree = "", nil, nil
	for i := range d.Groups {
		d.Groups[i] = Group{Group: i + 1, Rule: "recency band", Customers: 0, Low: nan, High: nan, TestRate: nan, Lift: nan,
			ExpectedSpend: nan, ExpectedMargin: nan, ContactCost: nan, BreakEvenLift: nan, DetectableLift: nan, Note: "no order beats chance"}
		d.TestGroups[i].Predicted, d.TestGroups[i].Observed, d.TestGroups[i].Low, d.TestGroups[i].High = 0, 0, 0, 0
	}
	for i := range d.Gains {
		for j := range d.Gains[i].Points {
			d.Gains[i].Points[j].Y = nan
		}
	}
	return d
}
