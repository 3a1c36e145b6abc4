package orders

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/csvimport"
	"winback/data/parse"
	"winback/internal/datatest"
	"winback/internal/fsys"
)

// numberColumns are columns as exports write them, all of the same numbers.
var numberColumns = map[string][]string{
	"decimal point":          {"1408.40", "-1234567.05", "12.00", "-.5"},
	"decimal comma":          {"1408,40", "-1234567,05", "12,00", "-0,5"},
	"point and comma":        {"1.408,40", "-1.234.567,05", "12", "-0,50"},
	"comma and point":        {"1,408.40", "-1,234,567.05", "12", "-0.50"},
	"blanks":                 {"1 408,40", "-1 234 567,05", " 12,00 ", "-0,50"},
	"no-break blanks":        {"1\u00a0408,40", "-1\u00a0234\u00a0567,05", "12,00", "-0,50"},
	"thin blanks":            {"1\u202f408,40", "-1\u202f234\u202f567,05", "12,00", "- 0,50"},
	"apostrophes":            {"1'408.40", "-1’234’567.05", "12.00", "-0.50"},
	"lakh":                   {"1,408.40", "-12,34,567.05", "12.00", "-0.50"},
	"currency in front":      {"$1,408.40", "-$1,234,567.05", "$12", "$-0.50"},
	"currency and brackets":  {"$1,408.40", "($1,234,567.05)", "$12", "$(0.50)"},
	"currency behind":        {"1.408,40 €", "-1.234.567,05 €", "12,00 EUR", "0,50- €"},
	"currency of letters":    {"R$ 1.408,40", "-R$ 1.234.567,05", "R$12", "R$ -0,50"},
	"code in front":          {"EUR 1.408,40", "EUR -1.234.567,05", "EUR12", "-EUR 0,50"},
	"abbreviated":            {"1 408,40 kr.", "-1 234 567,05 kr.", "12,00 kr.", "-0,50 KR"},
	"minus behind":           {"1.408,40", "1.234.567,05-", "12,00+", "0,50-"},
	"brackets":               {"1408.40", "(1234567.05)", "12.00", "(0.50)"},
	"minus of typesetters":   {"1408.40", "\u22121234567.05", "12.00", "\u22120.50"},
	"plus":                   {"+1408.40", "-1234567.05", "+12.00", "-0.50"},
	"scientific":             {"1.4084e+03", "-1.23456705E6", "1.2e1", "-5e-1"},
	"scientific with commas": {"1,4084e+03", "-1,23456705E6", "1,2e1", "-5e-1"},
}

// Every way to write the numbers of a column gives the same amounts, as text in
// Parquet and through import.
func TestNumbers_EveryNotationOfAColumnIsReadWhole(t *testing.T) {
	want := []int64{1408_4000, -1234567_0500, 12_0000, -5000}
	for name, texts := range numberColumns {
		t.Run(name, func(t *testing.T) {
			amounts, err := textAmounts(t, Options{}, texts...)
			if err != nil || fmt.Sprint(amounts) != fmt.Sprint(want) {
				t.Errorf("Parquet: %v, %v; want %v", amounts, err, want)
			}
			csv := "customer_id;amount\n"
			for _, text := range texts {
				csv += "A;\"" + text + "\"\n"
			}
			_, out, err := importedText(t, csvimport.Spec{}, map[string]string{"a.csv": csv})
			if err != nil {
				t.Fatal(err)
			}
			columns, cells := datatest.ParquetCells(t, out+"/a.parquet")
			if fmt.Sprint(cells) != "[[A 140840] [A -123456705] [A 1200] [A -50]]" || columns[1] != "amount DECIMAL(18,2)" {
				t.Errorf("import: %s %v", columns[1], cells)
			}
		})
	}
}

// textAmounts reads texts as the amounts of a column, in the order of the texts,
// spread over two files, once in dictionaries and once plain.
func textAmounts(t *testing.T, opts Options, texts ...string) (amounts []int64, err error) {
	t.Helper()
	for _, node := range []parquet.Node{parquet.String(), parquet.Encoded(parquet.String(), &parquet.RLEDictionary)} {
		dir, lines := t.TempDir(), testLines(len(texts))
		for i := range lines {
			lines[i].customer, lines[i].quantity, lines[i].micros = fmt.Sprintf("c%02d", i), data.MoneyScale, int64(13_000+i)*data.MicrosPerDay
		}
		f := plainFile().without(data.Price)
		at := 0
		f.columns[data.Amount] = &orderColumn{"amount", node, func(*testLine) parquet.Value { at++; return parquet.ByteArrayValue([]byte(texts[at-1])) }}
		half := len(lines) / 2
		f.write(t, dir, "a.parquet", lines[:half])
		f.write(t, dir, "b.parquet", lines[half:])
		r, err := readOrders(t, opts, dir)
		if err != nil {
			return nil, err
		}
		amounts = nil
		for _, l := range r.lines {
			amounts = append(amounts, int64(l.amount))
		}
	}
	return amounts, nil
}

