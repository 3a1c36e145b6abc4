package scoring

import (
	"encoding/json"
	"fmt"

	"winback/data"
	"winback/data/guard"
	"winback/data/orders"
	"winback/features"
)

// partHead is the head of a scored part.
type partHead struct {
	Format    int   `json:"format"`
	Customers int64 `json:"customers"` // who have bought before the as-of day
	Lapsed    int   `json:"lapsed"`
}

// Parts are the part as byte strings, for another machine: its head in JSON, the lapsed
// customers, and their features.
func (p *Part) Parts() ([][]byte, error) {
	head, err := json.Marshal(partHead{nightFormat, p.Customers, p.lapsed.Len()})
	var rows []byte
	for _, c := range featureColumns(p.features) {
		rows = c.encode(rows)
	}
	return [][]byte{head, p.lapsed.encode(nil), rows}, err
}

func headOf(parts [][]byte) (head partHead, err error) {
	const whole = 3
	if len(parts) != whole {
		return head, fmt.Errorf("want a head, customers and features, found %d parts", len(parts))
	}
	if err := json.Unmarshal(parts[0], &head); err != nil {
		return head, fmt.Errorf("the head of a scored part: %w", err)
	}
	if head.Format != nightFormat {
		return head, fmt.Errorf("it was scored by another version of winback: want format %d, found %d", nightFormat, head.Format)
	}
	if head.Customers < 0 || head.Lapsed < 0 || int64(head.Lapsed) > head.Customers {
		return head, fmt.Errorf("%d customers, %d of them lapsed: want no more lapsed than customers", head.Customers, head.Lapsed)
	}
	return head, nil
}

// PartOf reads what Parts gave, with the names of the table; what carried it has proved
// its bytes. What comes back holds together, or there is an error.
func (n *Night) PartOf(parts [][]byte, names *orders.Names) (p *Part, err error) {
	err = guard.Run("a scored part", func() error {
		p, err = n.partOf(parts, names)
		return err
	})
	return p, err
}

func (n *Night) partOf(parts [][]byte, names *orders.Names) (*Part, error) {
	head, err := headOf(parts)
	if err != nil {
		return nil, err
	}
	table, err := n.noRows(names)
	if err != nil {
		return nil, err
	}
	p := &Part{head.Customers, table.Published(), &Lapsed{Channels: names[data.Channel], Others: make([][]float32, len(n.others()))}}
	if err := p.lapsed.decode(parts[1]); err != nil {
		return nil, err
	}
	if p.lapsed.Len() != head.Lapsed {
		return nil, fmt.Errorf("%d lapsed customers, its head says %d", p.lapsed.Len(), head.Lapsed)
	}
	if err := p.lapsed.Validate(max(n.leaves(), 1)); err != nil {
		return nil, err
	}
	return p, p.takeFeatures(parts[2])
}

// leaves is how many the tree has; 0 where there is none.
func (n *Night) leaves() int {
	if n.tree == nil {
		return 0
	}
	return n.tree.Leaves()
}

// takeFeatures reads the features of the lapsed.
func (p *Part) takeFeatures(rows []byte) (err error) {
	p.features.IDs = p.lapsed.IDs
	for _, c := range featureColumns(p.features) {
		if rows, err = c.decode(rows, p.lapsed.Len()); err != nil {
			return err
		}
	}
	if len(rows) > 0 {
		return errColumns
	}
	return p.features.Check()
}

// featureColumns are the columns of a table as they are written.
func featureColumns(t *features.Table) (all []column) {
	for i := range t.Columns {
		switch c := &t.Columns[i]; c.Kind {
		case features.Float:
			all = append(all, doubles(&c.Floats))
		case features.Text:
			all = append(all, whole(&c.Codes, 4))
		default:
			all = append(all, whole(&c.Ints, 8))
		}
	}
	return all
}
