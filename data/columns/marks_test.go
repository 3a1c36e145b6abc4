package columns

import (
	"encoding/binary"
	"testing"

	"winback/data/guard"
)

func TestMarkReader_KnowsWhatSetsAMark(t *testing.T) {
	number := func(x int64) string { return string(binary.LittleEndian.AppendUint64(nil, uint64(x))) }
	text := Leaf{Column: guard.Column{Physical: guard.ByteArray, Logical: guard.Logical{Meaning: guard.Text}}}
	whole := Leaf{Column: guard.Column{Physical: guard.Int64}}
	moment := Leaf{Column: guard.Column{Physical: guard.Int64, Logical: guard.Logical{Meaning: guard.Timestamp, Unit: guard.Micros}}}
	truth := Leaf{Column: guard.Column{Physical: guard.Boolean}}
	for _, c := range []struct {
		leaf  Leaf
		value string
		want  bool
	}{
		{truth, "\x01", true}, {truth, "\x00", false},
		{whole, number(1), true}, {whole, number(0), false},
		{moment, number(1_760_000_000_000_000), true}, {moment, number(0), false},
		{text, " Yes ", true}, {text, "TRUE", true}, {text, "1", true}, {text, "2026-01-02 10:00:00", true}, {text, "31.12.2025", true}, {text, "02/03/2026", true},
		{text, "", false}, {text, "0", false}, {text, "No", false}, {text, "false", false}, {text, "0000-00-00 00:00:00", false}, {text, "null", false}, {text, "B", false},
	} {
		isSet, err := markReader(c.leaf)
		if err != nil {
			t.Fatal(err)
		}
		if isSet([]byte(c.value)) != c.want {
			t.Errorf("%s %q: want %v", c.leaf.typeName(), c.value, c.want)
		}
	}
	for _, l := range []Leaf{{Column: guard.Column{Physical: guard.Double}}, {Column: guard.Column{Physical: guard.Int64, Logical: guard.Logical{Meaning: guard.Decimal, Scale: 2}}}} {
		if canMark(l) {
			t.Errorf("%s can hold an amount that was paid back, and is no mark", l.typeName())
		}
	}
}
