package csvimport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/data/parse"
	"winback/internal/datatest"
	"winback/internal/fsys"
)

// importText imports CSV texts by name and returns what happened and where.
func importText(t *testing.T, spec Spec, texts map[string]string) ([]File, string, error) {
	t.Helper()
	files, out := datatest.PutTexts(t, texts)
	imported, err := Import(context.Background(), fsys.OS(), files, out, spec)
	return imported, out, err
}

func TestImportCSV_HiddenNamesBecomeVisible(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"_x.csv", ".y.csv.gz.txt", "__.csv"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	imported, err := Import(context.Background(), fsys.OS(), files, filepath.Join(dir, "out"), Spec{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"x.parquet", "y.csv.gz.parquet", "orders.parquet"} {
		if have := filepath.Base(imported[i].Path); have != want {
			t.Errorf("%s became %s, want %s", files[i], have, want)
		}
	}
}

func TestImportCSV_FindsTypesFromWholeColumns(t *testing.T) {
	imported, out, err := importText(t, Spec{}, map[string]string{"a.csv": "" +
		"\ufeffcustomer_id,order_id,order_date,at,amount,quantity,note,big,compact_date,number\n" +
		"00012,1,1/13/2011,2011-01-13 10:05:00,29.3,2,\"a, \"\"b\"\"\nc\",0.1234567890123456789,20110113,20110113\n" +
		"123,2,2/11/2011,2011-02-11 10:05:00.5,-7,NA,,12345.5,20110211,20110211\n"})
	if err != nil {
		t.Fatal(err)
	}
	columns, cells := datatest.ParquetCells(t, filepath.Join(out, "a.parquet"))
	wantColumns := []string{"customer_id STRING", "order_id INT(64,true)", "order_date DATE", "at TIMESTAMP(isAdjustedToUTC=false,unit=MICROS)",
		"amount DECIMAL(18,2)", "quantity INT(64,true)?", "note STRING?", "big DOUBLE", "compact_date DATE", "number INT(64,true)"}
	if !reflect.DeepEqual(columns, wantColumns) {
		t.Errorf("columns\n%q, want\n%q", columns, wantColumns)
	}
	wantCells := [][]string{
		{"00012", "1", "14987", "1294913100000000", "2930", "2", "a, \"b\"\nc", "0.12345678901234568", "14987", "20110113"},
		{"123", "2", "15016", "1297418700500000", "-700", "<null>", "<null>", "12345.5", "15016", "20110211"},
	}
	if !reflect.DeepEqual(cells, wantCells) {
		t.Errorf("cells\n%q, want\n%q", cells, wantCells)
	}
	if got := imported[0].Columns[2].Type; got != "date, read as M/D/YYYY" {
		t.Errorf("order_date is said to be %q", got)
	}
	if got := imported[0].Columns[5].Empty; got != 1 || imported[0].Rows != 2 {
		t.Errorf("quantity has %d empty cells in %d rows, want 1 in 2", got, imported[0].Rows)
	}
}

func TestImportCSV_ReadsSemicolonsTabsBarsAndDecimalCommas(t *testing.T) {
	_, out, err := importText(t, Spec{}, map[string]string{
		"a.csv":    "kunde;betrag;datum\r\nA1;1.234,50;13.01.2011\r\nA2;7,5;14.01.2011\r\n",
		"shop.tsv": "customer\tamount\nA1\t1,234.50\nA2\t7\n",
		"bars.csv": "customer|amount\nA,1|1234.50\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][][]string{
		"a.parquet":    {{"A1", "123450", "14987"}, {"A2", "750", "14988"}},
		"shop.parquet": {{"A1", "123450"}, {"A2", "700"}},
		"bars.parquet": {{"A,1", "123450"}},
	} {
		if _, cells := datatest.ParquetCells(t, filepath.Join(out, name)); !reflect.DeepEqual(cells, want) {
			t.Errorf("%s: %q, want %q", name, cells, want)
		}
	}
}

func TestImportCSV_AllFilesDecideTogether(t *testing.T) {
	_, out, err := importText(t, Spec{}, map[string]string{
		"a.csv": "customer_id,order_date,amount\n1,2/11/2013,5\n",
		"b.csv": "customer_id,order_date,amount\nX2,25/11/2013,5.25\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	first, cells := datatest.ParquetCells(t, filepath.Join(out, "a.parquet"))
	second, _ := datatest.ParquetCells(t, filepath.Join(out, "b.parquet"))
	if !reflect.DeepEqual(first, second) {
		t.Errorf("columns %q and %q differ", first, second)
	}
	if want := [][]string{{"1", "16011", "500"}}; !reflect.DeepEqual(cells, want) {
		t.Errorf("%q, want %q (2 November)", cells, want)
	}
}

func TestImportCSV_DateFormatDecidesUnclearDates(t *testing.T) {
	text := map[string]string{"a.csv": "customer_id,order_date\nA,2/11/2013\nB,3/12/2014\n"}
	_, out, err := importText(t, Spec{}, text)
	want := `a.csv: column "order_date": dates such as "2/11/2013" fit several orders; say which: ` +
		`--date-format D/M/YYYY (the column then runs from 2013-11-02 to 2014-12-03) or --date-format M/D/YYYY (the column then runs from 2013-02-11 to 2014-03-12)`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Error("the output folder was made all the same")
	}
	_, out, err = importText(t, Spec{Dates: parse.MonthFirst}, text)
	if err != nil {
		t.Fatal(err)
	}
	if _, cells := datatest.ParquetCells(t, filepath.Join(out, "a.parquet")); cells[0][1] != "15747" {
		t.Errorf("cells %q, want 11 February", cells)
	}
}

// Years of two digits are told from days by how far the column then reaches.
func TestImportCSV_YearsOfTwoDigitsAreNoDays(t *testing.T) {
	for name, text := range map[string]string{"year first": "24-01-13\n24-02-01\n25-12-31\n", "day first": "13.01.24\n01.02.24\n31.12.25\n"} {
		_, out, err := importText(t, Spec{}, map[string]string{"a.csv": "order_date\n" + text})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, cells := datatest.ParquetCells(t, filepath.Join(out, "a.parquet"))
		if want := [][]string{{"19735"}, {"19754"}, {"20453"}}; !reflect.DeepEqual(cells, want) {
			t.Errorf("%s: %q, want %q", name, cells, want)
		}
	}
	_, _, err := importText(t, Spec{}, map[string]string{"a.csv": "order_date\n24-01-02\n"})
	if err == nil || !strings.Contains(err.Error(), "--date-format D/M/YYYY (the column then runs from 2002-01-24 to 2002-01-24) or --date-format YYYY-MM-DD (the column then runs from 2024-01-02 to 2024-01-02)") {
		t.Errorf("one date: %v", err)
	}
}

func TestImportCSV_NamesFileLineAndColumnOfWhatIsWrong(t *testing.T) {
	good := "customer_id,order_date,amount\nA,2011-01-13,5\nB,2011-01-14,5\n"
	tests := map[string]struct{ text, want string }{
		"empty file":      {"", `a.csv: the file is empty; the first line must hold the column names`},
		"no names":        {"CS1,2/11/2013,35\nCS2,2/12/2013,36\n", `line 1: want the column names, found values; add a first line such as customer_id,order_date,amount`},
		"name twice":      {"a,b,a\n1,2,3\n", `line 1: columns 1 and 3 are both named "a"; want each name once`},
		"a title above":   {"Orders of May\n" + good, `line 1 has one cell, "Orders of May", and line 2 has 3: take off titles that stand above the column names`},
		"cells missing":   {good + "C,2011-01-15\nD,1,2,3\n", `line 4: want 3 cells as in the first line, found 2; line 5: want 3 cells as in the first line, found 4`},
		"bad amount":      {good + "C,2011-01-15,five\n", `line 4, column 3 "amount": want a number as in the other rows, found "five"`},
		"bad date":        {good + "C,2011-02-30,5\n", `line 4, column 2 "order_date": want a date as in the other rows, found "2011-02-30"`},
		"open quote":      {good + "\"C,2011-01-15,5\n", `line 4, character 17: the quoted cell that starts in line 4 has no proper end; want "" for a quote inside of it`},
		"bare quote":      {good + "C\"x,2011-01-15,5\n", `line 4, character 2: a quote in a cell that is not quoted; want the whole cell in quotes and "" for the quote inside`},
		"latin 1":         {good + "M\xfcller,2011-01-15,5\n", `line 4, column 1 "customer_id": want UTF-8 text, found other bytes (in a spreadsheet: save as CSV UTF-8)`},
		"utf-16":          {"\xff\xfea\x00,\x00", `is written in UTF-16; want UTF-8 (in a spreadsheet: save as CSV UTF-8)`},
		"spreadsheet":     {"PK\x03\x04....", `is a zip file or a spreadsheet; want CSV text (in a spreadsheet: save as CSV UTF-8)`},
		"parquet":         {"PAR1....", `is a Parquet file already; give it to winback run as it is`},
		"quote inside":    {good + "\"C\"x,2011-01-15,5\n", `line 4, character 3: the quoted cell that starts in line 4 has no proper end`},
		"mixed orders":    {"id,order_date\nA,13/1/2011\nB,1/14/2011\n", `column "order_date" mixes dates: "1/14/2011" in line 3 cannot be day/month/year, "13/1/2011" in line 2 of `},
		"mixed zones":     {"id,order_date\nA,2011-01-13 10:00Z\nB,2011-01-13 10:00\n", `column "order_date" mixes times with a zone ("2011-01-13 10:00Z" in line 2) and without ("2011-01-13 10:00" in line 3 of `},
		"truncated gzip":  {string(gzipped(good)[:20]), `unexpected EOF`},
		"many rows short": {good + strings.Repeat("C\n", 9), `; and 4 more`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, out, err := importText(t, Spec{}, map[string]string{"a.csv": test.text})
			var input *data.InputError
			if !errors.As(err, &input) || input.ExitCode() != 3 || !strings.Contains(err.Error(), test.want) || filepath.Base(input.Path) != "a.csv" {
				t.Errorf("error %v, want an *InputError of a.csv with: %s", err, test.want)
			}
			if entries, _ := os.ReadDir(out); len(entries) > 0 {
				t.Errorf("left %v in the output folder", entries)
			}
		})
	}
	if _, _, err := importText(t, Spec{Dates: parse.DayFirst}, map[string]string{"a.csv": "id,order_date\nA,1/13/2011\n"}); err == nil ||
		!strings.Contains(err.Error(), `line 2, column 2 "order_date": want a date written D/M/YYYY, found "1/13/2011"`) {
		t.Errorf("wrong order given: %v", err)
	}
	if _, err := Import(context.Background(), fsys.OS(), []string{"nowhere.csv"}, t.TempDir(), Spec{}); err == nil || err.Error() != "read nowhere.csv: no such file" {
		t.Errorf("missing file: %v", err)
	}
	if _, _, err := importText(t, Spec{}, map[string]string{"a.csv": good, "a.csv.gz": string(gzipped(good))}); err == nil || !strings.Contains(err.Error(), "import them into different folders") {
		t.Errorf("two files of one name: %v", err)
	}
}

func TestImportCSV_LeavesIDsAlone(t *testing.T) {
	ids := [][]string{{"007", "123"}, {"12345678901234567890", "1"}, {"1E5", "2E6"}, {"20110101", "20110102"}, {"+1", "2"}, {"536365", "C536366"}, {"none", "7"}}
	for _, values := range ids {
		_, out, err := importText(t, Spec{}, map[string]string{"a.csv": "invoice,amount\n" + values[0] + ",1\n" + values[1] + ",2\n"})
		if err != nil {
			t.Errorf("%q: %v", values, err)
			continue
		}
		_, cells := datatest.ParquetCells(t, filepath.Join(out, "a.parquet"))
		want := values[0]
		if want == "none" {
			want = "<null>"
		}
		if cells[0][0] != want || cells[1][0] != values[1] {
			t.Errorf("%q became %q", values, cells)
		}
	}
}

func TestImportCSV_RunAgainGivesTheSameBytes(t *testing.T) {
	var text strings.Builder
	text.WriteString("customer_id,order_date,amount\n")
	day := time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3000 {
		text.WriteString("C" + string(rune('A'+i%26)) + "," + day.AddDate(0, 0, i%700).Format("1/2/2006") + ",1.5\n")
	}
	_, plain, err := importText(t, Spec{}, map[string]string{"a.csv": text.String()})
	if err != nil {
		t.Fatal(err)
	}
	_, zipped, err := importText(t, Spec{}, map[string]string{"a.csv.gz": string(gzipped(text.String()))})
	if err != nil {
		t.Fatal(err)
	}
	first, _ := os.ReadFile(filepath.Join(plain, "a.parquet"))
	second, _ := os.ReadFile(filepath.Join(zipped, "a.parquet"))
	if len(first) == 0 || !bytes.Equal(first, second) {
		t.Errorf("files of %d and %d bytes differ", len(first), len(second))
	}
}

func TestImportCSV_StopsWhenCanceled(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(file, []byte("customer_id\nA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Import(ctx, fsys.OS(), []string{file}, filepath.Join(dir, "out"), Spec{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestImportCSV_RealFiles(t *testing.T) {
	tests := []struct {
		file    string
		columns []string
		first   []string
		rows    int64
	}{
		{"cdnow_sample.csv.gz", []string{"customer_id_master STRING", "customer_id STRING", "order_date DATE", "quantity INT(64,true)", "amount DECIMAL(18,2)"},
			[]string{"00004", "0001", "9862", "2", "2933"}, 6919},
		{"negative_control_transactions.csv.gz", []string{"customer_id STRING", "trans_date DATE", "tran_amount INT(64,true)"},
			[]string{"CS5295", "15747", "35"}, 125000},
	}
	for _, test := range tests {
		path := filepath.Join("..", "..", "shared", "data", test.file)
		if _, err := os.Stat(path); err != nil {
			t.Skipf("%s is not there", path)
		}
		out := t.TempDir()
		imported, err := Import(context.Background(), fsys.OS(), []string{path}, out, Spec{})
		if err != nil {
			t.Fatal(err)
		}
		columns, cells := datatest.ParquetCells(t, imported[0].Path)
		if !reflect.DeepEqual(columns, test.columns) || !reflect.DeepEqual(cells[0], test.first) || imported[0].Rows != test.rows || int64(len(cells)) != test.rows {
			t.Errorf("%s: %d rows, columns %q, first %q", test.file, len(cells), columns, cells[0])
		}
	}
}

func gzipped(text string) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func FuzzImportCSV(f *testing.F) {
	f.Add("customer_id,order_date,amount\nA,1/13/2011,5\n")
	f.Add("a;b\n1,5;\"x\n\"\n")
	dir := f.TempDir()
	file := filepath.Join(dir, "a.csv")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		imported, err := Import(context.Background(), fsys.OS(), []string{file}, filepath.Join(dir, "out"), Spec{})
		var input *data.InputError
		if err != nil && !errors.As(err, &input) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && imported[0].Rows > 0 {
			datatest.ParquetCells(t, imported[0].Path)
		}
	})
}
