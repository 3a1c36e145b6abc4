package tables

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"

	"winback/data"
)

const benchRows = 300_000

// counted counts what is written.
type counted int64

func (c *counted) Write(b []byte) (int, error) {
	*c += counted(len(b))
	return len(b), nil
}

func cpuSeconds(b *testing.B) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}

type rowWriter[R any] interface {
	Write(rows []R) error
	Close() error
}

// benchWriting writes the rows and tells CPU time and bytes of the file by row.
func benchWriting[R any](b *testing.B, rows []R, open func(io.Writer) rowWriter[R]) {
	b.ReportAllocs()
	var size counted
	runtime.GC()
	before := cpuSeconds(b)
	for b.Loop() {
		size = 0
		w := open(&size)
		if err := w.Write(rows); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpuSeconds(b)-before)/float64(b.N)/benchRows*1e9, "cpu-ns/row")
	b.ReportMetric(float64(size)/benchRows, "bytes/row")
}

// BenchmarkContacts writes a list as a large shop has it: nearly all reasons and
// probabilities differ, the products of the last rows are all the same.
func BenchmarkContacts(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	rows := make([]ContactRow, benchRows)
	hours := [24]int32{}
	for i := range hours {
		hours[i] = int32(i)
	}
	for i := range rows {
		recency, orders := 91+r.Int64N(900), 1+r.Int64N(12)
		rows[i] = ContactRow{
			Rank: int64(i + 1), Group: 3, RankInGroup: int64(i + 1), CustomerID: fmt.Sprintf("C%011d", 10_000_000+r.IntN(900_000)),
			Probability: r.Float64(), ExpectedSpend: float64(r.IntN(60_000)) / 7, ExpectedMargin: math.NaN(), RecencyDays: recency, Orders: orders,
			Monetary: data.Money(r.Int64N(30_000_000)), LastPurchaseDay: data.Day(20_000 - recency), Stage: []string{"sleeping", "lost"}[r.IntN(2)],
			PreferredChannel: []string{"", "web", "store", "app"}[r.IntN(4)],
			Reason:           fmt.Sprintf("%d orders, the last %d days ago; buys every %d days on average; mostly via web; %d spent in all", orders, recency, 20+r.IntN(200), r.IntN(3000)),
			Shown:            Shown{Products: [ShowSlots]string{"P000002", "P000003", "P000004"}, Kinds: [ShowSlots]string{"hot", "hot", "hot"}, Reason: "most bought in the last 60 days: 12,345 customers"},
			When:             When{Weekday: "Friday"},
		}
		if i%3 > 0 {
			rows[i].PreferredHour = &hours[r.IntN(24)]
		}
		if i < benchRows/3 {
			for k := range ShowSlots {
				rows[i].Products[k], rows[i].Kinds[k] = fmt.Sprintf("P%06d", r.IntN(20_000)), []string{"again", "goes with"}[r.IntN(2)]
			}
			rows[i].Shown.Reason = fmt.Sprintf("bought on %d days, last on %d June 2026; %d customers bought it in the last 60 days", 1+r.IntN(9), 1+r.IntN(30), r.IntN(3000))
		}
	}
	benchWriting(b, rows, func(w io.Writer) rowWriter[ContactRow] { return NewContactsWriter(w, data.MoneyDecimal) })
}

// BenchmarkScores writes scores of five models, two of few different values.
func BenchmarkScores(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	rows := make([]ScoreRow, benchRows)
	for i := range rows {
		p := r.Float64()
		rows[i] = ScoreRow{CustomerID: fmt.Sprintf("C%011d", 10_000_000+i), Group: 1 + r.Int32N(10), Probability: p,
			Scores: []float64{p, r.Float64(), float64(r.IntN(3000)) / 3001, float64(r.IntN(10)) / 11, math.NaN()}, Stage: []string{"sleeping", "lost"}[r.IntN(2)]}
	}
	benchWriting(b, rows, func(w io.Writer) rowWriter[ScoreRow] {
		s, err := NewScoresWriter(w, []string{"blend", "boost", "recency", "tree10", "uplift"})
		if err != nil {
			b.Fatal(err)
		}
		return s
	})
}
