package features

import (
	"slices"

	"github.com/parquet-go/parquet-go"
)

const (
	idColumn      = "customer_id"
	decimalDigits = 18
	decimalScale  = 4 // of data.Money
)

// orderedGroup is a group whose fields keep the order in which they were given;
// parquet.Group sorts them by name.
type orderedGroup struct {
	parquet.Group
	order []string
}

// Fields returns the fields in the order given.
func (g orderedGroup) Fields() []parquet.Field {
	fields := g.Group.Fields()
	place := make(map[string]int, len(g.order))
	for i, name := range g.order {
		place[name] = i
	}
	slices.SortFunc(fields, func(a, b parquet.Field) int { return place[a.Name()] - place[b.Name()] })
	return fields
}

func parquetSchema(t *Table) *parquet.Schema {
	root := orderedGroup{parquet.Group{}, []string{idColumn}}
	root.Group[idColumn] = parquet.Encoded(parquet.String(), &parquet.DeltaByteArray)
	for i := range t.Columns {
		name := t.Columns[i].Name
		root.order = append(root.order, name)
		root.Group[name] = parquetNode(&t.Columns[i])
	}
	return parquet.NewSchema("features", root)
}

func parquetNode(c *Column) parquet.Node {
	node := parquet.Leaf(parquet.BooleanType)
	switch c.Kind {
	case Int:
		node = parquet.Encoded(parquet.Int(64), &parquet.DeltaBinaryPacked)
	case Money:
		node = parquet.Encoded(parquet.Decimal(decimalScale, decimalDigits, parquet.Int64Type), &parquet.DeltaBinaryPacked)
	case Float:
		node = parquet.Leaf(parquet.DoubleType)
	case Text:
		node = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	case Date:
		node = parquet.Date()
	}
	if c.nullable() {
		return parquet.Optional(node)
	}
	return node
}
