package pipeline

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"testing"

	"winback/data"
)

func testDeadlines() []data.Deadline {
	return []data.Deadline{
		{CustomerID: "=1+1", Stage: "active", NextStage: "silent", LastDay: 13000, RecencyDays: 45, Value: 125_000, FirstOrderValue: 125_000, ValueClass: "high", ABC: "A", DueProduct: "oil"},
		{CustomerID: "opted-out", Stage: "silent", NextStage: "sleeping", LastDay: 13001, DaysLeft: 1, RecencyDays: 89, ValueClass: "low", ABC: "C"},
		{CustomerID: "c", Stage: "silent", NextStage: "sleeping", LastDay: 13002, DaysLeft: 2, RecencyDays: 88, Value: 5, ValueClass: "low", ABC: "C"},
	}
}

func deadlineRows(rows []data.Deadline) iter.Seq2[data.Deadline, error] {
	return func(yield func(data.Deadline, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestExportDeadlines_EveryFormatWithoutTheSuppressed(t *testing.T) {
	rows := SelectDeadlines(deadlineRows(testDeadlines()), NewSuppressions([]string{"opted-out"}), 0)
	for _, format := range ExportFormats() {
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			if n, err := ExportDeadlines(b, format, rows, ExportAbout{Title: "Deadlines", Run: "r", AsOf: 13000}); err != nil || n != 2 {
				t.Fatalf("%s: %d rows, %v", format, n, err)
			}
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: the same rows give other bytes", format)
		}
		if strings.Contains(first.String(), "opted-out") {
			t.Errorf("%s: a suppressed customer is handed out", format)
		}
		switch format {
		case ExportCSV:
			if !strings.Contains(first.String(), "\r\n'=1+1,active,silent,2005-08-05,0,45,12.5,12.5,high,A,oil\r\n") {
				t.Errorf("CSV is %q", first.String())
			}
		case ExportParquet:
			var got []data.Deadline
			for row, err := range data.ReadDeadlines(bytes.NewReader(first.Bytes()), int64(first.Len())) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, row)
			}
			want := testDeadlines()
			if !slices.Equal(got, []data.Deadline{want[0], want[2]}) {
				t.Errorf("read back %+v", got)
			}
		}
	}
	taken := 0
	for range SelectDeadlines(deadlineRows(testDeadlines()), nil, 1) {
		taken++
	}
	if taken != 1 {
		t.Errorf("--top 1 takes %d", taken)
	}
}
