package data

import (
	"strings"
	"testing"
)

func TestStandardNorms_AreReadable(t *testing.T) {
	norms := StandardNorms()
	for name, want := range map[string]string{"Skin Care": "cosmetics", "clothing": "clothing", "LIGHTING": "lamps", "furniture": "furniture"} {
		if n, ok := FindNorm(norms, name); !ok || n.Name != want {
			t.Errorf("norm of %q is %q, want %q", name, n.Name, want)
		}
	}
	if n, ok := FindNorm(norms, "coffee"); ok {
		t.Errorf("coffee has the norm %v, want none", n)
	}
}

func TestParseCycleNorms_NamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"norms:\n  - name: a\n    match: [x]\n    use: 50\n    end: 40\n":            "cycles.yaml: norm 1: a: use 50 and end 40",
		"norms:\n  - name: a\n    match: [x]\n    use: 5\n    end: 9\n    ende: 4\n": "cycles.yaml:6:5",
		"norms:\n  - match: [x]\n    use: 5\n    end: 9\n":                           "want a name",
		"norms:\n  - name: a\n    use: 5\n    end: 9\n":                              "to match",
		"norms:\n  - name: a\n    match: [x]\n    clock: monthly\n":                  `clock "monthly"`,
		"norms:\n  - name: a\n    match: [x]\n    clock: none\n    use: 5\n":         "belong to the clock cycle",
		"norms:\n  - name: a\n    match: [\"[\"]\n    use: 5\n    end: 9\n":          "cannot be used",
		"norms:\n  - name: a\n    match: [x]\n    use: five\n    end: 9\n":           "cycles.yaml:4:10",
		"norms: 5\n":   "cycles.yaml",
		"norms: [\x00": "cycles.yaml",
	} {
		if _, err := ParseCycleNorms("cycles.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestEvents_YearlyOnesMayCrossTheYear(t *testing.T) {
	events, err := ParseEvents("events.yaml", []byte("events:\n  - name: turn\n    from: 12-28\n    to: 01-03\n  - name: day\n    from: 2026-06-18\n  - name: spring\n    from: 02-28\n    to: 03-01\n"))
	if err != nil || len(events) != 3 {
		t.Fatal(err, events)
	}
	for text, want := range map[string][3]bool{
		"2025-12-31": {true, false, false}, "2026-01-03": {true, false, false}, "2026-01-04": {}, "2026-06-18": {false, true, false},
		"2027-06-18": {}, "2024-02-29": {false, false, true}, "2025-03-01": {false, false, true}, "2025-03-02": {},
	} {
		day, err := ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			if events[i].Has(day) != want[i] {
				t.Errorf("%s in %s: %v", text, events[i].Name, !want[i])
			}
		}
	}
}

func TestParseEvents_NamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"events:\n  - name: a\n    from: 31.12.\n":                         `day "31.12."`,
		"events:\n  - name: a\n    from: 2026-05-01\n    to: 05-07\n":      "same form",
		"events:\n  - name: a\n    from: 2026-05-08\n    to: 2026-05-07\n": "the first one first",
		"events:\n  - from: 05-08\n":                                       "want a name",
		"events:\n  - name: a\n    form: 05-08\n":                          "events.yaml:3:5",
	} {
		if _, err := ParseEvents("events.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
