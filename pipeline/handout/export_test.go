package handout

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/plan"
)

// hostileTexts would be formulas, or break out of their cell, in some reader.
var hostileTexts = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "－1", `=cmd|' /C calc'!A0`, `=HYPERLINK("http://x";"y")`,
	"a;=1+1", "a\t=1", "a\n=1", `"=1"`, "a,-1", "\u00a0=1", "x\"y,z", "<b>&amp;", "00012", "1E5", "Zoë", "a\u0000b", "a\xffb", "🙂",
}

func exportRows(n int) []tables.ContactRow {
	rows := make([]tables.ContactRow, n)
	for i := range rows {
		rows[i] = tables.ContactRow{
			Rank: int64(i*2 + 1), Group: int32(i/3 + 1), RankInGroup: int64(i%3 + 1), CustomerID: "C" + strconv.Itoa(i),
			Probability: 0.5 / float64(i+1), ExpectedSpend: 61.5, ExpectedMargin: math.NaN(), RecencyDays: 90 + int64(i), Orders: 3,
			Monetary: 1234500, LastPurchaseDay: 13000, Stage: "sleeping", PreferredChannel: []string{"web", "phone"}[i%2],
			Reason: "bought 3 times; last 90 days ago",
		}
	}
	rows[0].ExpectedMargin = -3.25
	rows[0].When = tables.When{Weekday: "Friday", WaitUntil: 13007, WaitReason: "bought then"}
	rows[n-1].PreferredHour = new(int32(7))
	rows[0].Shown = tables.Shown{Products: [3]string{"=1+1", "a,b"}, Kinds: [3]string{"again", "hot"}, Reason: "bought on 3 days"}
	return rows
}

func sequence(rows []tables.ContactRow) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

var testAbout = About{Title: "Recall list", Run: "2007-11-15-1", AsOf: 13832, HorizonDays: 60, Selection: "all groups", Currency: "EUR", Groups: []tables.GroupRow{
	{Group: 1, Name: "=Recent, repeat buyers", Rule: "2 or more orders", ContactCustomers: 3, CumulativeContacts: 3, Probability: 0.25, ProbabilityLow: 0.2, ProbabilityHigh: 0.3, ExpectedReturns: 0.75,
		CumulativeExpectedReturns: 0.75, ExpectedSpend: 61.5, ContactCost: math.NaN(), Recommended: true, RecommendedContacts: 3},
	{Group: 2, Name: "Others", Rule: "1 order", ContactCustomers: 3, CumulativeContacts: 6, Probability: 0.05, ProbabilityLow: math.NaN(), ProbabilityHigh: math.NaN(), ExpectedReturns: 0.15,
		CumulativeExpectedReturns: 0.9, ExpectedSpend: 50, ContactCost: math.NaN(), RecommendedToRank: tables.Unknown, Note: "reached: 1 of 1 expected returns after group 1; not needed"},
}}

func exported(t *testing.T, format Format, rows []tables.ContactRow) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := Export(&out, format, sequence(rows), testAbout)
	if err != nil || n != int64(len(rows)) {
		t.Fatalf("%s: %d rows, %v", format, n, err)
	}
	return out.Bytes()
}

func TestExport_SameRowsGiveSameBytes(t *testing.T) {
	for _, format := range ExportFormats() {
		first := exported(t, format, exportRows(50))
		for range 3 {
			if !bytes.Equal(first, exported(t, format, exportRows(50))) {
				t.Errorf("%s differs from run to run", format)
			}
		}
	}
}

