package orders

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/source"
	"winback/data/tablelog"
	"winback/internal/datatest"
	"winback/internal/fsys"
)

// tableLine is an order line in a file of a table. Its ids are those by which
// Iceberg knows the columns.
type tableLine struct {
	Customer string    `parquet:"customer_id,id(1)"`
	Order    string    `parquet:"order_id,id(2)"`
	At       time.Time `parquet:"ordered_at,id(3),timestamp(microsecond)"`
	Amount   float64   `parquet:"amount,id(4)"`
	Channel  string    `parquet:"channel,id(5)"`
}

// linesFile writes a file with one line for each customer, of the amount.
func linesFile(t *testing.T, path string, amount float64, customers ...string) {
	t.Helper()
	var rows []tableLine
	for i, c := range customers {
		rows = append(rows, tableLine{c, fmt.Sprint(c, "-", path, i), time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC), amount, "web"})
	}
	datatest.PutText(t, path, "")
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
}

// bought are the customers with their amounts in cents, in order.
func bought(t *testing.T, sources ...string) []string {
	t.Helper()
	result, err := readOrders(t, Options{Workers: 1}, sources...)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, line := range result.lines {
		have = append(have, fmt.Sprintf("%s %s %s", line.customer, line.amount, line.channel))
	}
	return have
}

func wantBought(t *testing.T, source string, want ...string) {
	t.Helper()
	if have := bought(t, source); !slices.Equal(have, want) {
		t.Errorf("%s: have %q, want %q", source, have, want)
	}
}

