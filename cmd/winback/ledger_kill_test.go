package main

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winback/jobs"
)

var ledgerKills = flag.Int("ledger-kills", 5, "moments at which a command of a campaign is killed")

// campaignCommands are a campaign from run to result, by the arguments.
func campaignCommands(orders, out string) [][]string {
	night := func(asOf string) []string {
		return []string{"run", orders, "--as-of", asOf, "--lapsed-after", "60", "--out", out, "--keep", "3"}
	}
	return [][]string{
		night("2024-05-01"),
		{"campaign", "launch", "spring", "--out", out, "--groups", "all", "--holdout", "0.3", "--accept"},
		{"campaign", "sent", "spring", "--out", out, "--groups", "all", "--on", "2024-05-02", "--accept"},
		{"measure", orders, "--as-of", "2024-09-01", "--out", out},
		night("2024-09-01"),
	}
}

// ledgerKinds are the kinds of the entries in order, which must have all numbers.
func ledgerKinds(t *testing.T, out string) (kinds []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(out, "ledger"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if number, kind, ok := strings.Cut(e.Name(), "-"); ok && e.IsDir() {
			if strings.TrimLeft(number, "0") == "" {
				t.Errorf("entry %s", e.Name())
			}
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// TestCampaign_KilledAnywhereLeavesTheLedgerWhole kills each command of a campaign in
// turn; what was killed is done again and comes through, and in the end the ledger
// says what that of an undisturbed campaign says.
func TestCampaign_KilledAnywhereLeavesTheLedgerWhole(t *testing.T) {
	orders := written(t, generatedLines(t, 400))
	undisturbed := t.TempDir()
	var usual []time.Duration
	for _, args := range campaignCommands(orders, undisturbed) {
		began := time.Now()
		if text, err := process(args...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, text)
		}
		usual = append(usual, time.Since(began))
	}
	want := ledgerKinds(t, undisturbed)
	if !slices.Equal(want, []string{"launch", "sent", "result", "result", "forecast"}) {
		t.Fatalf("an undisturbed campaign leaves %q", want)
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	killed := 0
	for point := 0; point < *ledgerKills; {
		out := t.TempDir()
		for at, args := range campaignCommands(orders, out) {
			cmd := process(args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			moment := time.Duration(rng.Float64() * float64(usual[at]))
			time.Sleep(moment)
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			if cmd.Wait() != nil {
				killed++
			}
			point++
			if text, err := process(args...).CombinedOutput(); err != nil {
				t.Fatalf("%q, killed after %v, again: %v\n%s", args, moment, err, text)
			}
			if code, text := does(t, "verify", "--out", out); code != jobs.ExitDone {
				t.Fatalf("%q, killed after %v: %s", args, moment, text)
			}
		}
		if got := ledgerKinds(t, out); !slices.Equal(got, want) {
			t.Errorf("the ledger has %q, want %q", got, want)
		}
	}
	t.Logf("%d kills, %d of them before the command was done", *ledgerKills, killed)
}
