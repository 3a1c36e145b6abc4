package jobs

import (
	"context"
	"testing"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
)

// Stages that read or walk know how much there is to do, and come to its end.
func TestStages_ReadingAndWalkingComeToTheirEnd(t *testing.T) {
	lines := plantedShop(60, 7)
	found, err := data.FindFiles(fsys.OS(), []string{writeLines(t, lines, 2)})
	if err != nil {
		t.Fatal(err)
	}
	read := console.UI{}.Stage("read", 0, "rows")
	orders, err := data.ReadOrders(context.Background(), fsys.OS(), found, data.ReadOptions{Total: read.Of, Progress: read.Add})
	if err != nil {
		t.Fatal(err)
	}
	walk := walkStage(console.UI{}, "walk", orders, 1)
	if _, err := orders.Each(context.Background(), 2, func(int, *data.Histories) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*console.Progress{read, walk} {
		if done, all := p.Counted(); done != all || all != int64(len(lines)) {
			t.Errorf("%d of %d, want %d", done, all, len(lines))
		}
	}
}
