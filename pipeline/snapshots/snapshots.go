// Package snapshots builds feature tables of past days with what followed, and
// makes matrices of them: numbers as they are, and ranks within the snapshot.
package snapshots

import (
	"context"
	"math"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/external"
	"winback/pipeline/shopcontext"
)

// Question is what a run asks: who of those lapsed at AsOf will return within
// the horizon.
type Question struct {
	AsOf        data.Day
	LapsedAfter int // days
	Horizon     int // days
	Workers     int
	External    *external.Scores // judged beside the models; nil: none
}

// TestCut is the day that judges: the newest whose horizon is over.
func (q Question) TestCut() data.Day { return q.AsOf - data.Day(q.Horizon) }

// Bounds of snapshots that are worth learning from.
const (
	SnapshotSpacing = 30  // days
	YearOf          = 12  // snapshots
	mostSnapshots   = 26  // two years of them, and those around: a cut of a year ago learns from its own season
	FewestRows      = 100 // of a snapshot worth learning from
	FewestReturns   = 10
	FillUpDays      = 60 // after the first customers can be lapsed, the extract still fills up
)

// FirstUsefulDay is the day from which snapshots and rates count: before it
// the extract still fills up.
func (q Question) FirstUsefulDay(firstDay data.Day) data.Day {
	return firstDay + data.Day(q.LapsedAfter+FillUpDays)
}

// SnapshotDays lists the days of snapshots, newest first: the test cut and
// every 30 days back from it.
func (q Question) SnapshotDays(rates *baserate.Rates) []data.Day {
	var days []data.Day
	first := q.FirstUsefulDay(rates.First)
	for d := q.TestCut(); d >= first && len(days) < mostSnapshots; d -= SnapshotSpacing {
		if lapsed, returned := rates.At(d); lapsed < FewestRows || returned < FewestReturns {
			break
		}
		days = append(days, d)
	}
	return days
}

// Snapshots are the rows of all customers lapsed at past days, with what
// became of them: one snapshot after the other, newest first.
type Snapshots struct {
	Days   []data.Day
	Starts []int // first row of each snapshot, and the number of rows

	Raw      *models.Matrix // features as they are
	Relative *models.Matrix // as percentile ranks within the snapshot
	Returned []uint8
	Customer []uint32  // hash of the customer's id
	Spend    []float64 // within the horizon, of those who returned; else 0
	Share    float64   // of the customers that were sampled; 1 is all

	Shop *shopcontext.Sample // for the view of one more day; nil where there are no snapshots
}

// Rows returns how many rows snapshots [from, to) have.
func (s *Snapshots) Rows(from, to int) int { return s.Starts[to] - s.Starts[from] }

// Training returns snapshots [from, to) of one form of the features.
func (s *Snapshots) Training(m *models.Matrix, from, to int) *models.Training {
	lo, hi := s.Starts[from], s.Starts[to]
	t := &models.Training{X: Window(m, lo, hi), Y: s.Returned[lo:hi], Group: s.Customer[lo:hi], Snapshot: make([]uint16, hi-lo)}
	for k := from; k < to; k++ {
		for i := s.Starts[k]; i < s.Starts[k+1]; i++ {
			t.Snapshot[i-lo] = uint16(k - from)
		}
	}
	return t
}

// Builder builds the rows of all snapshots on a walk over the histories.
type Builder struct {
	days   []data.Day
	wanted []features.Snapshot
	views  []*shopcontext.View
	shop   *shopcontext.Sample
	share  float64
	parts  [][]part

	external *external.Scores
}

// NewBuilder readies snapshots of those days. Above mostRows a share of
// the customers is drawn by a hash of their ids. The shop is that of TakeShop.
func NewBuilder(table *orders.Table, q Question, days []data.Day, rates *baserate.Rates, shop *shopcontext.Sample, mostRows int) *Builder {
	b := &Builder{days: days, wanted: make([]features.Snapshot, len(days)), views: make([]*shopcontext.View, len(days)),
		shop: shop, share: sampleShare(days, rates, mostRows), parts: make([][]part, table.Partitions()), external: q.External}
	parallel.EachOf(len(days), q.Workers, func(k int) {
		b.wanted[k] = features.Snapshot{AsOf: days[k], Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf, Extra: true}
		b.views[k] = shopcontext.NewView(shop, b.wanted[k])
	})
	return b
}

// Add builds the rows of a partition; it may be called from several goroutines.
func (b *Builder) Add(p int, h *orders.Histories) error {
	tables := make([]*features.Table, len(b.wanted))
	for k, s := range b.wanted {
		tables[k] = features.NewTable(s, h.Names)
	}
	if err := (&features.Builder{Keep: Sampled(b.share)}).BuildAll(h, b.wanted, tables); err != nil {
		return err
	}
	b.parts[p] = make([]part, len(b.wanted))
	for k, t := range tables {
		b.views[k].AddTo(t, h)
		raw := RawMatrix([]*features.Table{t}, 1)
		b.external.AddTo(raw, t.AsOf, t.IDs)
		b.parts[p][k] = part{raw, t.Column("returned").Ints, t.IDs, horizonSpend(h, t)}
	}
	return nil
}

// Snapshots ends the walk.
func (b *Builder) Snapshots(workers int) *Snapshots {
	s := joinSnapshots(b.days, b.parts, b.share, workers)
	s.Shop = b.shop
	return s
}

