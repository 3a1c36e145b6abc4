package diagnose

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/shop"
)

// demo is the demo shop, read once for all tests.
var demo = sync.OnceValues(func() (*orders.Table, error) {
	dir, err := os.MkdirTemp("", "demo")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	err = shop.Demo(1).Write(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) })
	if err != nil {
		return nil, err
	}
	files, err := source.Find(fsys.OS(), []string{dir}, 0)
	if err != nil {
		return nil, err
	}
	return orders.Read(context.Background(), fsys.OS(), files, orders.Options{})
})

func diagnoseDemo(t *testing.T, asOf data.Day) *Diagnosis {
	t.Helper()
	orders, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	s := Defaults()
	s.AsOf = asOf
	d, err := Diagnose(context.Background(), orders, 0, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, tolerance)
	}
}

func TestDiagnose_FindsTheDemosPlantedTruth(t *testing.T) {
	truth := shop.Demo(1).Truth
	d := diagnoseDemo(t, truth.AsOf)
	for k, want := range truth.IntervalDays {
		near(t, "cut point", float64(d.Clocks.Own.CutPoints[k]), float64(want), 0.05*float64(want))
		interval := d.Clocks.Own.CutPointsIntervals[k]
		if interval[0] > d.Clocks.Own.CutPoints[k] || interval[1] < d.Clocks.Own.CutPoints[k] || interval[1]-interval[0] > 30 {
			t.Errorf("cut point %d has the interval %v", d.Clocks.Own.CutPoints[k], interval)
		}
	}
	if len(d.FirstOrder) != 3 {
		t.Fatalf("the first orders have %d classes: %+v", len(d.FirstOrder), d.FirstOrder)
	}
	for k, want := range truth.FirstOrderCuts {
		near(t, "first-order cut", float64(d.FirstOrder[k].To), want, 20)
		if d.FirstTree.Cuts[k].FoundIn < 0.5 {
			t.Errorf("the cut at %v was found again in %v of the resamples", want, d.FirstTree.Cuts[k].FoundIn)
		}
	}
	for k, want := range truth.Rates {
		near(t, "rate", float64(d.FirstOrder[k].Rate), want, 0.02)
		if c := d.FirstOrder[k]; c.Low > c.Rate || c.High < c.Rate {
			t.Errorf("the rate %v lies outside of %v to %v", c.Rate, c.Low, c.High)
		}
	}
	near(t, "overall rate", float64(d.FirstTree.Rate), truth.OverallRate, 0.01)
}

func TestDiagnose_CorrectedCutsAreNearerToTheTruthInAYoungShop(t *testing.T) {
	truth := shop.Demo(1).Truth
	d := diagnoseDemo(t, truth.AsOf-2*365-1) // one year after the first day
	t.Logf("after one year: plain %v, corrected %v (τ %d), truth %v", d.Clocks.Own.CutPoints, d.Clocks.Own.Corrected, d.Clocks.Own.TauDays, truth.EverIntervalDays)
	for k, want := range truth.EverIntervalDays {
		plain := math.Abs(float64(d.Clocks.Own.CutPoints[k] - want))
		if corrected := math.Abs(float64(d.Clocks.Own.Corrected[k] - want)); corrected >= plain {
			t.Errorf("cut %d: plain %d, corrected %d, truth %d", k, d.Clocks.Own.CutPoints[k], d.Clocks.Own.Corrected[k], want)
		}
	}
}
