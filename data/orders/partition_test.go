package orders

import (
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

// byKey deals lines to folders by a key.
func byKey(lines []testLine, key func(l *testLine) string) map[string][]testLine {
	parts := map[string][]testLine{}
	for i := range lines {
		k := key(&lines[i])
		parts[k] = append(parts[k], lines[i])
	}
	return parts
}

// Columns that stand in the names of folders are read like columns.
func TestReadOrders_PartitionFoldersAreColumns(t *testing.T) {
	lines := testLines(100)
	days := make([]testLine, len(lines))
	for i := range lines {
		days[i] = lines[i].day()
	}
	category := func(l *testLine) string {
		if l.category == "" {
			return "category=__HIVE_DEFAULT_PARTITION__"
		}
		return "category=" + l.category
	}
	for _, c := range []struct {
		name  string
		key   func(l *testLine) string
		lacks []data.Role
		want  []testLine
	}{
		{"channel", func(l *testLine) string { return "channel=" + l.channel }, []data.Role{data.Channel}, lines},
		{"category with none", category, []data.Role{data.Category}, lines},
		{"date", func(l *testLine) string { return "date=" + data.DayOfMicros(l.micros).String() }, []data.Role{data.Time}, days},
		{"date and channel", func(l *testLine) string {
			return filepath.Join("channel="+l.channel, "order_date="+data.DayOfMicros(l.micros).Time().Format("20060102"))
		}, []data.Role{data.Time, data.Channel}, days},
		{"year, month and day", func(l *testLine) string { return data.DayOfMicros(l.micros).Time().Format("year=2006/month=01/day=02") }, []data.Role{data.Time}, days},
		{"customer", func(l *testLine) string { return "customer_id=" + l.customer }, []data.Role{data.Customer}, lines},
		{"year, month and day beside a time", func(l *testLine) string { return data.DayOfMicros(l.micros).Time().Format("year=2006/month=01/day=02") }, nil, lines},
		{"a day beside a date", func(l *testLine) string { return data.DayOfMicros(l.micros).Time().Format("day=02") }, nil, lines},
		{"a folder of the column's name", func(l *testLine) string { return "channel=elsewhere" }, nil, lines},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for folder, part := range byKey(lines, c.key) {
				f := plainFile().without(c.lacks...)
				if c.name == "a day beside a date" {
					f.columns[data.Time].name = "date"
				}
				f.write(t, dir, filepath.Join(folder, "part-0.parquet"), part)
			}
			for _, source := range []string{dir, filepath.Join(dir, "*", "**", "*.parquet"), filepath.Join(dir, "**")} {
				got, err := readOrders(t, Options{}, source)
				if err != nil {
					t.Fatal(err)
				}
				sameLines(t, got.lines, meant(c.want))
			}
		})
	}
}

// A folder that is no date is an error, not a pile of rows set aside.
func TestReadOrders_RefusesFoldersThatAreNoDates(t *testing.T) {
	for folder, words := range map[string][]string{
		"date=hello":          {`column "date" as time`, "want a date or time", `"hello"`},
		"day=15":              {`column "day" as time`, "want a date or time", `"15"`},
		"date=01%2F02%2F2007": {`column "date" as time`, "01/02/2007", "--date-format"},
	} {
		path := plainFile().without(data.Time).write(t, t.TempDir(), folder+"/part-0.parquet", testLines(3))
		_, err := readOrders(t, Options{}, path)
		refusedAs(t, err, append(words, path))
	}
	for folder, wrong := range map[string]data.Role{"amount=5": data.Amount, "quantity=2": data.Quantity} {
		path := plainFile().without(wrong).write(t, t.TempDir(), folder+"/part-0.parquet", testLines(3))
		_, err := readOrders(t, Options{}, path)
		refusedAs(t, err, []string{path, "as " + wrong.String(), "partition folder"})
	}
}

// A file that lacks a column which another has is an error that names both
// files; nothing is filled in.
func TestReadOrders_RefusesFilesOfDifferentColumns(t *testing.T) {
	lines := testLines(20)
	for _, role := range []data.Role{data.OrderID, data.Line, data.Product, data.Category, data.Channel, data.Quantity} {
		for _, firstLacks := range []bool{true, false} {
			dir := t.TempDir()
			whole, bare := "b.parquet", "a.parquet"
			if !firstLacks {
				whole, bare = bare, whole
			}
			plainFile().write(t, dir, whole, lines)
			plainFile().without(role).write(t, dir, bare, lines)
			_, err := readOrders(t, Options{}, dir)
			refusedAs(t, err, []string{"read " + filepath.Join(dir, "b.parquet"), "a.parquet", plainFile().columns[role].name, "--map " + role.String() + "="})
			if _, err := readOrders(t, Options{Mapping: data.Mapping{role: ""}}, dir); err != nil {
				t.Errorf("%s left out: %v", role, err)
			}
		}
	}
}

// A column that another file has as a price is not an amount.
func TestReadOrders_RefusesAmountsInOneFileAndPricesInAnother(t *testing.T) {
	dir := t.TempDir()
	plainFile().write(t, dir, "a.parquet", testLines(20))
	f := plainFile()
	f.columns[data.Amount] = nil
	set(data.Price, "unit_price", parquet.Leaf(parquet.DoubleType), func(l *testLine) parquet.Value { return parquet.DoubleValue(1) })(f)
	f.write(t, dir, "b.parquet", testLines(20))
	_, err := readOrders(t, Options{}, dir)
	refusedAs(t, err, []string{"b.parquet", "a.parquet", "amount"})
}
