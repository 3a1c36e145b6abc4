package tables

import (
	"io"
	"iter"
)

// HoldoutArm is the arm that gets nothing.
const HoldoutArm = "holdout"

// AssignmentRow is one customer of a wave: what the customer was dealt, and what
// was known at launch. Ranks, recency and texts are 0 and "" where the wave was
// drawn elsewhere, null in the file; so are unknown numbers, NaN here.
type AssignmentRow struct {
	CustomerID       string
	Group            int32
	Arm              string // HoldoutArm or the name of an arm
	Rank             int64
	RankInGroup      int64
	Probability      float64 // of a return without a contact
	ExpectedSpend    float64 // currency
	Stage            string
	PreferredChannel string
	PreferredHour    *int32 // as in ContactRow
	RecencyDays      int64
}

type assignmentColumns struct {
	CustomerID       string   `parquet:"customer_id"`
	Group            int32    `parquet:"group"`
	Arm              string   `parquet:"arm,dict"`
	Rank             *int64   `parquet:"rank"`
	RankInGroup      *int64   `parquet:"rank_in_group"`
	Probability      *float64 `parquet:"probability"`
	ExpectedSpend    *float64 `parquet:"expected_spend"`
	Stage            string   `parquet:"stage,optional,dict"`
	PreferredChannel string   `parquet:"preferred_channel,optional,dict"`
	PreferredHour    *int32   `parquet:"preferred_hour"`
	RecencyDays      *int64   `parquet:"recency_days"`
}

// WriteAssignments writes the table of a wave: one row per customer, in the order
// given. The same rows give the same bytes.
func WriteAssignments(w io.Writer, rows []AssignmentRow) error {
	return writeColumns[assignmentColumns](w, rows, func(c *rowColumns, r *AssignmentRow) {
		c.texts(r.CustomerID)
		c.ints(int64(r.Group))
		c.texts(r.Arm)
		c.unlessZero(r.Rank)
		c.unlessZero(r.RankInGroup)
		c.floats(r.Probability, r.ExpectedSpend)
		c.texts(r.Stage, r.PreferredChannel)
		c.hour(r.PreferredHour)
		c.unlessZero(r.RecencyDays)
	})
}

// ReadAssignments yields the rows of the table of a wave in order. The first error
// ends it.
func ReadAssignments(r io.ReaderAt, size int64) iter.Seq2[AssignmentRow, error] {
	return readTable(r, size, func(c *assignmentColumns) AssignmentRow {
		return AssignmentRow{c.CustomerID, c.Group, c.Arm, orZero(c.Rank), orZero(c.RankInGroup), orNaN(c.Probability), orNaN(c.ExpectedSpend),
			c.Stage, c.PreferredChannel, c.PreferredHour, orZero(c.RecencyDays)}
	})
}

// orZero is 0, which such a number never is, where it is not known.
func orZero(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
