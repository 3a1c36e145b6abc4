package snapshots

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/models"
)

// BenchmarkRanked looks up the ranks of a partition: amounts, of which nearly each is
// another, and days.
func BenchmarkRanked(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 1))
	amounts, days := make([]float32, 100_000), make([]float32, 100_000)
	for i := range amounts {
		amounts[i], days[i] = float32(math.Round(100*math.Exp(4+1.3*rng.NormFloat64()))/100), float32(rng.IntN(1500))
	}
	m := &models.Matrix{Names: []string{"amount", "days"}, Levels: [][]string{nil, nil}, Columns: [][]float32{amounts, days}}
	tables := RankTables(m, 1)
	for k, name := range m.Names {
		b.Run(name, func(b *testing.B) {
			values, out := m.Columns[k], make([]float32, 4000)
			for i := 0; b.Loop(); i = (i + 4000) % len(values) {
				tables[k].fill(values[i:i+4000], out)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/4000, "ns/value")
		})
	}
}
