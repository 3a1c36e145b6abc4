package offers

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestInOrder_SortsIDsAsTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for _, begin := range []string{"", "customer-00", "\x00"} {
		var ids []string
		for range 500 {
			id := begin
			for range r.IntN(14) {
				id += string([]byte{"\x00ab\xff"[r.IntN(4)]})
			}
			ids = append(ids, id)
		}
		want := make([]int32, len(ids))
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortFunc(want, func(a, b int32) int { return cmp.Or(strings.Compare(ids[a], ids[b]), cmp.Compare(a, b)) })
		if got := inOrder(len(ids), func(i int32) string { return ids[i] }); !slices.Equal(got, want) {
			t.Errorf("ids that begin with %q are out of order", begin)
		}
	}
	if got := inOrder(0, nil); len(got) != 0 {
		t.Errorf("no ids are %v", got)
	}
}
