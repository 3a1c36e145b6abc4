package orders

import (
	"fmt"
	"testing"

	"winback/data"
)

// A weight of 0 or an even one would lose what tells two lines apart, and two
// alike would take a swap of two names for the same line.
func TestNamedRoles_EachWeighsItsNamesByItself(t *testing.T) {
	role := map[uint64]data.Role{}
	for k, weight := range data.NameWeights {
		if other, twice := role[weight]; weight%2 == 0 || twice {
			t.Errorf("%s: weight %#x is even or that of %s", data.NamedRoles[k], weight, other)
		}
		role[weight] = data.NamedRoles[k]
	}
}

// A store whose lines have the names of other roles would be misread.
func TestStoreFormat_ChangesWithTheNamedRoles(t *testing.T) {
	roles := map[int]string{1: "[product category channel]", 2: "[product category channel]", 3: "[product category channel]", 4: "[product category channel]", 5: "[product category channel]", 6: "[product category channel]", 7: "[product category channel]", 8: "[product category channel]"}
	if have := fmt.Sprint(data.NamedRoles); have != roles[storeFormat] {
		t.Errorf("store format %d is for the names of %s, and the lines have those of %s: raise storeFormat, note it here and in FORMAT.md", storeFormat, roles[storeFormat], have)
	}
}
