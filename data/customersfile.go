package data

import (
	"io"
)

// CustomerClock is one customer of the diagnosis: the three clocks side by
// side, scores, type, and what runs out.
type CustomerClock struct {
	CustomerID   string
	RecencyDays  int32 // as-of day minus the last purchase day
	PurchaseDays int32
	Value        Money  // of all purchases
	Stage        string // by the clock in force
	StageReason  string // words
	StageFixed   string
	StageOwn     string
	StageProduct string // "": nothing bought has a clock; null in the file
	DueProduct   string // product or category most due; "": none, null in the file
	DueSince     Day    // first day on which it runs out; null in the file without a product
	DuePhase     string // in use, running out or dormant; "": null in the file
	Steady       bool   // buys something at an even rhythm
	R, F, M      int32  // scores 1 to 5
	ABC          string // A, B or C
	ValueClass   string // high, medium or low
	Type         string // loyal, service-sensitive, switching, one-off or silent
	Bound        string // price, event; "": neither, null in the file
}

type customerColumns struct {
	CustomerID   string  `parquet:"customer_id"`
	RecencyDays  int32   `parquet:"recency_days"`
	PurchaseDays int32   `parquet:"purchase_days"`
	Value        float64 `parquet:"value"`
	Stage        string  `parquet:"stage,dict"`
	StageReason  string  `parquet:"stage_reason,dict"`
	StageFixed   string  `parquet:"stage_fixed,dict"`
	StageOwn     string  `parquet:"stage_own,dict"`
	StageProduct string  `parquet:"stage_product,optional,dict"`
	DueProduct   string  `parquet:"due_product,optional,dict"`
	DueSince     *int32  `parquet:"due_since,optional,date"`
	DuePhase     string  `parquet:"due_phase,optional,dict"`
	Steady       bool    `parquet:"steady"`
	R            int32   `parquet:"r"`
	F            int32   `parquet:"f"`
	M            int32   `parquet:"m"`
	ABC          string  `parquet:"abc,dict"`
	ValueClass   string  `parquet:"value_class,dict"`
	Type         string  `parquet:"customer_type,dict"`
	Bound        string  `parquet:"bound_to,optional,dict"`

	since int32
}

// CustomersWriter writes the customers of a diagnosis, by id. The same rows
// give the same bytes.
type CustomersWriter struct {
	tableWriter[CustomerClock, customerColumns]
}

// NewCustomersWriter starts a file on w. Close finishes it.
func NewCustomersWriter(w io.Writer) *CustomersWriter {
	return &CustomersWriter{*newTableWriter(w, fillCustomer)}
}

func fillCustomer(c *customerColumns, r *CustomerClock) {
	c.CustomerID, c.RecencyDays, c.PurchaseDays, c.Value = r.CustomerID, r.RecencyDays, r.PurchaseDays, r.Value.Float()
	c.Stage, c.StageReason, c.StageFixed, c.StageOwn, c.StageProduct = r.Stage, r.StageReason, r.StageFixed, r.StageOwn, r.StageProduct
	c.DueProduct, c.DuePhase, c.DueSince = r.DueProduct, r.DuePhase, nil
	if r.DueProduct != "" {
		c.since = int32(r.DueSince)
		c.DueSince = &c.since
	}
	c.Steady, c.R, c.F, c.M, c.ABC, c.ValueClass, c.Type, c.Bound = r.Steady, r.R, r.F, r.M, r.ABC, r.ValueClass, r.Type, r.Bound
}
