package models

import (
	"context"
	"math"
	"testing"
)

// wideShop has rows of thirty numbers, as in published comparisons.
func wideShop(rows int) *Training {
	t, _ := sampleShop(rows, 30, 9)
	t.X.Levels[29] = nil
	return t
}

func BenchmarkBin(b *testing.B) {
	t := wideShop(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Bin(t.X, DefaultBinSettings()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*3e6/b.Elapsed().Seconds(), "cells/s")
}

func BenchmarkHistograms(b *testing.B) {
	t := wideShop(100_000)
	data, err := Bin(t.X, DefaultBinSettings())
	if err != nil {
		b.Fatal(err)
	}
	s := DefaultTreeSettings()
	s.Workers = 1
	g := treeGrower(t, &s, data)
	g.chooseGroups()
	into := g.take()
	b.ReportAllocs()
	for b.Loop() {
		g.histograms(g.rows, into)
	}
	b.ReportMetric(float64(b.N)*3e6/b.Elapsed().Seconds(), "cells/s")
}

func BenchmarkBoost(b *testing.B) {
	t := wideShop(100_000)
	s := DefaultBoostSettings()
	s.Trees, s.MaxLeaves, s.ColumnShare, s.RowShare = 20, 31, 1, 1
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Boost(context.Background(), t, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	t := wideShop(100_000)
	s := DefaultBoostSettings()
	s.Trees, s.MaxLeaves = 100, 31
	e, err := Boost(context.Background(), t, s)
	if err != nil {
		b.Fatal(err)
	}
	out := make([]float64, len(t.Y))
	b.ReportAllocs()
	for b.Loop() {
		e.Predict(t.X, out)
	}
	b.ReportMetric(float64(b.N)*1e5/b.Elapsed().Seconds(), "rows/s")
}

// nightShop has rows like those that a night learns from: most columns
// skewed, some missing, one a category.
func nightShop(rows int, seed uint64) *Training {
	t, _ := sampleShop(rows, 45, seed)
	for c := 3; c < 40; c++ {
		for i, x := range t.X.Columns[c] {
			switch c % 4 {
			case 0:
				t.X.Columns[c][i] = float32(math.Exp(2 * float64(x)))
			case 1:
				t.X.Columns[c][i] = float32(math.Floor(math.Exp(float64(x))))
			case 2:
				if x < -0.5 {
					t.X.Columns[c][i] = float32(math.NaN())
				}
			}
		}
	}
	return t
}

func BenchmarkNightBoost(b *testing.B) {
	t := nightShop(150_000, 1)
	s := DefaultBoostSettings()
	s.Workers = 1
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Boost(context.Background(), t, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNightLogistic(b *testing.B) {
	t := nightShop(150_000, 1)
	s := DefaultLogisticSettings()
	s.Workers, s.MaxRounds = 1, 60
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FitLogistic(t, s); err != nil {
			b.Fatal(err)
		}
	}
}
