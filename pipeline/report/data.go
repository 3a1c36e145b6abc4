// Package report writes report.html: one file that opens offline and says what
// to do tonight, which groups to contact, what proves the order, and what the
// data behind it was like.
package report

import "winback/data"

// Data is everything the report shows. Shares, rates and probabilities are in
// [0, 1]; money is in units of the shop's currency. A float that is not known
// is NaN and shown as "–". A part that is empty is not drawn; a plain sentence
// says so. No customer id belongs in here.
type Data struct {
	Title           string   // heading; empty: "Win-back report"
	AsOf            data.Day // everything before this day is known
	HorizonDays     int      // a return is a purchase in [AsOf, AsOf+HorizonDays)
	LapsedAfterDays int      // lapsed: the last purchase is at least so many days ago
	LapsedBasis     string   // a sentence: what LapsedAfterDays rests on

	Currency  string // of all money, such as EUR; empty: not known
	Customers int64  // customers with a purchase before AsOf
	Lapsed    int64  // those of them that are lapsed
	Rows      Rows
	Warnings  []string // sentences, shown at the top

	Plan    string // a sentence: what is planned and why it stops where it stops
	Verdict string // a sentence: does the order beat recency and chance
	Chosen  string // name of the chosen model; empty: none, the order is recency's
	Why     string // a sentence: why this model
	// RulesCost is a sentence: what the groups lose of the ranking; empty: left
	// out.
	RulesCost string
	// HoldoutNote is a sentence: which holdout would show whether contacts pay;
	// empty: left out.
	HoldoutNote string

	Groups []Group // in priority order
	Tree   *Node   // the root, or nil

	Test       Test
	Models     []Model
	Gains      []Curve     // at the test cut; the line of a random order is drawn if none is named "random"
	TestGroups []TestGroup // the tree's groups at the test cut

	Importance []Importance // any order; the largest are shown first
	Recency    []Bin        // ascending, equal widths
	Notes      []string     // sentences, shown near the end
	Diagnosis  *Diagnosis   // nil: left out
	Campaigns  []Campaign   // waves in the order of their launches; none: left out
	Record     Record       // what came of earlier forecasts
}

// Rows counts the order lines of the input. Read is Used plus all that were
// set aside; the report says so if it is not.
type Rows struct {
	Read, Used int64
	SetAside   []SetAside
}

// SetAside counts the rows that were not used for one reason.
type SetAside struct {
	Reason string
	Rows   int64
}

// Group is one row of the table of contact groups.
type Group struct {
	Group      int    // 1 is contacted first
	Name       string // a few words; empty: left out
	Rule       string // words
	Customers  int64
	Contacts   int64 // customers to contact: neither held out nor suppressed
	Holdout    int64
	Suppressed int64

	Probability float64 // mean predicted probability of a return
	Low, High   float64 // 95 % interval of the rate that may be observed
	TestRate    float64 // observed rate of the same rule at the test cut
	Lift        float64 // probability divided by that of all lapsed customers

	ExpectedReturns   float64 // of the contacts, natural returns included
	CumulativeContact int64   // contacts of this group and all before it
	CumulativeReturns float64 // expected returns of this group and all before it

	ExpectedSpend  float64 // of one who returns, within the horizon
	ExpectedMargin float64 // per customer: probability × spend × margin rate
	ContactCost    float64 // of all contacts of the group
	BreakEvenLift  float64 // extra return rate that pays for a contact
	DetectableLift float64 // smallest effect this holdout shows with 80 % power

	Recommended bool
	Take        int64   // contacts recommended, the first by rank
	TakeReturns float64 // expected of them
	Note        string  // why or why not
}

// Test describes the test cut: a past day at which models trained on what was
// known then are judged by what came after.
type Test struct {
	Cut      data.Day
	Rows     int64   // lapsed customers at the cut; 0: there was no test
	Returned int64   // those who came back within the horizon
	BaseRate float64 // Returned / Rows
	Missing  string  // a sentence: why there is no test; empty: a general one is shown
}

// Model is one row of the table of models, with figures of the test cut.
type Model struct {
	Name             string
	AUC, Low, High   float64 // area under the ROC curve and its 95 % interval
	AveragePrecision float64
	LogLoss          float64
	Brier            float64
	ECE              float64 // expected calibration error, ten bins of equal size
	Slope            float64 // calibration slope; 1 is right
	LiftTop10        float64 // rate of the first 10 % divided by the rate of all
	CaptureTop10     float64 // share of all returns found in the first 10 %
	CaptureTop20     float64
	MeanProbability  float64
	Chosen           bool
}

// Node is a node of the tree that makes the groups.
type Node struct {
	Condition   string // words of the branch that leads here; empty at the root
	Customers   int64
	Probability float64
	Group       int // group number of a leaf
	Children    []*Node
}

// Point is one point of a gains curve: the share of customers contacted and
// the share of all returns among them.
type Point struct{ X, Y float64 }

// Curve is one line of the gains picture, points by ascending X. The first
// curve is drawn strongest.
type Curve struct {
	Name   string
	Points []Point
}

// TestGroup compares a group's forecast with what came at the test cut.
type TestGroup struct {
	Group               int
	Customers           int64
	Predicted, Observed float64
	Low, High           float64 // 95 % interval of Observed
	Captured            float64 // share of all returns in this group and those before it
}

// Importance is how much a feature contributes to the chosen model. Shares
// need not sum to one.
type Importance struct {
	Feature string
	Share   float64
}

// Bin counts customers whose recency lies in [FromDays, ToDays).
type Bin struct {
	FromDays, ToDays int
	Customers        int64
}
