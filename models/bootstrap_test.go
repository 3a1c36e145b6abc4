package models

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestBootstrapAUC_CoversAsTheoryForetells(t *testing.T) {
	p, y := scoredRowsSample(20_000, 7)
	auc := AUC(p, y, nil)
	i := BootstrapAUC(p, y, nil, Resampling{Resamples: 400, Seed: 1})
	// Hanley and McNeil 1982.
	var positives float64
	for _, v := range y {
		positives += float64(v)
	}
	negatives := float64(len(y)) - positives
	q1, q2 := auc/(2-auc), 2*auc*auc/(1+auc)
	se := math.Sqrt((auc*(1-auc) + (positives-1)*(q1-auc*auc) + (negatives-1)*(q2-auc*auc)) / positives / negatives)
	near(t, "width", i.High-i.Low, 2*1.96*se, 0.25*2*1.96*se)
	near(t, "centre", i.High/2+i.Low/2, auc, se/2)
}

func TestBootstrapAUC_RepeatedRowsOfACustomerAddNoCertainty(t *testing.T) {
	p, y := scoredRowsSample(2000, 8)
	group := make([]uint32, len(p))
	for i := range group {
		group[i] = uint32(i)
	}
	r := Resampling{Resamples: 300, Seed: 2}
	once := BootstrapAUC(p, y, group, r)
	ten := BootstrapAUC(slices.Repeat(p, 10), slices.Repeat(y, 10), slices.Repeat(group, 10), r)
	near(t, "low", ten.Low, once.Low, 1e-12)
	near(t, "high", ten.High, once.High, 1e-12)
	alone := BootstrapAUC(slices.Repeat(p, 10), slices.Repeat(y, 10), nil, r)
	if alone.High-alone.Low > 0.5*(once.High-once.Low) {
		t.Error("rows of their own should be more certain")
	}
}

func TestBootstrapAUC_PairedDifferencesAreNarrow(t *testing.T) {
	p, y := scoredRowsSample(5000, 9)
	noisy := make([]float64, len(p))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range p {
		noisy[i] = p[i] + 0.02*r.NormFloat64()
	}
	s := Resampling{Resamples: 300, Seed: 3}
	d, single := BootstrapAUCDifference(p, noisy, y, nil, s), BootstrapAUC(p, y, nil, s)
	if d.High-d.Low > 0.5*(single.High-single.Low) || d.Low > AUC(p, y, nil)-AUC(noisy, y, nil) || d.High < AUC(p, y, nil)-AUC(noisy, y, nil) {
		t.Errorf("difference %+v beside %+v", d, single)
	}
	same := BootstrapAUCDifference(p, p, y, nil, s)
	if same.Low != 0 || same.High != 0 {
		t.Errorf("difference to itself %+v", same)
	}
}

func TestResampleAUC_SameForAnyWorkersAndOrderOfRows(t *testing.T) {
	p, y := scoredRowsSample(3000, 10)
	group := make([]uint32, len(p))
	for i := range group {
		group[i] = uint32(i / 3)
	}
	want := ResampleAUC(p, y, group, Resampling{Resamples: 30, Seed: 4, Workers: 1})
	if !slices.Equal(want, ResampleAUC(p, y, group, Resampling{Resamples: 30, Seed: 4, Workers: 7})) {
		t.Error("workers change the resamples")
	}
	var p2 []float64
	var y2 []uint8
	var g2 []uint32
	for _, i := range rand.New(rand.NewPCG(3, 3)).Perm(len(p)) {
		p2, y2, g2 = append(p2, p[i]), append(y2, y[i]), append(g2, group[i])
	}
	if !slices.Equal(want, ResampleAUC(p2, y2, g2, Resampling{Resamples: 30, Seed: 4})) {
		t.Error("the order of rows changes the resamples")
	}
}

func TestPoissonTable_HasMeanAndVarianceOne(t *testing.T) {
	var sum, squares float64
	table := newPoissonTable()
	for _, k := range table {
		sum += float64(k)
		squares += float64(k) * float64(k)
	}
	n := float64(len(table))
	near(t, "mean", sum/n, 1, 0.002)
	near(t, "variance", squares/n-sum/n*sum/n, 1, 0.01)
}

func TestBootstrapAUC_OneClassIsNaN(t *testing.T) {
	if i := BootstrapAUC([]float64{1, 2}, []uint8{0, 0}, nil, Resampling{Resamples: 10}); !math.IsNaN(i.Low) {
		t.Errorf("interval %+v", i)
	}
}

func BenchmarkBootstrapAUC(b *testing.B) {
	p, y := scoredRowsSample(100_000, 11)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range p {
		p[i] += r.Float64() / 100
	}
	b.ReportAllocs()
	for b.Loop() {
		BootstrapAUC(p, y, nil, Resampling{Resamples: 500, Seed: 1})
	}
}
