package jobs

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"winback/data"
	"winback/jobs/console"
)

// sharedFolder holds the real order histories and reference tables that
// developers have beside the repository.
const sharedFolder = "../../shared"

// needsShared skips a test where a file of that folder is absent.
func needsShared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(sharedFolder, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there: this test needs the shared data beside the repository", path)
	}
	return path
}

// cell is a value of a table in a form that can be compared.
type cell struct {
	missing bool
	number  float64
	text    string
}

// tableCells reads all columns of a Parquet file, rows by customer id.
func tableCells(t *testing.T, path string) map[string][]cell {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]cell{}
	for i, field := range f.Schema().Fields() {
		for _, group := range f.RowGroups() {
			cells, err := chunkCells(group.ColumnChunks()[i], field.Type())
			if err != nil {
				t.Fatalf("%s: %s: %v", path, field.Name(), err)
			}
			table[field.Name()] = append(table[field.Name()], cells...)
		}
	}
	ids := table["customer_id"]
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ids[a].text, ids[b].text) })
	for name, cells := range table {
		sorted := make([]cell, len(cells))
		for i, row := range order {
			sorted[i] = cells[row]
		}
		table[name] = sorted
	}
	return table
}

func chunkCells(chunk parquet.ColumnChunk, of parquet.Type) ([]cell, error) {
	pages := chunk.Pages()
	defer pages.Close()
	var cells []cell
	values := make([]parquet.Value, 4096)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return cells, nil
		}
		if err != nil {
			return nil, err
		}
		for r := page.Values(); ; {
			n, err := r.ReadValues(values)
			for _, v := range values[:n] {
				cells = append(cells, cellOf(v, of))
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
		}
		parquet.Release(page)
	}
}

func cellOf(v parquet.Value, of parquet.Type) cell {
	scale := 1.0
	if digits, ok := decimals(of); ok {
		scale = math.Pow(10, float64(digits))
	}
	switch {
	case v.IsNull():
		return cell{missing: true}
	case v.Kind() == parquet.Boolean:
		if v.Boolean() {
			return cell{number: 1}
		}
		return cell{}
	case v.Kind() == parquet.Int32:
		return cell{number: float64(v.Int32()) / scale}
	case v.Kind() == parquet.Int64:
		return cell{number: float64(v.Int64()) / scale}
	case v.Kind() == parquet.Double:
		return cell{number: v.Double()}
	case v.Kind() == parquet.FixedLenByteArray: // a decimal that fits its last eight bytes
		bytes := v.ByteArray()
		return cell{number: float64(int64(binary.BigEndian.Uint64(bytes[len(bytes)-8:]))) / scale}
	}
	return cell{text: string(v.ByteArray())}
}

// tolerance is how far a column may be off, relative to its value.
func tolerance(of parquet.Type) float64 {
	if _, ok := decimals(of); ok {
		return 1e-6
	}
	if of.Kind() == parquet.Double {
		return 1e-9
	}
	return 0
}

// decimals is how many digits of a decimal stand behind the point.
func decimals(of parquet.Type) (digits int32, ok bool) {
	l := of.LogicalType()
	if l == nil {
		return 0, false
	}
	d, ok := l.Value.(*format.DecimalType)
	if !ok {
		return 0, false
	}
	return d.Scale, true
}

func TestFeatures_EqualTheReferenceTables(t *testing.T) {
	for _, c := range []struct {
		set, asOf string
		change    func(*FeaturesSettings)
	}{
		{"retail_orders", "2007-07-01", nil}, {"retail_orders", "2007-11-15", nil},
		{"online_retail_ii", "2010-12-01", cancelled}, {"online_retail_ii", "2011-04-01", cancelled},
	} {
		t.Run(c.set+" "+c.asOf, func(t *testing.T) {
			orders := needsShared(t, "data/"+c.set)
			reference := needsShared(t, fmt.Sprintf("reference/%s-%s.parquet", c.set, c.asOf))
			s := defaults[FeaturesSettings]()
			var err error
			if s.AsOf, err = data.ParseDay(c.asOf); err != nil {
				t.Fatal(err)
			}
			s.Output = filepath.Join(t.TempDir(), "features.parquet")
			if c.change != nil {
				c.change(&s)
			}
			if err := Features(context.Background(), s, []string{orders}, console.UI{}); err != nil {
				t.Fatal(err)
			}
			compareTables(t, s.Output, reference)
		})
	}
}

// cancelled are the settings of the second data set.
func cancelled(s *FeaturesSettings) {
	s.Returns.OrderPrefixes = []string{"C"}
	s.Map = data.Mapping{data.Channel: "country"}
}

func compareTables(t *testing.T, ours, theirs string) {
	t.Helper()
	file, err := os.Open(theirs)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	have, want := tableCells(t, ours), tableCells(t, theirs)
	compared := 0
	for _, field := range f.Schema().Fields() {
		name, off := field.Name(), tolerance(field.Type())
		if len(have[name]) != len(want[name]) {
			t.Errorf("%s: %d rows, want %d", name, len(have[name]), len(want[name]))
			continue
		}
		different := 0
		for i, w := range want[name] {
			h := have[name][i]
			compared++
			if h.missing != w.missing || h.text != w.text || math.Abs(h.number-w.number) > off*math.Max(math.Abs(w.number), 1e-3) {
				if different++; different == 1 {
					t.Errorf("%s of customer %d of %d: %+v, want %+v", name, i+1, len(want[name]), h, w)
				}
			}
		}
		if different > 1 {
			t.Errorf("%s: %d values differ", name, different)
		}
	}
	if len(have) != len(want) {
		var names []string
		for name := range have {
			if want[name] == nil {
				names = append(names, name)
			}
		}
		t.Errorf("%d columns, want %d; not in the reference: %s", len(have), len(want), strings.Join(names, ", "))
	}
	t.Logf("%d values of %d customers", compared, len(want["customer_id"]))
}