func TestNumbers_WhatTwoReadingsFitIsAskedFor(t *testing.T) {
	texts := []string{"1,408", "408", "12,000", "-3,100"}
	_, err := textAmounts(t, Options{}, texts...)
	want := `column "amount": every number fits two readings, such as "1,408"; say which: --decimal comma (it is 1.408) or --decimal point (1408)`
	var input *data.InputError
	if !errors.As(err, &input) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("Parquet: %v, want %s", err, want)
	}
	_, _, err = importedText(t, csvimport.Spec{}, map[string]string{"a.csv": "customer_id;amount\nA;408\nA;1,408\n"})
	if want = strings.Replace(want, `"1,408";`, `"1,408" in line 3;`, 1); !errors.As(err, &input) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("import: %v, want %s", err, want)
	}
	for sign, want := range map[parse.DecimalSign]string{parse.DecimalPoint: "[14080000 4080000 120000000 -31000000]", parse.DecimalComma: "[14080 4080000 120000 -31000]"} {
		if amounts, err := textAmounts(t, Options{Decimal: sign}, texts...); err != nil || fmt.Sprint(amounts) != want {
			t.Errorf("--decimal %s: %v, %v; want %s", sign, amounts, err, want)
		}
	}
	for sign, want := range map[parse.DecimalSign]string{parse.DecimalPoint: "[[A 1408]]", parse.DecimalComma: "[[A 1408]]"} {
		_, out, err := importedText(t, csvimport.Spec{Decimal: sign}, map[string]string{"a.csv": "customer_id;amount\nA;1,408\n"})
		if err != nil {
			t.Fatal(err)
		}
		columns, cells := datatest.ParquetCells(t, out+"/a.parquet")
		kind := map[parse.DecimalSign]string{parse.DecimalPoint: "amount INT(64,true)", parse.DecimalComma: "amount DECIMAL(18,3)"}[sign]
		if fmt.Sprint(cells) != want || columns[1] != kind {
			t.Errorf("import --decimal %s: %s %v, want %s %s", sign, columns[1], cells, kind, want)
		}
	}
}

// One value that only one reading fits decides for the whole column, in
// whichever file it stands.
func TestNumbers_OneValueDecidesForAllFiles(t *testing.T) {
	for last, want := range map[string]string{"0,5": "[14080 20000 5000]", "0.5": "[14080000 20000000 5000]", "1,408,000": "[14080000 20000000 14080000000]"} {
		if amounts, err := textAmounts(t, Options{}, "1,408", "2,000", last); err != nil || fmt.Sprint(amounts) != want {
			t.Errorf("with %s: %v, %v; want %s", last, amounts, err, want)
		}
	}
}

func TestNumbers_ColumnsThatDisagreeAreRefused(t *testing.T) {
	for want, texts := range map[string][]string{
		`column "amount" mixes numbers: "12.50" has a decimal point, "12,50" a decimal comma`: {"12.50", "12,50", "1"},
		`column "amount" as amount: not one value is a number, such as "12.00 DR"`:            {"12.00 DR", "12.00 CR", "0.50 DR"},
		`column "amount" mixes currencies: "€5" and "5 USD"; want one currency in a column`:   {"€5", "5 USD", "3"},
	} {
		if _, err := textAmounts(t, Options{}, texts...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parquet: %v, want %s", err, want)
		}
	}
	if _, _, err := importedText(t, csvimport.Spec{}, map[string]string{"a.csv": "customer_id;amount\nA;12.50\nA;12,50\n"}); err == nil ||
		!strings.Contains(err.Error(), `column "amount" mixes numbers: "12.50" in line 2 has a decimal point, "12,50" in line 3 a decimal comma`) {
		t.Errorf("import: %v", err)
	}
}

func TestNumbers_WhatIsNoNumberIsNone(t *testing.T) {
	for _, text := range []string{"12.00 CR", "1.2.3", "1,23.4", "12,3456,789.00", "0,123.40", "1 23,4", "1'234 567.5", "--1", "(1", "1)", "-(1)", "1-2", "5 % ", "€ 5 $", "abc", "5e", "1e+", "1,408e3", "€", "()", "1..2"} {
		point, okPoint := parse.PlainNumber(text, parse.DecimalPoint)
		comma, okComma := parse.PlainNumber(text, parse.DecimalComma)
		if okPoint || okComma && text != "1,408e3" && text != "12,3456,789.00" {
			t.Errorf("%q is read as %q or %q", text, point, comma)
		}
	}
}

// Phone numbers and the like in a column that no name calls a number stay text.
func TestImportCSV_DressedNumbersAreTextElsewhere(t *testing.T) {
	for _, cell := range []string{"030 123 456", "1,408", "$5", "(5)", "5-", "1.5E+3"} {
		_, out, err := importedText(t, csvimport.Spec{}, map[string]string{"a.csv": "customer_id;note\nA;\"" + cell + "\"\n"})
		if err != nil {
			t.Fatal(err)
		}
		if columns, cells := datatest.ParquetCells(t, out+"/a.parquet"); columns[1] != "note STRING" || cells[0][1] != cell {
			t.Errorf("%q became %s %q", cell, columns[1], cells[0][1])
		}
	}
}

func FuzzNumberText(f *testing.F) {
	for _, texts := range numberColumns {
		for _, text := range texts {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, sign := range []parse.DecimalSign{parse.DecimalPoint, parse.DecimalComma} {
			if plain, ok := parse.PlainNumber(text, sign); ok {
				if again, ok := parse.PlainNumber(plain, parse.DecimalPoint); !ok || again != plain {
					t.Errorf("%q is %q, which is %q", text, plain, again)
				}
			}
		}
	})
}

// importedText imports CSV texts by name and returns what happened and where.
func importedText(t *testing.T, spec csvimport.Spec, texts map[string]string) ([]csvimport.File, string, error) {
	t.Helper()
	files, out := datatest.PutTexts(t, texts)
	imported, err := csvimport.Import(context.Background(), fsys.OS(), files, out, spec)
	return imported, out, err
}
