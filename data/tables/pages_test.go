package tables

import (
	"bytes"
	"fmt"
	"testing"

	"winback/data"
)

// What is read of a table of many pages is what was written: a text is copied
// before the next page takes the memory over.
func TestReaders_CopyTextsBeforeTheNextPage(t *testing.T) {
	const rows = 150_000
	id := func(i int) string { return fmt.Sprintf("customer-%07d-%x", i, i*7919) }
	var scores, contacts bytes.Buffer
	s, err := NewScoresWriter(&scores, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := NewContactsWriter(&contacts, data.MoneyDecimal)
	for i := range rows {
		if err := s.Write([]ScoreRow{{CustomerID: id(i), Group: int32(i % 7), Stage: "lost"}}); err != nil {
			t.Fatal(err)
		}
		if err := c.Write([]ContactRow{{CustomerID: id(i), Stage: "lost", Reason: id(i + 1)}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range []interface{ Close() error }{s, c} {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var groups, whole, lists []string
	for row, err := range ReadScoreGroups(bytes.NewReader(scores.Bytes()), int64(scores.Len())) {
		if err != nil || row.Group != int32(len(groups)%7) {
			t.Fatal(err, row)
		}
		groups = append(groups, row.CustomerID)
	}
	for row, err := range ReadScores(bytes.NewReader(scores.Bytes()), int64(scores.Len())) {
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, row.CustomerID)
	}
	for row, err := range ReadContacts(bytes.NewReader(contacts.Bytes()), int64(contacts.Len())) {
		if err != nil || row.Reason != id(len(lists)+1) {
			t.Fatalf("%v, reason %q, want %q", err, row.Reason, id(len(lists)+1))
		}
		lists = append(lists, row.CustomerID)
	}
	for name, read := range map[string][]string{"groups": groups, "scores": whole, "contacts": lists} {
		wrong := 0
		for i := range read {
			if read[i] != id(i) {
				wrong++
			}
		}
		if wrong > 0 || len(read) != rows {
			t.Errorf("%s: %d of %d ids are wrong", name, wrong, len(read))
		}
	}
}
