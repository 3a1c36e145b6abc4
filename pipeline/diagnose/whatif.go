package diagnose

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Lever is one change of a what-if: returning buyers +10%.
type Lever struct {
	Name   string  // one of LeverNames
	Change float64 // relative: 0.1 is ten percent more
}

// String is the lever as ParseLevers reads it.
func (l Lever) String() string {
	return fmt.Sprintf("%s %+g%%", l.Name, math.Round(l.Change*1e6)/1e4)
}

// Levers of sales.
const (
	LeverNew        = "new buyers"
	LeverReturning  = "returning buyers"
	LeverConversion = "conversion" // of visits: new and returning buyers alike
	LeverFrequency  = "orders per buyer"
	LeverValue      = "order value"
	LeverReturns    = "returns"
	LeverCost       = "cost" // the part of the sales that is no margin
)

// LeverNames lists the levers.
func LeverNames() []string {
	return []string{LeverNew, LeverReturning, LeverConversion, LeverFrequency, LeverValue, LeverReturns, LeverCost}
}

// ParseLevers reads "returning buyers +10%, returns -5%".
func ParseLevers(text string) ([]Lever, error) {
	var levers []Lever
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		at := strings.LastIndexAny(part, " \t")
		if at < 0 {
			return nil, fmt.Errorf("%q: want a lever and a change such as returning buyers +10%%", part)
		}
		name, change := strings.ToLower(strings.TrimSpace(part[:at])), part[at+1:]
		if !slices.Contains(LeverNames(), name) {
			return nil, fmt.Errorf("%q is no lever; the levers are %s", name, strings.Join(LeverNames(), ", "))
		}
		number, percent := strings.CutSuffix(change, "%")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || !percent || math.IsNaN(v) || v < -100 || v > 1000 {
			return nil, fmt.Errorf("%q: want a change such as +10%% or -5%%, from -100%% to +1000%%", change)
		}
		if slices.ContainsFunc(levers, func(l Lever) bool { return l.Name == name }) {
			return nil, fmt.Errorf("%s stands there twice", name)
		}
		levers = append(levers, Lever{name, v / 100})
	}
	return levers, nil
}

// Year is what the last 365 days were made of.
type Year struct {
	NewBuyers       int64  `json:"new_buyers"`
	ReturningBuyers int64  `json:"returning_buyers"`          // with a purchase day that is not their first
	RepeatDays      Number `json:"repeat_days_per_returning"` // such purchase days per returning buyer
	FirstValue      Number `json:"first_value"`               // per first purchase day
	RepeatValue     Number `json:"repeat_value"`              // per later purchase day
	Sales           Number `json:"sales"`
	Returned        Number `json:"returned"` // value of what came back
	NetSales        Number `json:"net_sales"`
	Margin          Number `json:"margin"` // on the net sales; unknown without a margin rate
}

// WhatIf is the year with levers moved, one at a time and together.
type WhatIf struct {
	Year  Year       `json:"year"`
	Moves []LeverRow `json:"moves"`
	Note  string     `json:"note"`
}

// LeverRow is what one move, or all together, would bring.
type LeverRow struct {
	Lever          string `json:"lever"`
	NetSales       Number `json:"net_sales"`
	NetSalesChange Number `json:"net_sales_change"`
	Margin         Number `json:"margin"`
	MarginChange   Number `json:"margin_change"`
}

// standardMoves are shown where nobody asks for others: each lever a tenth in
// the right direction.
func standardMoves() []Lever {
	return []Lever{{LeverReturning, 0.1}, {LeverConversion, 0.1}, {LeverValue, 0.1}, {LeverReturns, -0.1}, {LeverCost, -0.1}}
}

func (f *facts) whatIf() WhatIf {
	y := &f.counts.year
	model := yearModel{newBuyers: float64(y.newBuyers), returning: float64(y.returningBuyers), frequency: orZero(ratio(y.repeatDays, y.returningBuyers)),
		firstValue: orZero(ratio(y.firstSales.Float(), float64(y.newBuyers))), repeatValue: orZero(ratio(y.repeatSales.Float(), float64(y.repeatDays))), margin: f.s.Margin}
	model.returned = orZero(ratio(y.returned.Float(), y.firstSales.Float()+y.repeatSales.Float()))
	w := WhatIf{Year: Year{NewBuyers: y.newBuyers, ReturningBuyers: y.returningBuyers, RepeatDays: ratio(y.repeatDays, y.returningBuyers),
		FirstValue: ratio(y.firstSales.Float(), float64(y.newBuyers)), RepeatValue: ratio(y.repeatSales.Float(), float64(y.repeatDays)),
		Sales: Number(y.firstSales.Float() + y.repeatSales.Float()), Returned: Number(y.returned.Float())}}
	w.Year.NetSales = w.Year.Sales - w.Year.Returned
	w.Year.Margin = model.profit()
	w.Note = "arithmetic of the last 365 days, each lever moved alone and then all together; it says what a change is worth, not how to bring it about"
	levers := f.s.Levers
	if len(levers) == 0 {
		levers = standardMoves()
	}
	together := model
	for _, l := range levers {
		if l.Name == LeverCost && f.s.Margin == 0 {
			continue // without a margin there is no cost to move
		}
		alone := model
		alone.move(l)
		together.move(l)
		w.Moves = append(w.Moves, model.row(l.String(), &alone))
	}
	if len(w.Moves) > 1 {
		w.Moves = append(w.Moves, model.row("all together", &together))
	}
	return w
}

// yearModel is the year as a product of its parts.
type yearModel struct {
	newBuyers, returning, frequency, firstValue, repeatValue float64
	returned                                                 float64 // share of the sales
	margin                                                   float64 // share of the net sales; 0 not known
	costFactor                                               float64 // change of the costs, relative
}

func (m *yearModel) move(l Lever) {
	factor := 1 + l.Change
	switch l.Name {
	case LeverNew:
		m.newBuyers *= factor
	case LeverReturning:
		m.returning *= factor
	case LeverConversion:
		m.newBuyers *= factor
		m.returning *= factor
	case LeverFrequency:
		m.frequency *= factor
	case LeverValue:
		m.firstValue *= factor
		m.repeatValue *= factor
	case LeverReturns:
		m.returned *= factor
	case LeverCost:
		m.costFactor = l.Change
	}
}

func (m *yearModel) netSales() float64 {
	return (m.newBuyers*m.firstValue + m.returning*m.frequency*m.repeatValue) * (1 - m.returned)
}

func (m *yearModel) profit() Number {
	if m.margin == 0 {
		return unknown
	}
	return Number(m.netSales() * (1 - (1-m.margin)*(1+m.costFactor)))
}

// row compares a moved year with this one.
func (m *yearModel) row(name string, moved *yearModel) LeverRow {
	return LeverRow{Lever: name, NetSales: Number(moved.netSales()), NetSalesChange: Number(moved.netSales() - m.netSales()), Margin: moved.profit(), MarginChange: moved.profit() - m.profit()}
}

func orZero(n Number) float64 {
	if n.Known() {
		return float64(n)
	}
	return 0
}
