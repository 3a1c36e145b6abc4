package tables

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"reflect"
	"strconv"
	"strings"

	"winback/data"
)

// ResultRow is what came of one arm of a group of a wave, of all arms of a group
// (arm "all") or of a wave (group nil), against the customers held out. Counts are of
// customers, rates and lifts fractions, money in currency. Nil is not known yet, or
// not measurable. The fields stand in the order of the columns.
type ResultRow struct {
	Campaign           string   `parquet:"campaign,dict"`
	Wave               int32    `parquet:"wave"`
	Group              *int32   `parquet:"group"`
	Arm                string   `parquet:"arm,dict"`
	State              string   `parquet:"state,dict"` // waiting, open, closed or settled
	SendDay            *int32   `parquet:"send_day,date"`
	Day                *int32   `parquet:"day"` // full days of the window that are known
	Customers          *int64   `parquet:"customers"`
	HeldOut            *int64   `parquet:"held_out"`
	Excluded           *int64   `parquet:"excluded"` // bought between launch and sending
	ExcludedHeldOut    *int64   `parquet:"excluded_held_out"`
	Sent               *int64   `parquet:"sent"`
	HeldOutContacted   *int64   `parquet:"held_out_contacted"`
	Returns            *int64   `parquet:"returns"`
	HeldOutReturns     *int64   `parquet:"held_out_returns"`
	Rate               *float64 `parquet:"rate"`
	HeldOutRate        *float64 `parquet:"held_out_rate"`
	ForecastRate       *float64 `parquet:"forecast_rate"`
	Lift               *float64 `parquet:"lift"`
	LiftLow            *float64 `parquet:"lift_low"`
	LiftHigh           *float64 `parquet:"lift_high"`
	Interval           string   `parquet:"interval,optional,dict"` // any night or closed
	ExtraReturns       *float64 `parquet:"extra_returns"`
	ExtraLow           *float64 `parquet:"extra_low"`
	ExtraHigh          *float64 `parquet:"extra_high"`
	AdjustedExtra      *float64 `parquet:"adjusted_extra"`
	AdjustedLow        *float64 `parquet:"adjusted_low"`
	AdjustedHigh       *float64 `parquet:"adjusted_high"`
	KeptReturns        *int64   `parquet:"kept_returns"`
	HeldOutKeptReturns *int64   `parquet:"held_out_kept_returns"`
	ForecastReturns    *float64 `parquet:"forecast_returns"`
	ForecastLow        *float64 `parquet:"forecast_low"`
	ForecastHigh       *float64 `parquet:"forecast_high"`
	ForecastExtraLow   *float64 `parquet:"forecast_extra_low"`
	ForecastExtraHigh  *float64 `parquet:"forecast_extra_high"`
	Revenue            *float64 `parquet:"revenue"`
	HeldOutRevenue     *float64 `parquet:"held_out_revenue"`
	ExtraRevenue       *float64 `parquet:"extra_revenue"`
	RevenueLow         *float64 `parquet:"revenue_low"`
	RevenueHigh        *float64 `parquet:"revenue_high"`
	ContactCost        *float64 `parquet:"contact_cost"`
	OffersPaid         *float64 `parquet:"offers_paid"`
	ExtraProfit        *float64 `parquet:"extra_profit"`
	ProfitLow          *float64 `parquet:"profit_low"`
	ProfitHigh         *float64 `parquet:"profit_high"`
	CostPerExtra       *float64 `parquet:"cost_per_extra"`
	CostLow            *float64 `parquet:"cost_low"`
	CostHigh           *float64 `parquet:"cost_high"`
	LearnedLift        *float64 `parquet:"learned_lift"`
	LearnedSD          *float64 `parquet:"learned_sd"`
	LearnedProfit      *float64 `parquet:"learned_profit"`
	Next               string   `parquet:"next,optional,dict"`
	BoughtAgain        *int64   `parquet:"bought_again"`
	HeldOutBoughtAgain *int64   `parquet:"held_out_bought_again"`
	AgainLift          *float64 `parquet:"again_lift"`
	AgainLow           *float64 `parquet:"again_low"`
	AgainHigh          *float64 `parquet:"again_high"`
	Note               string   `parquet:"note,optional"`
}

// WriteResults writes results as Parquet, in the order given.
func WriteResults(w io.Writer, rows []ResultRow) error {
	t := newTableWriter(w, func(c *ResultRow, r *ResultRow) { *c = *r })
	if err := t.Write(rows); err != nil {
		return err
	}
	return t.Close()
}

// ReadResults yields the rows of such a file in order. The first error ends it.
func ReadResults(r io.ReaderAt, size int64) iter.Seq2[ResultRow, error] {
	return readTable(r, size, func(c *ResultRow) ResultRow { return *c })
}

// resultCell is a value as CSV and JSON write it.
type resultCell struct {
	text   string // "" for null
	quoted bool   // in JSON
}

// ResultColumns are the names of the columns, in order.
func ResultColumns() (names []string) {
	of := reflect.TypeFor[ResultRow]()
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("parquet"), ",")
		names = append(names, name)
	}
	return names
}

func (r *ResultRow) cells() (cells []resultCell) {
	of := reflect.ValueOf(r).Elem()
	for i := range of.NumField() {
		cell := resultCell{}
		switch v := of.Field(i).Interface().(type) {
		case string:
			cell = resultCell{v, true}
		case int32:
			cell.text = strconv.Itoa(int(v))
		case *int64:
			if v != nil {
				cell.text = strconv.FormatInt(*v, 10)
			}
		case *float64:
			if v != nil {
				cell.text = strconv.FormatFloat(*v, 'f', -1, 64)
			}
		case *int32:
			if isDay := strings.HasSuffix(of.Type().Field(i).Tag.Get("parquet"), ",date"); v != nil && isDay {
				cell = resultCell{data.Day(*v).String(), true}
			} else if v != nil {
				cell.text = strconv.Itoa(int(*v))
			}
		}
		cells = append(cells, cell)
	}
	return cells
}

// WriteResultsCSV writes results as CSV, with a line of names; null is empty.
func WriteResultsCSV(w io.Writer, rows []ResultRow) error {
	out := csv.NewWriter(w)
	lines := [][]string{ResultColumns()}
	for i := range rows {
		var line []string
		for _, cell := range rows[i].cells() {
			line = append(line, cell.text)
		}
		lines = append(lines, line)
	}
	return out.WriteAll(lines)
}

// MarshalJSON writes a row as an object, its keys in the order of the columns.
func (r ResultRow) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, cell := range r.cells() {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendQuote(text, ResultColumns()[i])
		text = append(text, ':')
		switch {
		case cell.text == "":
			text = append(text, "null"...)
		case cell.quoted:
			quoted, err := json.Marshal(cell.text)
			if err != nil {
				return nil, err
			}
			text = append(text, quoted...)
		default:
			text = append(text, cell.text...)
		}
	}
	return append(text, '}'), nil
}
