package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/jobs/console"
)

// Stages that read or walk know how much there is to do, and come to its end.
func TestStages_ReadingAndWalkingComeToTheirEnd(t *testing.T) {
	lines := plantedShop(60, 7)
	found, err := source.Find(fsys.OS(), []string{writeLines(t, lines, 2)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	read := console.UI{}.Stage("read", 0, "rows")
	table, err := orders.Read(context.Background(), fsys.OS(), found, orders.Options{Total: read.Of, Progress: read.Add})
	if err != nil {
		t.Fatal(err)
	}
	walk := walkStage(console.UI{}, "walk", table, 1)
	if _, err := table.Each(context.Background(), 2, func(int, *orders.Histories) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*console.Progress{read, walk} {
		if done, all := p.Counted(); done != all || all != int64(len(lines)) {
			t.Errorf("%d of %d, want %d", done, all, len(lines))
		}
	}
}

// The bar of "look back" is full when the stage is over, not before.
func TestStages_LookBackAnnouncesItsWalk(t *testing.T) {
	var log bytes.Buffer
	s, ctx := quickly(t.TempDir()), context.Background()
	n := &nightly{files: fsys.OS(), s: s, ui: console.New(io.Discard, &log, false, false, console.JSON), now: time.Now}
	n.timings = startTimings(n.now)
	h, err := readHistory(ctx, n.files, input{s.Reading, []string{writeLines(t, plantedShop(300, 7), 2)}, "", "", Elsewhere{}}, n.ui)
	if err != nil {
		t.Fatal(err)
	}
	defer h.orders.Close()
	if err := n.readLedger(); err != nil {
		t.Fatal(err)
	}
	a, err := n.ask(ctx, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.lookBack(ctx, a); err != nil {
		t.Fatal(err)
	}
	var stage struct {
		Stage string
		Count int64
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, `"look back"`) {
			if err := json.Unmarshal([]byte(line), &stage); err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := h.orders.Lines(); stage.Count != want || want == 0 {
		t.Errorf("%d lines walked, %d announced", stage.Count, want)
	}
}
