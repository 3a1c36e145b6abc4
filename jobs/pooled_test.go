package jobs

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/data/csvimport"
	"winback/data/parse"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/pool"
	"winback/jobs/settings"
)

// One person's orders of two sources are one customer's, under the id of the pool, and
// an opt-out by the id of either source holds for both.
func TestReading_APoolMakesOnePersonOneCustomer(t *testing.T) {
	dir := t.TempDir()
	lines := map[string]string{
		"shop": "customer_id,name,email,ordered_at,amount\n1,Anna Bell,anna@shop.example,2025-01-01,10\n2,Ben Ay,ben@shop.example,2025-01-02,10\n",
		"chat": "customer_id,name,email,ordered_at,amount\n1,Cem Oz,cem@shop.example,2025-02-01,10\n7,Anna Bell,anna@shop.example,2025-02-02,10\n9,Ben Ay,ben@shop.example,2025-02-03,10\n",
	}
	var sources []string
	for name, text := range lines {
		path := filepath.Join(dir, name+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, path)
	}
	if _, err := csvimport.Import(context.Background(), fsys.OS(), sources, filepath.Join(dir, "orders"), csvimport.Spec{Dates: parse.AnyDateOrder}); err != nil {
		t.Fatal(err)
	}
	made := defaults[pool.PoolSettings]()
	made.Out = filepath.Join(dir, "pool")
	silent := console.New(&bytes.Buffer{}, &bytes.Buffer{}, false, false, console.Text)
	if err := pool.Pool(context.Background(), made, sources, silent); err != nil {
		t.Fatal(err)
	}
	s := defaults[CheckSettings]()
	in := input{Reading: s.Reading, sources: []string{filepath.Join(dir, "orders")}}
	for folder, want := range map[string]int64{"": 4, made.Out: 3} {
		in := in
		in.PoolDir = folder
		h, err := readHistory(context.Background(), fsys.OS(), in, silent)
		if err != nil {
			t.Fatal(err)
		}
		if h.survey.Customers != want {
			t.Errorf("pool %q: %d customers, want %d", folder, h.survey.Customers, want)
		}
		if err := h.orders.Close(); err != nil {
			t.Error(err)
		}
	}
	in.PoolDir, in.store = made.Out, filepath.Join(dir, "store")
	if _, err := readHistory(context.Background(), fsys.OS(), in, silent); Code(err) != ExitUsage || !strings.Contains(err.Error(), "--store: does not go with --pool") {
		t.Errorf("%v", err)
	}
	in.store, in.sources = "", []string{filepath.Join(dir, "orders", "shop.parquet")}
	if err := os.Rename(in.sources[0], filepath.Join(dir, "orders", "other.parquet")); err != nil {
		t.Fatal(err)
	}
	in.sources = []string{filepath.Join(dir, "orders", "other.parquet")}
	if _, err := readHistory(context.Background(), fsys.OS(), in, silent); Code(err) != ExitInput || !strings.Contains(err.Error(), "of no source of the pool: want a folder or file named") {
		t.Errorf("%v", err)
	}
	list := filepath.Join(dir, "optout.csv")
	if err := os.WriteFile(list, []byte("customer_id\n7\nstranger\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	suppressed, err := optOuts{settings.Suppression{SuppressFile: list}, settings.Acceptance{}, settings.Pooled{PoolDir: made.Out}}.read(fsys.OS())
	if err != nil || suppressed.Len() != 2 || suppressed.Has("7") || !suppressed.Has("stranger") {
		t.Errorf("%d suppressed, %v", suppressed.Len(), err)
	}
}
