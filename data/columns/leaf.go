package columns

import (
	"fmt"

	"winback/data/guard"
)

// Leaf is a flat column of a Parquet file.
type Leaf struct {
	guard.Column
	index int // among the leaves of the file
}

// typeName writes the type as a person would look for it.
func (l Leaf) typeName() string {
	units := [...]string{"unknown units", "ms", "µs", "ns"}
	switch l.Logical.Meaning {
	case guard.Text, guard.Enum, guard.JSON:
		return "text"
	case guard.Decimal:
		return fmt.Sprintf("a decimal with %d places", l.Logical.Scale)
	case guard.Date:
		return "a date"
	case guard.Timestamp:
		if l.Logical.UTC {
			return "a zoned timestamp in " + units[l.Logical.Unit]
		}
		return "a local timestamp in " + units[l.Logical.Unit]
	case guard.TimeOfDay:
		return "a time of day"
	case guard.UUID:
		return "a UUID"
	case guard.BSON, guard.Float16, guard.Interval, guard.Geo, guard.Null:
		return l.Logical.Meaning.String()
	}
	return l.Physical.String()
}

// means says whether the logical type is one of those.
func (l Leaf) means(any ...guard.Meaning) bool {
	for _, m := range any {
		if l.Logical.Meaning == m {
			return true
		}
	}
	return false
}

func (l Leaf) unsigned() bool { return l.means(guard.Integer) && !l.Logical.Signed }

// Flat splits the leaves of a file into flat columns and the names of
// those inside of lists and groups.
func Flat(columns []guard.Column) (flat []Leaf, nested []string) {
	for i, c := range columns {
		if c.Flat() {
			flat = append(flat, Leaf{c, i})
		} else if len(nested) == 0 || nested[len(nested)-1] != c.Path[0] {
			nested = append(nested, c.Path[0])
		}
	}
	return flat, nested
}
