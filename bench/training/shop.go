package main

import (
	"bufio"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
)

// write makes rows of thirty numbers like those of customers: days, counts,
// spend and shares, a sixth of them without signal; 8 % are positive.
func write(rows int, xPath, yPath string) error {
	cells := make([]float32, rows*columns)
	labels := make([]byte, rows)
	r := rand.New(rand.NewPCG(7, 11))
	var row [columns]float64
	for i := range rows {
		draw(r, &row)
		for c, v := range row {
			cells[c*rows+i] = float32(v)
		}
		if r.Float64() < chance(&row) {
			labels[i] = 1
		}
	}
	if err := os.WriteFile(yPath, labels, 0o640); err != nil {
		return err
	}
	f, err := os.Create(xPath)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	if err := binary.Write(out, binary.LittleEndian, cells); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// draw fills one row. Three hidden traits, pace, purse and age, make the
// columns depend on each other.
func draw(r *rand.Rand, row *[columns]float64) {
	pace, purse, age := r.NormFloat64(), r.NormFloat64(), r.Float64()
	for c := range row {
		noise := r.NormFloat64()
		switch c % 6 {
		case 0: // days
			row[c] = math.Floor(30 + 700*age + 40*math.Exp(-pace+0.5*noise))
		case 1: // counts
			row[c] = math.Floor(math.Exp(0.6 + 0.8*pace + 0.4*noise))
		case 2: // spend
			row[c] = math.Round(100*math.Exp(4+0.7*purse+0.5*pace+0.6*noise)) / 100
		case 3: // intervals
			row[c] = 60 * math.Exp(-0.7*pace+0.8*noise)
		case 4: // shares
			row[c] = 1 / (1 + math.Exp(-noise-0.5*purse))
		default: // nothing
			row[c] = noise
		}
	}
}

// chance is the truth that models look for.
func chance(row *[columns]float64) float64 {
	overdue := row[0] / (row[3] + 20)
	z := -2.55 - 0.9*math.Log(overdue/6) + 0.35*math.Log1p(row[1]) + 0.2*math.Log(row[2]/60)
	if row[4] > 0.7 && row[7] > 2 {
		z += 0.8
	}
	z += 0.3 * math.Sin(row[6]/90) * row[10]
	return 1 / (1 + math.Exp(-z))
}
