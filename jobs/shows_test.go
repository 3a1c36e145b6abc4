package jobs

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/jobs/console"
)

// checkShows holds the shown products of a run against its lists.
func checkShows(t *testing.T, dir string, listed []map[string]any, optOut []string) {
	shows := map[any][]string{}
	for _, row := range rowsOf(t, dir+"/shows.parquet") {
		if slices.Contains(optOut, row["customer_id"].(string)) {
			t.Errorf("a suppressed customer is shown %v", row["product"])
		}
		shows[row["customer_id"]] = append(shows[row["customer_id"]], row["product"].(string)+" "+row["kind"].(string))
	}
	for _, row := range listed {
		var want []string
		for _, slot := range []string{"1", "2", "3"} {
			if product, ok := row["show_"+slot].(string); ok {
				want = append(want, product+" "+row["show_kind_"+slot].(string))
			}
		}
		if len(want) == 0 || row["show_reason"] == nil || !slices.Equal(shows[row["customer_id"]], want) {
			t.Fatalf("%v is shown %q, and the list says %q, %v", row["customer_id"], shows[row["customer_id"]], want, row["show_reason"])
		}
	}
}

func TestRun_ShowsMostCustomersWhatMostBuy(t *testing.T) {
	s := quickly(t.TempDir())
	s.ShowCustomers, s.Show = 5, 2
	dir := published(t, s, writeLines(t, plantedShop(2000, 1), 1))
	shown := map[any]bool{}
	for _, row := range rowsOf(t, dir+"/shows.parquet") {
		shown[row["customer_id"]] = true
	}
	for _, row := range append(rowsOf(t, dir+"/contacts/group-01/part-0.parquet"), rowsOf(t, dir+"/holdout.parquet")...) {
		if own := shown[row["customer_id"]]; row["rank"].(int64) <= 5 != own || !own && row["show_kind_1"] != "hot" || row["show_3"] != nil {
			t.Fatalf("rank %v: products of its own: %v, %v %v %v", row["rank"], own, row["show_1"], row["show_kind_1"], row["show_3"])
		}
	}
}

func TestRun_WithoutProductsShowsNothingAndSaysSo(t *testing.T) {
	lines := plantedShop(2000, 1)
	for i := range lines {
		lines[i].SKU = nil
	}
	var said strings.Builder
	dir := publishedSaying(t, quickly(t.TempDir()), console.New(&strings.Builder{}, &said, false, false, console.Text), writeLines(t, lines, 1))
	if _, err := os.Stat(filepath.Join(dir, "shows.parquet")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("shows.parquet: %v", err)
	}
	if n := strings.Count(said.String(), "Nothing to show"); n != 1 {
		t.Errorf("said %d times:\n%s", n, said.String())
	}
}

func TestReadNeverShown_TakesCodesAndPatterns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "never.txt")
	if err := os.WriteFile(path, []byte("\ufeffPOST\r\n\r\nGIFT*\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	never, err := readNeverShown(fsys.OS(), path)
	if err != nil || !never("POST") || !never("GIFT 7") || never("POSTER") || never("gift") {
		t.Errorf("POST and GIFT* are read wrong: %v", err)
	}
	if err := os.WriteFile(path, []byte("\n \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ".missing"} {
		if _, err := readNeverShown(fsys.OS(), name); Code(err) != ExitGate {
			t.Errorf("%s: exit %d, want %d", name, Code(err), ExitGate)
		}
	}
	if never, err := readNeverShown(fsys.OS(), ""); never != nil || err != nil {
		t.Errorf("no file: %v", err)
	}
}
