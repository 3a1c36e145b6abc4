package tables

import (
	"cmp"
	"io"
	"iter"
	"strings"

	"winback/data"
)

// Deadline is a one-time buyer who leaves a stage soon.
type Deadline struct {
	CustomerID      string
	Stage           string // that ends
	NextStage       string
	LastDay         data.Day // of the stage
	DaysLeft        int32    // from the as-of day to the last day; 0: it ends on the as-of day
	RecencyDays     int32
	Value           data.Money // of all purchases
	FirstOrderValue data.Money
	ValueClass      string   // high, medium or low
	ABC             string   // A, B or C
	DueProduct      string   // product or category most due; "": none, null in the file
	PreferredHour   *int32   // as in ContactRow
	Shown                    // what to show the customer
	WaitUntil       data.Day // first day to contact; 0: tonight, null in the file
	WaitReason      string   // "" where there is nothing to wait for, null in the file
}

// CompareDeadlines puts the least time first, then the larger value, then the
// customer id.
func CompareDeadlines(a, b Deadline) int {
	return cmp.Or(cmp.Compare(a.DaysLeft, b.DaysLeft), cmp.Compare(b.Value, a.Value), strings.Compare(a.CustomerID, b.CustomerID))
}

type deadlineColumns struct {
	CustomerID      string  `parquet:"customer_id"`
	Stage           string  `parquet:"stage,dict"`
	NextStage       string  `parquet:"next_stage,dict"`
	LastDay         int32   `parquet:"last_day_of_stage,date"`
	DaysLeft        int32   `parquet:"days_left"`
	RecencyDays     int32   `parquet:"recency_days"`
	Value           float64 `parquet:"value"`
	FirstOrderValue float64 `parquet:"first_order_value"`
	ValueClass      string  `parquet:"value_class,dict"`
	ABC             string  `parquet:"abc,dict"`
	DueProduct      string  `parquet:"due_product,optional,dict"`
	PreferredHour   *int32  `parquet:"preferred_hour"`
	shownColumns
	WaitUntil  *int32 `parquet:"wait_until,optional,date"`
	WaitReason string `parquet:"wait_reason,optional,dict"`
}

// DeadlinesWriter writes a deadline list. The same rows give the same bytes.
type DeadlinesWriter struct{ columnWriter[Deadline] }

// NewDeadlinesWriter starts a file on w. Close finishes it.
func NewDeadlinesWriter(w io.Writer) *DeadlinesWriter {
	return &DeadlinesWriter{newColumnWriter[deadlineColumns](w, func(c *rowColumns, r *Deadline) {
		c.texts(r.CustomerID, r.Stage, r.NextStage)
		c.ints(int64(r.LastDay), int64(r.DaysLeft), int64(r.RecencyDays))
		c.floats(r.Value.Float(), r.FirstOrderValue.Float())
		c.texts(r.ValueClass, r.ABC, r.DueProduct)
		c.hour(r.PreferredHour)
		c.shown(&r.Shown)
		c.unlessZero(int64(r.WaitUntil))
		c.texts(r.WaitReason)
	})}
}

// ReadDeadlines yields the rows of a deadline list in order. The first error
// ends it.
func ReadDeadlines(r io.ReaderAt, size int64) iter.Seq2[Deadline, error] {
	return readTable(r, size, func(c *deadlineColumns) Deadline {
		return Deadline{c.CustomerID, c.Stage, c.NextStage, data.Day(c.LastDay), c.DaysLeft, c.RecencyDays, data.MoneyOf(c.Value), data.MoneyOf(c.FirstOrderValue), c.ValueClass, c.ABC, c.DueProduct, c.PreferredHour, c.shown(), orNoDay(c.WaitUntil), c.WaitReason}
	})
}