func TestExportCSV_WritesNamesAndPlainValues(t *testing.T) {
	text := string(exported(t, CSV, exportRows(2)))
	want := "rank,group,rank_in_group,customer_id,probability,expected_spend,expected_margin,recency_days,orders,monetary,last_purchase_day,stage,preferred_channel,reason,preferred_hour,show_1,show_2,show_3,show_kind_1,show_kind_2,show_kind_3,show_reason,preferred_weekday,wait_until,wait_reason\r\n" +
		"1,1,1,C0,0.5,61.5,-3.25,90,3,123.45,2005-08-05,sleeping,web,\"bought 3 times; last 90 days ago\",,'=1+1,\"a,b\",,again,hot,,bought on 3 days,Friday,2005-08-12,bought then\r\n" +
		"3,1,2,C1,0.25,61.5,,91,3,123.45,2005-08-05,sleeping,phone,\"bought 3 times; last 90 days ago\",7,,,,,,,,,,\r\n"
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestExportCSV_NoCellBecomesAFormula(t *testing.T) {
	rows := exportRows(len(hostileTexts))
	for i, text := range hostileTexts {
		rows[i].CustomerID, rows[i].PreferredChannel, rows[i].Reason = text, text, text
	}
	text := exported(t, CSV, rows)
	// A spreadsheet set to another separator cuts the lines elsewhere.
	for _, separator := range ",;\t" {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator, -1, true
		records, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			for _, cell := range record {
				bare := strings.TrimLeft(cell, " \u00a0\"")
				if _, err := strconv.ParseFloat(cell, 64); err == nil || bare == "" {
					continue
				}
				if first := []rune(bare)[0]; strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
					t.Errorf("separated by %q: cell %q starts with %q", separator, cell, first)
				}
			}
		}
	}
}

