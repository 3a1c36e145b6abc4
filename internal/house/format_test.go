package house

import (
	"bytes"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/features"
	"winback/pipeline/backtest"
	"winback/pipeline/diagnose"
	"winback/pipeline/learn"
	"winback/pipeline/run"
)

// column is one column of a table, in a file or in FORMAT.md.
type column struct {
	name, kind string
	nullable   bool
}

// documented reads the table of columns under a heading of FORMAT.md.
func documented(t *testing.T, heading string) []column {
	t.Helper()
	row := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| [^|]+ \\| ([^|]+) \\|")
	var columns []column
	for _, m := range row.FindAllStringSubmatch(section(t, heading), -1) {
		columns = append(columns, column{m[1], m[2], m[3] != "–"})
	}
	return columns
}

// formatPages lie beside the packages that write the formats.
var formatPages = []string{"data/tables/FORMAT.md", "features/FORMAT.md", "pipeline/run/FORMAT.md"}

// section is the text under a heading of FORMAT.md, up to the next one.
func section(t *testing.T, heading string) string {
	t.Helper()
	for _, page := range formatPages {
		_, text, found := strings.Cut(readText(t, page), "\n### "+heading+"\n")
		if !found {
			continue
		}
		text, _, _ = strings.Cut(text, "\n### ")
		text, _, _ = strings.Cut(text, "\n## ")
		return text
	}
	t.Fatalf("no heading %q in any FORMAT.md", heading)
	return ""
}

// written lists the columns of the Parquet file that write makes.
func written(t *testing.T, write func(w io.Writer) error) []column {
	t.Helper()
	var file bytes.Buffer
	if err := write(&file); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`^INT\((\d+),true\)$`)
	var columns []column
	for _, field := range f.Schema().Fields() {
		columns = append(columns, column{field.Name(), whole.ReplaceAllString(field.Type().String(), "INT$1"), field.Optional()})
	}
	return columns
}

// compare wants the same columns in the same order.
func compare(t *testing.T, heading string, want []column) {
	t.Helper()
	have := documented(t, heading)
	for i, c := range want {
		if i >= len(have) || have[i] != c {
			var found column
			if i < len(have) {
				found = have[i]
			}
			t.Errorf("FORMAT.md, %s: column %d: want %+v, found %+v", heading, i+1, c, found)
		}
	}
	if len(have) > len(want) {
		t.Errorf("FORMAT.md, %s: %d columns too many, the first is %s", heading, len(have)-len(want), have[len(want)].name)
	}
}

func TestFormat_ContactsAreTheColumnsWritten(t *testing.T) {
	compare(t, "Contacts and holdout", written(t, func(w io.Writer) error { return tables.NewContactsWriter(w, data.MoneyDecimal).Close() }))
}

func TestFormat_GroupsAreTheColumnsWritten(t *testing.T) {
	compare(t, "Groups", written(t, func(w io.Writer) error { return tables.WriteGroups(w, nil) }))
}

func TestFormat_ScoresAreTheColumnsWritten(t *testing.T) {
	compare(t, "Scores", written(t, func(w io.Writer) error {
		scores, err := tables.NewScoresWriter(w, []string{"NAME"})
		if err != nil {
			return err
		}
		return scores.Close()
	}))
}

func TestFormat_FeaturesAreTheColumnsWritten(t *testing.T) {
	table := features.NewTable(features.Snapshot{AsOf: 1, Horizon: 60}, &orders.Names{})
	columns := written(t, func(w io.Writer) error { return features.WriteParquet(w, table) })
	compare(t, "Feature table", columns)
	if want := len(features.Schema) + 1; len(columns) != want {
		t.Errorf("the file has %d columns, want %d", len(columns), want)
	}
}

func TestFormat_PredictionsAreTheColumnsWritten(t *testing.T) {
	compare(t, "Predictions of a backtest", written(t, func(w io.Writer) error { return tables.NewPredictionsWriter(w).Close() }))
}

func TestFormat_ShowsAreTheColumnsWritten(t *testing.T) {
	compare(t, "Shows", written(t, func(w io.Writer) error { return tables.NewShowsWriter(w).Close() }))
	compare(t, "Product pairs", written(t, func(w io.Writer) error { return tables.NewPairsWriter(w).Close() }))
	compare(t, "Hot products", written(t, func(w io.Writer) error { return tables.WriteHotProducts(w, nil) }))
}

func TestFormat_ThePoolsMapHasTheColumnsWritten(t *testing.T) {
	compare(t, "Customers of a pool", written(t, func(w io.Writer) error { return tables.WritePooled(w, nil) }))
}

func TestFormat_ReferralsAreTheColumnsWritten(t *testing.T) {
	compare(t, "Referrals", written(t, func(w io.Writer) error { return tables.NewReferralsWriter(w, data.MoneyDecimal).Close() }))
}

// keys lists the JSON keys of a struct and of the structs in it.
func keys(of reflect.Type) []string {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(of.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var names []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
			names = append(names, keys(of.Field(i).Type)...)
		}
	}
	return names
}

func TestFormat_NamesEveryKeyOfTheJSONFiles(t *testing.T) {
	for heading, of := range map[string]reflect.Type{
		"evaluation.json": reflect.TypeFor[learn.Evaluation](),
		"manifest.json":   reflect.TypeFor[run.Manifest](),
		"backtest.json":   reflect.TypeFor[backtest.Summary](),
	} {
		text := section(t, heading)
		names := keys(of)
		if len(names) == 0 {
			t.Fatalf("%s: no keys found", heading)
		}
		for _, name := range names {
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("FORMAT.md, %s: key %q is missing", heading, name)
			}
		}
	}
}

// plainFloats lists the keys of numbers that are no figures: they would be
// rounded otherwise, and could not be unknown.
func plainFloats(of reflect.Type) []string {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return plainFloats(of.Elem())
	case reflect.Float32, reflect.Float64:
		if of != reflect.TypeFor[run.Figure]() {
			return []string{""}
		}
	case reflect.Struct:
		var names []string
		for i := range of.NumField() {
			field := of.Field(i)
			if !field.IsExported() || field.Tag.Get("json") == "-" {
				continue
			}
			for _, name := range plainFloats(field.Type) {
				names = append(names, strings.TrimSuffix(field.Name+"."+name, "."))
			}
		}
		return names
	}
	return nil
}

func TestFormat_NumbersOfTheJSONFilesAreFigures(t *testing.T) {
	for _, of := range []reflect.Type{reflect.TypeFor[learn.Evaluation](), reflect.TypeFor[backtest.Summary](), reflect.TypeFor[diagnose.Diagnosis]()} {
		for _, name := range plainFloats(of) {
			t.Errorf("%s.%s: want a run.Figure, found a float", of, name)
		}
	}
	type wrong struct{ A []struct{ B *float64 } }
	if found := plainFloats(reflect.TypeFor[wrong]()); len(found) != 1 || found[0] != "A.B" {
		t.Errorf("a plain float is found as %q", found)
	}
}
