package diagnose

import (
	"slices"

	"winback/features"
)

// Columns of the table of customers.
const (
	colRecency = iota
	colPurchaseDays
	colValue
	colStage
	colStageReason
	colStageFixed
	colStageOwn
	colStageProduct
	colDueProduct
	colDueSince
	colDuePhase
	colSteady
	colR
	colF
	colM
	colABC
	colValueClass
	colType
	colBound
	customerColumns
)

// lookup are the names that a column can hold, ascending, and the codes of the
// names as they were given, which count from one.
type lookup struct {
	dict []string
	code []uint32
}

// lookupOf sorts names; those given twice have one code, "" has none.
func lookupOf(names []string) lookup {
	l := lookup{dict: slices.Clone(names), code: make([]uint32, len(names))}
	slices.Sort(l.dict)
	l.dict = slices.Compact(l.dict)
	if len(l.dict) > 0 && l.dict[0] == "" {
		l.dict = l.dict[1:]
	}
	for i, name := range names {
		if at, ok := slices.BinarySearch(l.dict, name); ok {
			l.code[i] = uint32(at + 1)
		}
	}
	return l
}

// customerNames are the lookups of the columns that hold names.
type customerNames struct {
	stages, phases, abc, classes, types, bounds lookup
	reasons                                     lookup // by recency in days, then by clock of goods and stage
	goods                                       lookup // by clock
}

func (p *People) customerNames() customerNames {
	var goods []string
	for k := range p.cycles.all {
		goods = append(goods, p.cycles.all[k].name())
	}
	return customerNames{stages: lookupOf(features.StageNames()), phases: lookupOf(phaseNames), abc: lookupOf(abcNames), classes: lookupOf(classNames),
		types: lookupOf(customerTypes), bounds: lookupOf(boundNames), reasons: lookupOf(slices.Concat(p.recencyReasons(), p.goodsReasons())), goods: lookupOf(goods)}
}

// newCustomers makes an empty table.
func (p *People) newCustomers() *features.Table {
	n := &p.names
	return &features.Table{AsOf: p.f.s.AsOf, Horizon: p.f.s.HorizonDays, Columns: []features.Column{
		colRecency:      {Name: "recency_days", Kind: features.Int},
		colPurchaseDays: {Name: "purchase_days", Kind: features.Int},
		colValue:        {Name: "value", Kind: features.Money, Required: true},
		colStage:        {Name: "stage", Kind: features.Text, Dict: n.stages.dict, Required: true},
		colStageReason:  {Name: "stage_reason", Kind: features.Text, Dict: n.reasons.dict, Required: true},
		colStageFixed:   {Name: "stage_fixed", Kind: features.Text, Dict: n.stages.dict, Required: true},
		colStageOwn:     {Name: "stage_own", Kind: features.Text, Dict: n.stages.dict, Required: true},
		colStageProduct: {Name: "stage_product", Kind: features.Text, Dict: n.stages.dict},
		colDueProduct:   {Name: "due_product", Kind: features.Text, Dict: n.goods.dict},
		colDueSince:     {Name: "due_since", Kind: features.Date},
		colDuePhase:     {Name: "due_phase", Kind: features.Text, Dict: n.phases.dict},
		colSteady:       {Name: "steady", Kind: features.Bool, Required: true},
		colR:            {Name: "r", Kind: features.Int, Required: true},
		colF:            {Name: "f", Kind: features.Int, Required: true},
		colM:            {Name: "m", Kind: features.Int, Required: true},
		colABC:          {Name: "abc", Kind: features.Text, Dict: n.abc.dict, Required: true},
		colValueClass:   {Name: "value_class", Kind: features.Text, Dict: n.classes.dict, Required: true},
		colType:         {Name: "customer_type", Kind: features.Text, Dict: n.types.dict, Required: true},
		colBound:        {Name: "bound_to", Kind: features.Text, Dict: n.bounds.dict},
	}}
}

// customerRow is what the table says of a customer.
type customerRow struct {
	recency      int
	stages       [3]features.Stage // by clock, in the order of Clocks
	due          due
	r, f, m      uint8
	kind         customerType
	bound        bound
	firstInEvent bool
}

// lengthen makes room for so many rows, which are still to be set.
func lengthen(t *features.Table, rows int) {
	t.Grow(rows + rows/8) // so that the next part hardly ever allocates
	t.IDs = t.IDs[:rows]
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Kind == features.Text {
			c.Codes = c.Codes[:rows]
		} else {
			c.Ints = c.Ints[:rows]
		}
	}
}

// setRow writes a customer into the table.
func (p *People) setRow(t *features.Table, at int, id string, c *customer, row *customerRow) {
	n, d := &p.names, &row.due
	inForce := p.inForce(row.stages)
	whole := func(column int, v int64) { t.Columns[column].Ints[at] = v }
	named := func(column int, code uint32) { t.Columns[column].Codes[at] = code }
	t.IDs[at] = id
	whole(colRecency, int64(row.recency))
	whole(colPurchaseDays, int64(c.days))
	whole(colValue, int64(c.value))
	named(colStage, n.stages.code[inForce])
	named(colStageReason, n.reasons.code[p.reasonAt(row.recency, d)])
	named(colStageFixed, n.stages.code[row.stages[0]])
	named(colStageOwn, n.stages.code[row.stages[1]])
	product, goods, phase, since := uint32(0), uint32(0), uint32(0), int64(features.NullInt)
	if d.stage != noStage {
		product = n.stages.code[d.stage]
	}
	if d.clock >= 0 {
		goods, phase, since = n.goods.code[d.clock], n.phases.code[d.phase], int64(d.since)
	}
	named(colStageProduct, product)
	named(colDueProduct, goods)
	whole(colDueSince, since)
	named(colDuePhase, phase)
	steady := int64(0)
	if d.steady {
		steady = 1
	}
	whole(colSteady, steady)
	whole(colR, int64(row.r))
	whole(colF, int64(row.f))
	whole(colM, int64(row.m))
	named(colABC, n.abc.code[p.abc.of(c.value)])
	named(colValueClass, n.classes.code[p.class.of(c.value)])
	named(colType, n.types.code[row.kind])
	named(colBound, n.bounds.code[row.bound])
}
