package tables

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type mixed struct {
	ID    string   `parquet:"id"`
	Whole int64    `parquet:"whole"`
	Money int64    `parquet:"money,decimal(2:18)"`
	Day   int32    `parquet:"day,date"`
	Share *float64 `parquet:"share,optional"`
	Text  *string  `parquet:"text,optional"`
	Flag  bool     `parquet:"flag"`
}

// TestReadNumbers_TakesTheRowsThatAreKept reads numbers, days and texts of every
// third row, over several row groups.
func TestReadNumbers_TakesTheRowsThatAreKept(t *testing.T) {
	var rows []mixed
	texts := []string{"tea", "lamps", "books"}
	for i := range 90 {
		r := mixed{ID: fmt.Sprintf("c%02d", i), Whole: int64(i), Money: int64(100*i + 25), Day: int32(i), Flag: true}
		if i%2 == 0 {
			share := float64(i) / 4
			r.Share, r.Text = &share, &texts[i%3]
		}
		rows = append(rows, r)
	}
	var file bytes.Buffer
	w := parquet.NewGenericWriter[mixed](&file, parquet.MaxRowsPerRowGroup(37))
	for _, r := range rows {
		if _, err := w.Write([]mixed{r}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	number := func(id string) (n int) { _, _ = fmt.Sscanf(id, "c%d", &n); return n }
	ids, columns, err := ReadNumbers(bytes.NewReader(file.Bytes()), int64(file.Len()), "id", func(id string) bool { return number(id)%3 != 0 })
	if err != nil || len(ids) != 60 || len(columns) != 5 {
		t.Fatalf("%d rows of %d columns: %v", len(ids), len(columns), err)
	}
	same := func(a, b float32) bool { return a == b || a != a && b != b }
	nan := float32(math.NaN())
	for k, id := range ids {
		i := number(id)
		share, text := nan, nan
		if i%2 == 0 {
			share, text = float32(i)/4, float32(slices.Index([]string{"books", "lamps"}, texts[i%3]))
		}
		for c, want := range []float32{float32(i), float32(i) + .25, float32(i), share, text} {
			if got := columns[c].Values[k]; !same(got, want) {
				t.Errorf("%s, column %s: %v, want %v", id, columns[c].Name, got, want)
			}
		}
	}
	if !slices.Equal(columns[4].Levels, []string{"books", "lamps"}) || columns[0].Levels != nil {
		t.Errorf("levels %v and %v", columns[4].Levels, columns[0].Levels)
	}
	if _, _, err := ReadNumbers(bytes.NewReader(file.Bytes()), int64(file.Len()), "whole", nil); err == nil || !strings.Contains(err.Error(), `column "whole" is missing, or holds no text`) {
		t.Errorf("ids that are numbers: %v", err)
	}
}