func deltaAdd(t *testing.T, folder, name, partition string) string {
	t.Helper()
	info, err := os.Stat(folder + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"add":{"path":%q,"size":%d,"partitionValues":{%s}}}`, name, info.Size(), partition)
}

const deltaHead = `{"protocol":{"minReaderVersion":1}}
{"metaData":{"schemaString":"{\"fields\":[{\"name\":\"channel\",\"type\":\"string\"},{\"name\":\"category\",\"type\":\"string\"}]}","partitionColumns":["place"]}}
`

// deltaShop is a table whose second version deleted customer B.
func deltaShop(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	linesFile(t, "shop/orders/old.parquet", 10, "A", "B")
	linesFile(t, "shop/orders/new.parquet", 10, "A")
	linesFile(t, "shop/orders/place=x/more.parquet", 5, "C")
	datatest.PutText(t, "shop/orders/_delta_log/00000000000000000000.json", deltaHead+deltaAdd(t, "shop/orders", "old.parquet", ""))
	datatest.PutText(t, "shop/orders/_delta_log/00000000000000000001.json", `{"remove":{"path":"old.parquet"}}
`+deltaAdd(t, "shop/orders", "new.parquet", "")+"\n"+deltaAdd(t, "shop/orders", "place=x/more.parquet", `"place":"the log's"`))
}

// Deleted customers stay deleted, whichever way the folder of a table is named.
func TestReadOrders_DeltaFolderIsReadAsItsLogSays(t *testing.T) {
	deltaShop(t)
	for _, source := range []string{"shop/orders", "shop", "shop/*", "shop/orders/*.parquet", "shop/orders/**"} {
		want := []string{"A 10.00 web", "C 5.00 web"}
		if source == "shop/orders/*.parquet" {
			want = want[:1]
		}
		wantBought(t, source, want...)
	}
	wantBought(t, "shop/orders/place=x", "C 5.00 web")
	wantBought(t, "shop/orders/new.parquet", "A 10.00 web")
	if _, err := source.Find(fsys.OS(), []string{"shop/orders/old.parquet"}, 0); err == nil || !strings.Contains(err.Error(), "version 1 of the Delta Lake table shop/orders has no such file") {
		t.Errorf("a file that was replaced: have %v", err)
	}
	t.Chdir("shop/orders/place=x")
	if have := bought(t, "."); !slices.Equal(have, []string{"C 5.00 web"}) {
		t.Errorf("from within the table: have %q", have)
	}
}

func TestFindFiles_NamesTheTableItsVersionAndItsPartitions(t *testing.T) {
	deltaShop(t)
	found := findFiles(t, "shop/orders", 2)
	datatest.WantTexts(t, "notes", found.Notes, "Delta Lake table shop/orders: version 1, files: 2; left out as not part of this version: 1 Parquet files")
	datatest.WantTexts(t, "warnings", found.Warnings)
	if want := []source.PartitionKey{{Name: "place", Value: "the log's"}, {Name: "channel", Value: ""}, {Name: "category", Value: ""}}; !slices.Equal(found.Files[1].Partition, want) {
		t.Errorf("have %q, want %q", found.Files[1].Partition, want)
	}
	found = findFiles(t, "shop/orders/place=x", 1)
	datatest.WantTexts(t, "notes", found.Notes, "version 1, 1 of 2 files")
}

func TestFindFiles_RefusesTablesThatItCannotRead(t *testing.T) {
	deltaShop(t)
	datatest.PutText(t, "hudi/.hoodie/hoodie.properties", "")
	linesFile(t, "hudi/a.parquet", 1, "A")
	datatest.PutText(t, "shop/orders/_delta_log/00000000000000000003.json", deltaHead)
	for from, want := range map[string]string{"hudi": "Hudi", "hudi/a.parquet": "Hudi", "h*": "Hudi", "shop": "version 2 (_delta_log/00000000000000000002.json) is missing"} {
		_, err := source.Find(fsys.OS(), []string{from}, 0)
		if err == nil || !strings.Contains(err.Error(), want) || err.(*data.InputError).ExitCode() != 3 {
			t.Errorf("%s: have %v, want %q", from, err, want)
		}
	}
}

// A column that was added to a table later is empty in its older files.
func TestReadOrders_TableColumnAddedLaterIsEmptyBefore(t *testing.T) {
	t.Chdir(t.TempDir())
	type older struct {
		Customer string    `parquet:"customer_id"`
		Order    string    `parquet:"order_id"`
		At       time.Time `parquet:"ordered_at,timestamp(microsecond)"`
		Amount   float64   `parquet:"amount"`
	}
	datatest.PutText(t, "t/old.parquet", "")
	if err := parquet.WriteFile("t/old.parquet", []older{{"A", "1", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), 3}}); err != nil {
		t.Fatal(err)
	}
	linesFile(t, "t/new.parquet", 10, "B")
	datatest.PutText(t, "t/_delta_log/00000000000000000000.json", deltaHead+deltaAdd(t, "t", "old.parquet", "")+"\n"+deltaAdd(t, "t", "new.parquet", ""))
	wantBought(t, "t", "A 3.00 ", "B 10.00 web")
}

// Iceberg finds columns by id: a column that was renamed is read under its new
// name, one that was dropped is not, and a name given anew is not misread.
func TestInputFile_FindsColumnsOfIcebergByID(t *testing.T) {
	t.Chdir(t.TempDir())
	linesFile(t, "a.parquet", 10, "A")
	read := func(fields *tablelog.Fields) ([]string, error) {
		found, err := source.Find(fsys.OS(), []string{"a.parquet"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		found.Files[0].Fields = fields
		orders, err := Read(t.Context(), fsys.OS(), found, Options{Workers: 1})
		if err != nil {
			return nil, err
		}
		defer orders.Close()
		return orders.Columns, nil
	}
	have, err := read(&tablelog.Fields{Names: map[int32]string{1: "client", 2: "order_id", 3: "ordered_at", 4: "total", 7: "amount"}, Moved: "amount"})
	want := []string{"customer=client", "order=order_id", "time=ordered_at", "amount=total"}
	if err != nil || !slices.Equal(have, want) {
		t.Errorf("have %q, %v, want %q", have, err, want)
	}
	if a, b := (&source.File{Fields: &tablelog.Fields{Names: map[int32]string{1: "a"}}}).FieldsKey(), (&source.File{Fields: &tablelog.Fields{Names: map[int32]string{1: "b"}}}).FieldsKey(); a == b {
		t.Errorf("a store would take a renamed column for the old one: %q", a)
	}
	_, err = read(&tablelog.Fields{Names: map[int32]string{1: "customer_id", 3: "ordered_at"}})
	if err == nil || !strings.Contains(err.Error(), "no column for the amount") {
		t.Errorf("an amount that was dropped: have %v", err)
	}
	type plain struct {
		Customer string `parquet:"customer_id"`
	}
	if err := parquet.WriteFile("a.parquet", []plain{{"A"}}); err != nil {
		t.Fatal(err)
	}
	if _, err = read(&tablelog.Fields{Names: map[int32]string{1: "customer_id"}, Moved: "price"}); err == nil || !strings.Contains(err.Error(), `no field ids, and the table has given the name "price" anew`) {
		t.Errorf("a file without ids: have %v", err)
	}
}

// findFiles finds so many files of one source.
func findFiles(t *testing.T, from string, want int) source.Found {
	t.Helper()
	found, err := source.Find(fsys.OS(), []string{from}, 0)
	if err != nil || len(found.Files) != want {
		t.Fatalf("%s: %v, %v, want %d files", from, found.Files, err, want)
	}
	return found
}
