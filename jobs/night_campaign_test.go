package jobs

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/pipeline/hours"
	"winback/pipeline/ledger"
)

// TestNight_HoldsBackWhomTheLedgerNames runs a shop with a campaign that holds some
// of its lapsed customers, one of whom and two others opted out by a log.
func TestNight_HoldsBackWhomTheLedgerNames(t *testing.T) {
	lines := plantedShop(600, 1)
	var ids []string
	for id := range naiveLapsed(lines, asOfDay, 60) {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	s := quickly(t.TempDir())
	orders := writeLines(t, lines, 2)

	folder := t.TempDir()
	list, log := "customer_id,group,arm\n", "customer_id,sent_at,status\n"
	for i, id := range ids[:40] {
		list += id + ",1," + []string{"mail", "holdout"}[i%2] + "\n"
	}
	for _, id := range []string{ids[0], ids[100], ids[101]} {
		log += id + "," + (asOfDay - 3).String() + ",opted_out\n"
	}
	must(t, os.WriteFile(filepath.Join(folder, "list.csv"), []byte(list), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "log.csv"), []byte(log), 0o600))
	c := &campaigner{fsys.OS(), console.UI{}, time.Now}
	must(t, c.launch(t.Context(), with(func(l *LaunchSettings) {
		l.Out, l.AssignmentsFile, l.AsOf = s.Out, filepath.Join(folder, "list.csv"), asOfDay-5
	}), "spring"))
	must(t, c.sent(t.Context(), with(func(l *SentSettings) { l.Out, l.Logs = s.Out, []string{filepath.Join(folder, "log.csv")} }), ""))
	first := published(t, s, orders)

	holds := map[string]string{}
	for _, row := range rowsOf(t, filepath.Join(first, "scores.parquet")) {
		if why, _ := row["hold"].(string); why != "" {
			holds[row["customer_id"].(string)] = why
		}
	}
	want := map[string]string{ids[0]: "opted out", ids[100]: "opted out", ids[101]: "opted out"}
	for _, id := range ids[1:40] {
		want[id] = "in campaign spring"
	}
	if !maps.Equal(holds, want) {
		t.Errorf("%d held, want %d", len(holds), len(want))
	}
	for name := range contentOf(t, first) {
		if strings.HasPrefix(name, "contacts/") || name == "holdout.parquet" {
			for _, row := range rowsOf(t, filepath.Join(first, name)) {
				if holds[row["customer_id"].(string)] != "" {
					t.Errorf("%s: has a customer who is held", name)
				}
			}
		}
	}
	var manifest struct{ Inputs []struct{ Path string } }
	text, err := os.ReadFile(filepath.Join(first, "manifest.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &manifest))
	if n := len(manifest.Inputs); n < 2 || manifest.Inputs[n-2].Path != "ledger/000001-launch/entry.json" || manifest.Inputs[n-1].Path != "ledger/000002-sent/entry.json" {
		t.Errorf("inputs %v: want the two entries last", manifest.Inputs)
	}
	if again := published(t, s, orders); !maps.Equal(contentOf(t, again), contentOf(t, first)) {
		t.Error("the night run twice has other bytes")
	}
	before := s
	before.AsOf = asOfDay - 6
	past := published(t, before, orders)
	before.Out = t.TempDir()
	if alone := published(t, before, orders); !maps.Equal(contentOf(t, past), contentOf(t, alone)) {
		t.Error("a night before the launch, run after it, is not as if the ledger were empty")
	}
	if l, err := ledger.Read(fsys.OS(), s.Out); err != nil || len(l.Entries) != 3 || l.Entries[2].Kind != ledger.Forecast {
		t.Errorf("%d entries, %v", len(l.Entries), err)
	}
}

// TestNight_ListsSayThePreferredHour: opens and clicks of logs count with purchases,
// and never lie in the quiet hours.
func TestNight_ListsSayThePreferredHour(t *testing.T) {
	lines := plantedShop(600, 1)
	s := quickly(t.TempDir())
	s.Show = 0
	orders := writeLines(t, lines, 1)
	log := "customer_id,sent_at,status\n"
	var opens []string
	for id := range naiveLapsed(lines, asOfDay, 60) {
		opens = append(opens, id)
	}
	slices.Sort(opens)
	opens = opens[:30]
	for _, id := range opens {
		for i, at := range []string{"19:05:00", "19:10:00", "19:59:00", "23:00:00", "23:01:00", "23:02:00", "23:03:00"} {
			log += id + "," + (asOfDay - 40 - 1).String() + "T" + at + "," + []string{"opened", "clicked"}[i%2] + "\n"
		}
		log += id + "," + (asOfDay + 1).String() + "T12:00:00,opened\n"
	}
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "log.csv"), []byte(log), 0o600))
	c := &campaigner{fsys.OS(), console.UI{}, time.Now}
	must(t, c.sent(t.Context(), with(func(l *SentSettings) { l.Out, l.Logs = s.Out, []string{filepath.Join(folder, "log.csv")} }), ""))
	hours := func(dir string) map[string]any {
		found := map[string]any{}
		for name := range contentOf(t, dir) {
			if strings.HasPrefix(name, "contacts/") || name == "holdout.parquet" {
				for _, row := range rowsOf(t, filepath.Join(dir, name)) {
					found[row["customer_id"].(string)] = row["preferred_hour"]
				}
			}
		}
		return found
	}
	byDay := hours(published(t, s, orders))
	s.Resting.QuietHours = hoursOf(t, "none")
	byNight := hours(published(t, s, orders))
	for i, id := range opens {
		if byDay[id] != int32(19) || byNight[id] != int32(23) {
			t.Fatalf("customer %d: %v, without quiet hours %v; want 19 and 23", i, byDay[id], byNight[id])
		}
	}
}

func hoursOf(t *testing.T, text string) hours.Quiet {
	t.Helper()
	q, err := hours.ParseQuiet(text)
	must(t, err)
	return q
}
