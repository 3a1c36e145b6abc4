// Command campaign plays campaigns on synthetic shops whose truth is known, looks
// at each on every night, and writes how often what package effect says holds.
//
//	campaign CAMPAIGNS REPORT
//
// The same number of campaigns gives the same figures on every machine.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"winback/internal/shop"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want CAMPAIGNS REPORT")
	}
	campaigns, err := strconv.Atoi(args[0])
	if err != nil || campaigns < 1 {
		return fmt.Errorf("campaigns %q, want a number from 1", args[0])
	}
	start := time.Now()
	t, err := playAll(campaigns)
	if err != nil {
		return err
	}
	for c := range campaigns {
		t.waves.playWaves(c)
	}
	var text bytes.Buffer
	t.write(&text, time.Since(start))
	return os.WriteFile(args[1], text.Bytes(), 0o644)
}

// launchesPerShop are the days on which each shop launches a campaign.
const launchesPerShop = 10

// playAll plays so many campaigns, ten on each shop, thirty days apart, so that
// all seasons come up, and each with settings of its own.
func playAll(campaigns int) (*tally, error) {
	t := &tally{}
	var h *history
	for c := range campaigns {
		if c%launchesPerShop == 0 {
			h = newHistory(shop.Demo(uint64(c / launchesPerShop)))
		}
		if err := t.play(h.launch(worldOf(c), c%launchesPerShop, uint64(c))); err != nil {
			return nil, err
		}
	}
	return t, nil
}