func TestExportCSV_IsReadBackByAnOrdinaryReader(t *testing.T) {
	rows := exportRows(4)
	rows[0].CustomerID, rows[1].CustomerID, rows[2].CustomerID, rows[3].CustomerID = `x"y,z`, "00012", "=1", " a b "
	records, err := csv.NewReader(bytes.NewReader(exported(t, CSV, rows))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, record := range records[1:] {
		ids = append(ids, record[3])
	}
	if want := []string{`x"y,z`, "00012", "'=1", " a b "}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
}

func TestExportJSON_IsOneArrayOfTypedValues(t *testing.T) {
	rows := exportRows(2)
	rows[0].CustomerID = "=1 \"<\xff"
	rows[1].PreferredChannel = ""
	text := exported(t, JSON, rows)
	var got []map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if len(got) != 2 || got[0]["customer_id"] != "=1 \"<\ufffd" || got[0]["expected_margin"] != -3.25 || got[1]["expected_margin"] != nil ||
		got[1]["preferred_channel"] != nil || got[0]["rank"] != 1.0 || got[0]["last_purchase_day"] != "2005-08-05" || len(got[0]) != len(exportColumns()) {
		t.Errorf("got %v", got)
	}
	if lines := bytes.Count(text, []byte("\n")); lines != 4 {
		t.Errorf("%d lines, want one per customer and the brackets:\n%s", lines, text)
	}
	if err := json.Unmarshal(exported(t, JSON, nil), &got); err != nil || len(got) != 0 {
		t.Errorf("no rows: %v, %v", got, err)
	}
}

func TestExportParquet_IsReadBackAsWritten(t *testing.T) {
	rows := exportRows(7)
	content := exported(t, Parquet, rows)
	var got []tables.ContactRow
	for row, err := range tables.ReadContacts(bytes.NewReader(content), int64(len(content))) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if len(got) != 7 || got[6].CustomerID != "C6" || got[0].ExpectedMargin != -3.25 || !math.IsNaN(got[1].ExpectedMargin) {
		t.Errorf("got %+v", got)
	}
}

func TestExportXLSX_HasTypedCellsAndNoFormulas(t *testing.T) {
	rows := exportRows(len(hostileTexts))
	for i, text := range hostileTexts {
		rows[i].CustomerID = text
	}
	book, err := excelize.OpenReader(bytes.NewReader(exported(t, XLSX, rows)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if sheets := book.GetSheetList(); !slices.Equal(sheets, []string{"Groups", "Recall list", "About"}) {
		t.Errorf("sheets %q", sheets)
	}
	for i, text := range hostileTexts {
		cell := "D" + strconv.Itoa(i+2)
		if formula, err := book.GetCellFormula("Recall list", cell); err != nil || formula != "" {
			t.Errorf("%s has the formula %q, %v", cell, formula, err)
		}
		kind, err := book.GetCellType("Recall list", cell)
		if err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of type %v, %v; want text", cell, kind, err)
		}
		// XML has no place for some characters.
		want := strings.NewReplacer("\x00", "\ufffd", "\xff", "\ufffd", "\r", "\n").Replace(text)
		got, err := book.GetCellValue("Recall list", cell)
		if err != nil || strings.ReplaceAll(got, "\r", "\n") != want {
			t.Errorf("%s is %q, %v; want %q", cell, got, err, want)
		}
	}
	for cell, want := range map[string]string{"A1": "rank", "A2": "1", "E2": "50.0%", "F2": "61.50 EUR", "G2": "-3.25 EUR", "G3": "", "J2": "123.45 EUR", "K2": "2005-08-05", "N1": "reason"} {
		if got, err := book.GetCellValue("Recall list", cell); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", cell, got, err, want)
		}
	}
	panes, err := book.GetPanes("Recall list")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	for cell, want := range map[string]string{"B2": "2007-11-15-1", "B3": "2007-11-15", "B5": strconv.Itoa(len(rows)), "A8": "rank", "B12": "Chance of a purchase within 60 days from the as-of day, contacted or not."} {
		if got, err := book.GetCellValue("About", cell); err != nil || got != want {
			t.Errorf("About %s is %q, %v; want %q", cell, got, err, want)
		}
	}
	props, err := book.GetDocProps()
	if err != nil || props.Created != "2007-11-15T00:00:00Z" || props.Creator != "winback" {
		t.Errorf("properties %+v, %v", props, err)
	}
}

func TestExportXLSX_WithoutRowsIsAWorkbook(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(exported(t, XLSX, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got, err := book.GetCellValue("Recall list", "D1"); err != nil || got != "customer_id" {
		t.Errorf("D1 is %q, %v", got, err)
	}
}

func TestExportFilter_TakesTheFirstThatPass(t *testing.T) {
	rows := exportRows(12) // groups 1 to 4 of three, channels in turn
	for name, test := range map[string]struct {
		filter Filter
		want   []string
	}{
		"all of two groups": {Filter{Groups: []int{1, 3}}, []string{"C0", "C1", "C2", "C6", "C7", "C8"}},
		"top":               {Filter{Top: 2}, []string{"C0", "C1"}},
		"channel, then top": {Filter{Channel: "phone", Top: 3}, []string{"C1", "C3", "C5"}},
		"suppressed":        {Filter{Groups: []int{1}, Suppressed: plan.NewSuppressions([]string{"C0", "C2"})}, []string{"C1"}},
		"no such group":     {Filter{Groups: []int{9}}, nil},
	} {
		var got []string
		for row, err := range test.filter.Select(sequence(rows)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row.CustomerID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestExport_PassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	rows := func(yield func(tables.ContactRow, error) bool) { yield(tables.ContactRow{}, broken) }
	for _, format := range ExportFormats() {
		if _, err := Export(&bytes.Buffer{}, format, rows, testAbout); !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
	}
	if _, err := Export(&bytes.Buffer{}, "pdf", rows, testAbout); err == nil {
		t.Error("format pdf is no error")
	}
	for _, format := range []Format{CSV, XLSX, Parquet, JSON} {
		if _, err := Export(fullDiskWriter{}, format, sequence(exportRows(3)), testAbout); !errors.Is(err, errExportDisk) {
			t.Errorf("%s on a full disk: %v", format, err)
		}
	}
}

var errExportDisk = errors.New("disk full")

type fullDiskWriter struct{}

func (fullDiskWriter) Write([]byte) (int, error) { return 0, errExportDisk }

func TestSelect_WhoWaitsForALaterDay(t *testing.T) {
	rows := exportRows(6)
	rows[2].WaitUntil, rows[4].WaitUntil = 13001, 13020
	for due, want := range map[data.Day]struct{ taken, later int64 }{0: {6, 3}, 13001: {4, 2}, 13007: {5, 1}, 13020: {6, 0}} {
		later := int64(99)
		f := Filter{Waiting: Waiting{Due: due, Later: &later}}
		for range 2 { // lists are read twice for contact data
			taken := int64(0)
			for range f.Select(sequence(rows)) {
				taken++
			}
			if taken != want.taken || later != want.later {
				t.Errorf("due %d: %d taken, %d later; want %+v", due, taken, later, want)
			}
		}
	}
	var between []string
	for row := range (Filter{Waiting: Waiting{From: 13002, Due: 13020}}).Select(sequence(rows)) {
		between = append(between, row.CustomerID)
	}
	if !slices.Equal(between, []string{rows[0].CustomerID, rows[4].CustomerID}) {
		t.Errorf("due from 13002 to 13020: %v", between)
	}
	first := Filter{First: map[int]int64{1: 1}, Waiting: Waiting{Due: 13000}}
	for row := range first.Select(sequence(rows)) {
		if row.Group == 1 {
			t.Errorf("%s is beyond the plan's part of its group", row.CustomerID)
		}
	}
}
