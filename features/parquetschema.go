package features

import (
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding"
)

const (
	idColumn      = "customer_id"
	decimalDigits = 18
	decimalScale  = 4         // of data.Money
	pageBytes     = 256 << 10 // of one column before encoding
)

// parquetCodec favours speed: the encodings below have done most of the work.
func parquetCodec() compress.Codec { return &zstd.Codec{Level: zstd.SpeedFastest} }

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

// parquetNode chooses the encodings. Differences are the smallest and fastest
// for whole numbers; where some are missing a dictionary stands in their place,
// because Arrow's Go reader up to v15 loses its place in such columns.
func parquetNode(c *Column) parquet.Node {
	nullable := definitionOf(c.Name).Nullable
	node := parquet.Leaf(parquet.BooleanType)
	switch c.Kind {
	case Int:
		node = parquet.Encoded(parquet.Int(64), wholeEncoding(nullable))
	case Money:
		node = parquet.Encoded(parquet.Decimal(decimalScale, decimalDigits, parquet.Int64Type), wholeEncoding(nullable))
	case Float:
		node = parquet.Leaf(parquet.DoubleType)
	case Text:
		node = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	}
	if nullable {
		return parquet.Optional(node)
	}
	return node
}

func wholeEncoding(nullable bool) encoding.Encoding {
	if nullable {
		return &parquet.RLEDictionary
	}
	return &parquet.DeltaBinaryPacked
}
