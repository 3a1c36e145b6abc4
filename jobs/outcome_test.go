package jobs

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/pipeline/run"
)

// The log as JSON names the run, its counts and the time of every stage, as the
// manifest does.
func TestRun_LogsItsOutcomeAsFields(t *testing.T) {
	var log bytes.Buffer
	s := quickly(filepath.Join(t.TempDir(), "out"))
	dir := publishedSaying(t, s, console.New(&bytes.Buffer{}, &log, false, false, console.JSON), writeLines(t, plantedShop(400, 3), 1))
	m, err := run.ReadManifest(fsys.OS(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var found *console.Outcome
	for line := range strings.Lines(log.String()) {
		var l struct {
			Message string `json:"message"`
			console.Outcome
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if strings.HasPrefix(l.Message, "Published ") {
			found = &l.Outcome
		}
	}
	if found == nil || found.Run != m.RunID || found.AsOf != m.AsOf || filepath.Base(found.Folder) != m.RunID || len(found.Counts) != len(m.Counts) || len(found.Durations) != len(m.Durations) {
		t.Fatalf("outcome %+v, manifest of %s with %d counts and %d durations", found, m.RunID, len(m.Counts), len(m.Durations))
	}
	for _, c := range m.Counts {
		if found.Counts[c.Stage+"."+c.Name] != c.Value {
			t.Errorf("%s.%s is %d, want %d", c.Stage, c.Name, found.Counts[c.Stage+"."+c.Name], c.Value)
		}
	}
	for _, stage := range []string{"read", "snapshots", "learn", "tonight", "diagnose", "groups", "reasons", "write"} {
		if _, ok := found.Durations[stage]; !ok {
			t.Errorf("no time of %s in %v", stage, found.Durations)
		}
	}
}
