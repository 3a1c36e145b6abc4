package tables

import (
	"io"
	"iter"
	"math"
)

// LoggedContact is one row of a contact log: a message that went out, or what
// became of it.
type LoggedContact struct {
	CustomerID string
	SentAt     int64   // local time, microseconds since 1970-01-01
	Campaign   string  // "": the log does not say
	Channel    string  // the same
	Status     string  // sent, delivered, bounced, opened, clicked, opted_out or complained
	Arm        string  // "": the log does not say
	Cost       float64 // currency; NaN: the log does not say
}

type loggedColumns struct {
	CustomerID string   `parquet:"customer_id"`
	SentAt     int64    `parquet:"sent_at,timestamp(microsecond:local)"`
	Campaign   string   `parquet:"campaign,optional,dict"`
	Channel    string   `parquet:"channel,optional,dict"`
	Status     string   `parquet:"status,dict"`
	Arm        string   `parquet:"arm,optional,dict"`
	Cost       *float64 `parquet:"cost"`
}

// WriteContactLog writes contacts in the order given. The same rows give the same
// bytes.
func WriteContactLog(w io.Writer, rows []LoggedContact) error {
	return writeColumns[loggedColumns](w, rows, func(c *rowColumns, r *LoggedContact) {
		c.texts(r.CustomerID)
		c.ints(r.SentAt)
		c.texts(r.Campaign, r.Channel, r.Status, r.Arm)
		c.floats(r.Cost)
	})
}

// ReadContactLog yields the rows of such a file in order. The first error ends it.
func ReadContactLog(r io.ReaderAt, size int64) iter.Seq2[LoggedContact, error] {
	return readTable(r, size, func(c *loggedColumns) LoggedContact {
		row := LoggedContact{c.CustomerID, c.SentAt, c.Campaign, c.Channel, c.Status, c.Arm, math.NaN()}
		if c.Cost != nil {
			row.Cost = *c.Cost
		}
		return row
	})
}
