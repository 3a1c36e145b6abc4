// Command training measures how long boosted trees take to fit and to predict.
//
//	training make ROWS DIR      writes DIR/x.f32 (30 columns, one after the other) and DIR/y.u8
//	training fit ROWS DIR       fits on the first ROWS rows, predicts them and the test rows
//
// The files are read by rival.py too, so that both see the same numbers.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

const (
	columns  = 30
	testRows = 200_000 // written after the training rows, for the AUC
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "training:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("want make|fit ROWS DIR")
	}
	rows, err := strconv.Atoi(args[1])
	if err != nil || rows < 1000 {
		return fmt.Errorf("rows %q, want a number from 1000", args[1])
	}
	x, y := filepath.Join(args[2], "x.f32"), filepath.Join(args[2], "y.u8")
	switch args[0] {
	case "make":
		if err := os.MkdirAll(args[2], 0o750); err != nil {
			return err
		}
		return write(rows+testRows, x, y)
	case "fit":
		return fit(rows, x, y)
	}
	return fmt.Errorf("want make or fit, have %q", args[0])
}
