package settings

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"winback/internal/golden"
)

const fullSettings = `map: {customer: "cust no", amount: total}
returns: {status: [returned, "no: really"], order-prefix: C}
exclude-products: [POST, "BANK*", "#7"]
as-of: 2026-06-30
lapsed-after: 90
stages: [30, 60, 120]
campaign: "yes"
holdout-key: geheim
target-returns: 5%
budget: 100.5
contact-cost: 0.08
timezone: Europe/Berlin
memory: 500MB
suppress: a very long path/with blanks and more/opt-out customers of all channels.csv
`

func TestConfig_PrintsSettingsAndWhereTheyComeFrom(t *testing.T) {
	for name, make := range map[string]func(*Draft) error{
		"config-defaults.golden": func(*Draft) error { return nil },
		"config-full.golden": func(d *Draft) error {
			if err := d.File("winback.yaml", []byte(fullSettings)); err != nil {
				return err
			}
			return d.Flag("horizon", []string{"90"})
		},
	} {
		d := NewDraft()
		if err := make(d); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := d.Print(&out); err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("testdata", name), out.String())
		for line := range strings.Lines(out.String()) {
			if utf8.RuneCountInString(line) > configWidth+1 {
				t.Errorf("%s: wider than %d: %s", name, configWidth, line)
			}
		}
		if strings.Contains(out.String(), "geheim") {
			t.Errorf("%s: the holdout key is printed", name)
		}
	}
}

func TestConfig_WhatItPrintsMeansTheSame(t *testing.T) {
	first := NewDraft()
	if err := first.File("winback.yaml", []byte(fullSettings)); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := first.Print(&out); err != nil {
		t.Fatal(err)
	}
	second := NewDraft()
	if err := second.File("printed.yaml", []byte(out.String())); err != nil {
		t.Fatal(err)
	}
	want := first.all
	want.HoldoutKey = second.all.HoldoutKey // never printed
	if !reflect.DeepEqual(second.all, want) {
		t.Errorf("got  %+v\nwant %+v", second.all, want)
	}
}
