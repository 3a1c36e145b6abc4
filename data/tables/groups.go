package tables

import (
	"io"
	"iter"
)

// Unknown stands in a count that could not be taken; null in a file.
const Unknown = -1

// GroupRow is one contact group. Rates and lifts are fractions (0.021 is
// 2.1 %), amounts are in currency, NaN is unknown (null in the file).
type GroupRow struct {
	Group                     int32  // 1 first, in order of priority
	Name                      string // at most five words, of no other group of the run
	Rule                      string // words
	RuleJSON                  string // the conditions, as a JSON list
	RuleSQL                   string // the same as a filter on features.parquet
	Customers                 int64  // contact + holdout + suppressed
	ContactCustomers          int64
	HoldoutCustomers          int64
	SuppressedCustomers       int64
	RestingCustomers          int64   // may not be contacted tonight; not suppressed
	Probability               float64 // mean over all customers of the group
	ProbabilityLow            float64 // 95 % interval of the rate that may be observed
	ProbabilityHigh           float64
	TestCustomers             int64 // the same rule at the test cut; Unknown without one
	TestReturned              int64 // Unknown without a test cut
	TestRate                  float64
	Lift                      float64 // probability ÷ mean probability of all lapsed customers
	ExpectedReturns           float64 // of the contact customers, natural returns included
	CumulativeContacts        int64   // of this group and those before it
	CumulativeExpectedReturns float64
	ExpectedSpend             float64 // of one who returns, mean over the expected returns
	ExpectedMargin            float64 // sum over the contact customers, contacted or not
	ContactCost               float64 // of all contact customers
	BreakEvenLift             float64 // extra return rate that pays for a contact
	DetectableLift            float64 // extra return rate that this holdout would show
	Recommended               bool
	RecommendedContacts       int64  // the first by rank; 0: not recommended
	RecommendedToRank         int64  // rank of the last of them; Unknown: not recommended
	Note                      string // why or why not
	// Show are the products that fit most of the group, for channels without
	// products of each customer's own; "": none left, null in the file.
	Show [ShowSlots]string
	Sending
}

type groupColumns struct {
	Group                     int32    `parquet:"group"`
	Rule                      string   `parquet:"rule"`
	RuleJSON                  string   `parquet:"rule_json"`
	Customers                 int64    `parquet:"customers"`
	ContactCustomers          int64    `parquet:"contact_customers"`
	HoldoutCustomers          int64    `parquet:"holdout_customers"`
	SuppressedCustomers       int64    `parquet:"suppressed_customers"`
	Probability               *float64 `parquet:"probability"`
	ProbabilityLow            *float64 `parquet:"probability_low"`
	ProbabilityHigh           *float64 `parquet:"probability_high"`
	TestCustomers             *int64   `parquet:"test_customers"`
	TestReturned              *int64   `parquet:"test_returned"`
	TestRate                  *float64 `parquet:"test_rate"`
	Lift                      *float64 `parquet:"lift"`
	ExpectedReturns           *float64 `parquet:"expected_returns"`
	CumulativeContacts        int64    `parquet:"cumulative_contacts"`
	CumulativeExpectedReturns *float64 `parquet:"cumulative_expected_returns"`
	ExpectedSpend             *float64 `parquet:"expected_spend"`
	ExpectedMargin            *float64 `parquet:"expected_margin"`
	ContactCost               *float64 `parquet:"contact_cost"`
	BreakEvenLift             *float64 `parquet:"break_even_lift"`
	DetectableLift            *float64 `parquet:"detectable_lift"`
	Recommended               bool     `parquet:"recommended"`
	Note                      string   `parquet:"note"`
	RecommendedContacts       int64    `parquet:"recommended_contacts"`
	Name                      string   `parquet:"name"`
	RuleSQL                   string   `parquet:"rule_sql"`
	RecommendedToRank         *int64   `parquet:"recommended_to_rank"`
	Show1                     string   `parquet:"show_1,optional"`
	Show2                     string   `parquet:"show_2,optional"`
	Show3                     string   `parquet:"show_3,optional"`
	RestingCustomers          int64    `parquet:"resting_customers"`
	SendFrom                  *int32   `parquet:"send_from"`
	SendTo                    *int32   `parquet:"send_to"`
	SendWeekday               string   `parquet:"send_weekday,optional"`
	TopChannel                string   `parquet:"top_channel,optional"`
	TopChannelShare           *float64 `parquet:"top_channel_share"`
}

