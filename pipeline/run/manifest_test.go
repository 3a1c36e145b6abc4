package run_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"winback/internal/fsys/fsystest"
	"winback/internal/golden"
	"winback/pipeline/run"
)

func fullManifest() run.Manifest {
	m := manifestOf(tonight)
	m.Started = m.Started.In(time.FixedZone("", 3600))
	m.Inputs = []run.Input{{Path: "orders/2007-11.parquet", Size: 1234, Rows: 10, SHA256: "ab"}}
	m.Counts = []run.Count{{Stage: "groups", Name: "customers", Value: 80114}}
	m.Durations = []run.Duration{{Stage: "read", Seconds: 1.25}}
	m.Notes = []string{"lapsed after 90 days <given>"}
	return m
}

// TestManifest_HasAFixedForm compares with a golden file: field names and
// order are what others read.
func TestManifest_HasAFixedForm(t *testing.T) {
	mem := fsystest.NewMem()
	draft, err := run.Begin(mem, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"scores.parquet", "contacts/group-01/part-0.parquet"} {
		if err := writeFile(draft, name, "content of "+name); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := draft.Publish(fullManifest())
	if err != nil {
		t.Fatal(err)
	}
	text, err := readAll(mem, dir+"/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	const path = "testdata/manifest.json"
	golden.Compare(t, path, string(text))
}

func TestManifest_ComesBackAsWritten(t *testing.T) {
	mem := fsystest.NewMem()
	draft, err := run.Begin(mem, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := fullManifest()
	dir, err := draft.Publish(want)
	if err != nil {
		t.Fatal(err)
	}
	m, err := run.ReadManifest(mem, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Started.Equal(want.Started) || !reflect.DeepEqual(m.Rows, want.Rows) || !slices.Equal(m.Inputs, want.Inputs) ||
		!slices.Equal(m.Counts, want.Counts) || !slices.Equal(m.Durations, want.Durations) || !slices.Equal(m.Notes, want.Notes) {
		t.Errorf("found %+v", m)
	}
}

func TestParseName_TakesRunNamesOnly(t *testing.T) {
	for _, good := range []string{"2007-11-15-1", "2007-11-15-10", "2024-02-29-3"} {
		if name, err := run.ParseName(good); err != nil || name.String() != good {
			t.Errorf("%q: %v, %v", good, name, err)
		}
	}
	for _, bad := range []string{"", "2007-11-15", "2007-11-15-", "2007-11-15-0", "2007-11-15-01", "2007-11-15--1", "2007-11-15-+1", "2007-02-30-1", "x-1", "2007-11-15-1/"} {
		if name, err := run.ParseName(bad); err == nil {
			t.Errorf("%q was taken as %v", bad, name)
		}
	}
	names := []run.Name{{AsOf: tonight, N: 10}, {AsOf: tonight, N: 9}, {AsOf: lastNight, N: 11}}
	slices.SortFunc(names, run.Name.Compare)
	if names[0].N != 11 || names[1].N != 9 || names[2].N != 10 {
		t.Errorf("order %v", names)
	}
}
