package handout

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"testing"

	"winback/data/tables"
	"winback/pipeline/plan"
)

func testDeadlines() []tables.Deadline {
	return []tables.Deadline{
		{CustomerID: "=1+1", Stage: "active", NextStage: "silent", LastDay: 13000, RecencyDays: 45, Value: 125_000, FirstOrderValue: 125_000, ValueClass: "high", ABC: "A", DueProduct: "oil"},
		{CustomerID: "opted-out", Stage: "silent", NextStage: "sleeping", LastDay: 13001, DaysLeft: 1, RecencyDays: 89, ValueClass: "low", ABC: "C"},
		{CustomerID: "c", Stage: "silent", NextStage: "sleeping", LastDay: 13002, DaysLeft: 2, RecencyDays: 88, Value: 5, ValueClass: "low", ABC: "C"},
	}
}

func deadlineRows(rows []tables.Deadline) iter.Seq2[tables.Deadline, error] {
	return func(yield func(tables.Deadline, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestExportDeadlines_EveryFormatWithoutTheSuppressed(t *testing.T) {
	rows := SelectDeadlines(deadlineRows(testDeadlines()), plan.NewSuppressions([]string{"opted-out"}), 0, Waiting{})
	for _, format := range ExportFormats() {
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			if n, err := ExportDeadlines(b, format, rows, About{Title: "Deadlines", Run: "r", AsOf: 13000}); err != nil || n != 2 {
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
		case CSV:
			if !strings.Contains(first.String(), "\r\n'=1+1,active,silent,2005-08-05,0,45,12.5,12.5,high,A,oil,,,,,,,,,,\r\n") {
				t.Errorf("CSV is %q", first.String())
			}
		case Parquet:
			var got []tables.Deadline
			for row, err := range tables.ReadDeadlines(bytes.NewReader(first.Bytes()), int64(first.Len())) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, row)
			}
			want := testDeadlines()
			if !slices.Equal(got, []tables.Deadline{want[0], want[2]}) {
				t.Errorf("read back %+v", got)
			}
		}
	}
	taken := 0
	for range SelectDeadlines(deadlineRows(testDeadlines()), nil, 1, Waiting{}) {
		taken++
	}
	if taken != 1 {
		t.Errorf("--top 1 takes %d", taken)
	}
}

func TestExportReferrals_EveryFormatWithoutTheSuppressed(t *testing.T) {
	all := []tables.Referral{
		{CustomerID: "=1+1", List: "content", LastPurchaseDay: 13000, PurchaseDays: 4, Value: 125_000, BulkLineShare: 0.25, Reason: "bought 4 times", Shown: tables.Shown{Products: [3]string{"oil"}, Kinds: [3]string{"again"}, Reason: "bought on 2 days"}},
		{CustomerID: "opted-out", List: "loyal", Reason: "bought 9 times"},
	}
	rows := func(yield func(tables.Referral, error) bool) {
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
	for _, format := range ExportFormats() {
		var b bytes.Buffer
		n, err := ExportReferrals(&b, format, SelectReferrals(rows, plan.NewSuppressions([]string{"opted-out"}), 0), About{Title: "Referrals", Run: "r", AsOf: 13000})
		if err != nil || n != 1 || strings.Contains(b.String(), "opted-out") {
			t.Errorf("%s: %d rows, %v", format, n, err)
		}
		if format == CSV && !strings.Contains(b.String(), "\r\n'=1+1,content,2005-08-05,4,12.5,0,0.25,bought 4 times,,oil,,,again,,,bought on 2 days\r\n") {
			t.Errorf("CSV is %q", b.String())
		}
	}
}