// Build is a walk for the snapshots alone.
func Build(ctx context.Context, table *orders.Table, q Question, days []data.Day, rates *baserate.Rates, shop *shopcontext.Sample, mostRows int) (*Snapshots, error) {
	b := NewBuilder(table, q, days, rates, shop, mostRows)
	if _, err := table.Each(ctx, q.Workers, b.Add); err != nil {
		return nil, err
	}
	return b.Snapshots(q.Workers), nil
}

// mostAsked is how many customers are asked about the shop.
const mostAsked = 100_000

// TakeShop asks a sample of the customers about the shop, for the days of
// snapshots; nil where there are none.
func TakeShop(ctx context.Context, orders *orders.Table, days []data.Day, rates *baserate.Rates, workers int) (*shopcontext.Sample, error) {
	if len(days) == 0 {
		return nil, nil
	}
	return shopcontext.TakeSample(ctx, orders, askedOf(rates.Customers), workers)
}

// NewShopSampler is TakeShop on a walk of others over so many partitions, where all
// customers are known to be so many.
func NewShopSampler(first data.Day, partitions int, customers int64) *shopcontext.Sampler {
	return shopcontext.NewSampler(first, partitions, askedOf(customers))
}

func askedOf(customers int64) func(id string) bool {
	return Sampled(mostAsked / float64(max(customers, 1)))
}

func sampleShare(days []data.Day, rates *baserate.Rates, mostRows int) float64 {
	var rows int64
	for _, d := range days {
		lapsed, _ := rates.At(d)
		rows += lapsed
	}
	if mostRows <= 0 || rows <= int64(mostRows) {
		return 1
	}
	return float64(mostRows) / float64(rows)
}

// Sampled draws a share of the customers by a hash of their ids, so that a customer
// is in all snapshots or in none; nil where all are.
func Sampled(share float64) func(id string) bool {
	if share >= 1 {
		return nil
	}
	return func(id string) bool { return float64(xxhash.Sum64String("sample "+id)>>11) < share*(1<<53) }
}

// horizonSpend adds up what each returning customer of a table spent within
// the horizon.
func horizonSpend(h *orders.Histories, t *features.Table) []float64 {
	spend := make([]float64, t.Rows())
	returned := t.Column("returned").Ints
	c := 0
	for i, id := range t.IDs {
		for h.IDs[c] != id {
			c++
		}
		if returned[i] != 1 {
			continue
		}
		var sum data.Money
		for k := range h.Customer(c).Since(t.AsOf).Before(t.AsOf + data.Day(t.Horizon)).Purchases() {
			sum += h.Amount[k]
		}
		spend[i] = sum.Float()
	}
	return spend
}

// part is what one partition has of a snapshot.
type part struct {
	raw      *models.Matrix
	returned []int64
	ids      []string
	spend    []float64
}

func joinSnapshots(days []data.Day, parts [][]part, share float64, workers int) *Snapshots {
	s := &Snapshots{Days: days, Starts: []int{0}, Share: share}
	var matrices []*models.Matrix
	for k := range days {
		for p := range parts {
			t := &parts[p][k]
			matrices = append(matrices, t.raw)
			for i, r := range t.returned {
				s.Returned = append(s.Returned, uint8(max(r, 0)))
				s.Customer = append(s.Customer, uint32(xxhash.Sum64String(t.ids[i])))
			}
			s.Spend = append(s.Spend, t.spend...)
		}
		s.Starts = append(s.Starts, len(s.Returned))
	}
	if len(matrices) > 0 {
		s.Raw = underOneAnother(matrices, len(s.Returned), workers)
		s.Relative = RelativeMatrix(s.Raw, s.Starts, workers)
	}
	return s
}

// underOneAnother joins the rows of matrices, and takes from each what it has
// copied, so that no column is there twice for long.
func underOneAnother(matrices []*models.Matrix, rows, workers int) *models.Matrix {
	m := &models.Matrix{Names: matrices[0].Names, Levels: matrices[0].Levels, Columns: make([][]float32, len(matrices[0].Columns))}
	parallel.EachOf(len(m.Columns), workers, func(k int) {
		column := make([]float32, 0, rows)
		for _, part := range matrices {
			column = append(column, part.Columns[k]...)
			part.Columns[k] = nil
		}
		m.Columns[k] = column
	})
	return m
}

// CustomersBefore counts the customers with a purchase before a day.
func CustomersBefore(h *orders.Histories, asOf data.Day) (n int64) {
	for c := range h.Customers() {
		if h.Customer(c).Before(asOf).HasPurchase() {
			n++
		}
	}
	return n
}

// MeanOf returns the mean, NaN of nothing.
func MeanOf(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// NightOf is the question of the night whose test cut is a past day.
func (q Question) NightOf(cut data.Day) Question {
	q.AsOf = cut + data.Day(q.Horizon)
	return q
}

// From returns the k-th newest snapshot and those before it that a night of
// that day would look at, without copying.
func (s *Snapshots) From(k int) *Snapshots {
	end := min(k+mostSnapshots, len(s.Days))
	lo, hi := s.Starts[k], s.Starts[end]
	part := &Snapshots{Days: s.Days[k:end], Raw: Window(s.Raw, lo, hi), Relative: Window(s.Relative, lo, hi),
		Returned: s.Returned[lo:hi], Customer: s.Customer[lo:hi], Spend: s.Spend[lo:hi], Share: s.Share, Shop: s.Shop}
	for _, start := range s.Starts[k : end+1] {
		part.Starts = append(part.Starts, start-lo)
	}
	return part
}