// WriteGroups writes the groups table: one row per group, in the order given.
func WriteGroups(w io.Writer, rows []GroupRow) error {
	t := newTableWriter(w, fillGroup)
	if err := t.Write(rows); err != nil {
		return err
	}
	return t.Close()
}

func fillGroup(c *groupColumns, row *GroupRow) {
	number := func(v float64) *float64 { return nullable(new(float64), v) }
	count := func(v int64) *int64 {
		if v == Unknown {
			return nil
		}
		return &v
	}
	*c = groupColumns{
		Group: row.Group, Name: row.Name, Rule: row.Rule, RuleJSON: row.RuleJSON, RuleSQL: row.RuleSQL,
		Customers: row.Customers, ContactCustomers: row.ContactCustomers,
		HoldoutCustomers: row.HoldoutCustomers, SuppressedCustomers: row.SuppressedCustomers, RestingCustomers: row.RestingCustomers,
		Probability:    number(row.Probability),
		ProbabilityLow: number(row.ProbabilityLow), ProbabilityHigh: number(row.ProbabilityHigh),
		TestCustomers: count(row.TestCustomers), TestReturned: count(row.TestReturned), TestRate: number(row.TestRate),
		Lift: number(row.Lift), ExpectedReturns: number(row.ExpectedReturns),
		CumulativeContacts: row.CumulativeContacts, CumulativeExpectedReturns: number(row.CumulativeExpectedReturns),
		ExpectedSpend: number(row.ExpectedSpend), ExpectedMargin: number(row.ExpectedMargin), ContactCost: number(row.ContactCost),
		BreakEvenLift: number(row.BreakEvenLift), DetectableLift: number(row.DetectableLift),
		Recommended: row.Recommended, RecommendedContacts: row.RecommendedContacts, RecommendedToRank: count(row.RecommendedToRank), Note: row.Note,
		Show1: row.Show[0], Show2: row.Show[1], Show3: row.Show[2],
		SendWeekday: row.Weekday, TopChannel: row.Channel, TopChannelShare: number(row.ChannelShare),
	}
	if row.HasHours {
		c.SendFrom, c.SendTo = &row.From, &row.To
	}
}

func (c *groupColumns) row() GroupRow {
	count := func(p *int64) int64 {
		if p == nil {
			return Unknown
		}
		return *p
	}
	sending := Sending{Weekday: c.SendWeekday, Channel: c.TopChannel, ChannelShare: orNaN(c.TopChannelShare)}
	if c.SendFrom != nil && c.SendTo != nil {
		sending.HasHours, sending.From, sending.To = true, *c.SendFrom, *c.SendTo
	}
	return GroupRow{
		Group: c.Group, Name: c.Name, Rule: c.Rule, RuleJSON: c.RuleJSON, RuleSQL: c.RuleSQL,
		Customers: c.Customers, ContactCustomers: c.ContactCustomers,
		HoldoutCustomers: c.HoldoutCustomers, SuppressedCustomers: c.SuppressedCustomers, RestingCustomers: c.RestingCustomers,
		Probability:    orNaN(c.Probability),
		ProbabilityLow: orNaN(c.ProbabilityLow), ProbabilityHigh: orNaN(c.ProbabilityHigh),
		TestCustomers: count(c.TestCustomers), TestReturned: count(c.TestReturned), TestRate: orNaN(c.TestRate),
		Lift: orNaN(c.Lift), ExpectedReturns: orNaN(c.ExpectedReturns),
		CumulativeContacts: c.CumulativeContacts, CumulativeExpectedReturns: orNaN(c.CumulativeExpectedReturns),
		ExpectedSpend: orNaN(c.ExpectedSpend), ExpectedMargin: orNaN(c.ExpectedMargin), ContactCost: orNaN(c.ContactCost),
		BreakEvenLift: orNaN(c.BreakEvenLift), DetectableLift: orNaN(c.DetectableLift),
		Recommended: c.Recommended, RecommendedContacts: c.RecommendedContacts, RecommendedToRank: count(c.RecommendedToRank), Note: c.Note,
		Show: [ShowSlots]string{c.Show1, c.Show2, c.Show3}, Sending: sending,
	}
}

// ReadGroups yields the rows of a groups file in order of priority. The first
// error, which names the column but not the file, ends it.
func ReadGroups(r io.ReaderAt, size int64) iter.Seq2[GroupRow, error] {
	return readTable(r, size, (*groupColumns).row)
}
