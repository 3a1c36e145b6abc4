package wording

import "strings"

// Column is the vocabulary of one feature column. The value of a customer, or
// the range that a rule asks for, stands between Before and After.
type Column struct {
	Name  string // of the column
	Label string // on screens and in pictures
	Topic Topic
	Unit  Unit
	// Rule: the rule of a group may ask about it, since a marketer can check it in
	// the shop's own system, or it says how the shop looks in plain words.
	Rule bool
	// Plain: so may a plain rule, since shop and mailing systems can filter on it.
	Plain bool
	Side  Side // for which side of a reason it speaks
	// Repeat: it tells something only of customers who bought on several days.
	Repeat bool

	Before, After string
	One           string // After, for exactly 1; "": the same
	Least         int    // smallest value; a lower bound below it asks nothing
	None          string // words where the value is 0; "": none of its own
	Unknown       string // what a missing value means; "": it is never missing
	// All, Most and Some are what a reason says of a share of 1, of a half or more, and of
	// less; "": the number.
	All, Most, Some string
	// For and Against are what a reason says in place of the value.
	For, Against string
	Tag          Tag // in the name of a group
}

// Unit is how the numbers of a column are written.
type Unit uint8

const (
	Plain    Unit = iota // at most four significant digits
	Count                // whole number
	Days                 // whole days
	MeanDays             // days with one decimal
	Currency             // to the cent
	Times                // two decimals
	Share                // of 1, in per cent
	YesNo                // Before for 1, None for 0
	Name                 // a text
)

// Topic are columns that tell a marketer the same thing.
type Topic uint8

// The topics of the columns.
const (
	NoTopic Topic = iota // has no words
	Silence              // how long ago the last purchase is
	Pace
	Orders
	Lately
	Value
	OrderValue
	SpentLately
	Season
	Tenure
	Basket
	Weekend
	Channel
	Goods
	Returns
	Cohort  // how similar customers came back
	Traffic // how busy the shop was
	Products
	Topics // how many there are
)

// toldBy is the column whose value is told for all of a topic, where that is not
// the one that weighs most.
var toldBy = [Topics]string{Silence: "recency_days", Pace: "interval_mean", Orders: "orders", Tenure: "tenure_days", Value: "monetary"}

// ToldBy is the column whose value tells a topic of which leading weighs most.
func (t Topic) ToldBy(leading string) string {
	if toldBy[t] != "" {
		return toldBy[t]
	}
	return leading
}

// Side says which values speak for a return of the customer and which against
// it, as a reader takes them.
type Side uint8

const (
	EitherSide    Side = iota // told on both
	MoreIsFor                 // above the middle of the lapsed is for, below against
	LessIsFor                 // the other way round
	SomeIsFor                 // above 0 is for, 0 is against
	SomeIsAgainst             // not 0 is against, nothing is for
	NearIsFor                 // few days off the time of the year is for, many against
	MostlyIsFor               // a large share is for, a small one against
)

// OneDay and TwoDays are what a missing interval and a missing spread of
// intervals mean.
const (
	OneDay  = "bought on one day only"
	TwoDays = "fewer than three purchase days"
)

// withinHorizon stands in a row for the days of the horizon.
const withinHorizon = "within the horizon"

var byName = func() map[string]*Column {
	rows := map[string]*Column{}
	for i := range table {
		rows[table[i].Name] = &table[i]
	}
	return rows
}()

// Of returns the row of a column; that of a name without one has the name, with
// spaces, for words.
func Of(name string) Column {
	if row, ok := byName[name]; ok {
		return *row
	}
	words := strings.ReplaceAll(name, "_", " ")
	return Column{Name: name, Label: words, Before: words + " ", Unknown: words + " unknown"}
}

// Columns lists the names of all rows.
func Columns() []string { return namesOf(func(Column) bool { return true }) }

// RuleColumns lists the columns that the rule of a group may ask about, the
// preferred ones first.
func RuleColumns() []string { return namesOf(func(c Column) bool { return c.Rule }) }

// PlainColumns lists the columns that a plain rule may ask about, the preferred
// ones first.
func PlainColumns() []string { return namesOf(func(c Column) bool { return c.Plain }) }

func namesOf(wanted func(Column) bool) []string {
	var names []string
	for _, c := range table {
		if wanted(c) {
			names = append(names, c.Name)
		}
	}
	return names
}
