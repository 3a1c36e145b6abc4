package diagnose

import "testing"

// The two walks over the histories, and nothing of what is made of them.
func BenchmarkWalks(b *testing.B) {
	lines, asOf := randomShop(7, 20_000)
	parts, names := testShop(lines, 1)
	c, err := NewCollector(settingsAt(asOf), History{FirstDay: firstDay(lines), Customers: 20_000, Lines: int64(len(lines)), Parts: 1, Names: names})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("collect", func(b *testing.B) {
		for b.Loop() {
			c.Add(0, parts[0])
		}
		b.ReportMetric(float64(len(lines))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlines/s")
	})
	people := c.Learn(nil)
	b.Run("people", func(b *testing.B) {
		for b.Loop() {
			if err := people.Add(0, parts[0]); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(lines))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlines/s")
	})
}
